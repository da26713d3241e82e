/** Emoji and words of statuses: the state can be read without seeing colours. GitLab's own names are the keys. */
const statuses: Record<string, readonly [emoji: string, word: string, sentence: string]> = {
  created: ["🕓", "created", "was created"],
  waiting_for_resource: ["🕓", "waiting for a resource", "is waiting for a resource"],
  preparing: ["🕓", "preparing", "is being prepared"],
  pending: ["🕓", "pending", "is pending"],
  scheduled: ["🕓", "scheduled", "is scheduled"],
  running: ["⏳", "running", "is running"],
  success: ["✅", "passed", "passed"],
  failed: ["❌", "failed", "failed"],
  canceling: ["🚫", "being canceled", "is being canceled"],
  canceled: ["🚫", "canceled", "was canceled"],
  skipped: ["⏭️", "skipped", "was skipped"],
  manual: ["✋", "waiting for a manual job", "is waiting for a manual job"],
  blocked: ["✋", "waiting for approval", "is waiting for approval"],
  approved: ["👍", "approved", "was approved"],
  rejected: ["👎", "rejected", "was rejected"],
  unknown: ["▫️", "unknown", "has an unknown status"],
};

const known = (status: string) => (Object.hasOwn(statuses, status) ? statuses[status] : undefined);

/** The emoji of a status; a plain sign for one that we do not know. */
export const statusEmoji = (status: string): string => known(status)?.[0] ?? "▫️";

/** The status in words: `failed`, `waiting for approval`. */
export const statusWord = (status: string): string => known(status)?.[1] ?? status.replaceAll("_", " ");

/** The status as the end of a sentence: `failed`, `is waiting for approval`. */
export const statusSentence = (status: string): string => known(status)?.[2] ?? `is now ${status.replaceAll("_", " ")}`;

/** Seconds as `45s`, `2m 5s`, `1h 3m`: the two biggest units, without noughts. */
export function durationWords(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60)];
  const units = hours > 0 ? [`${hours}h`, `${minutes}m`] : [`${minutes}m`, `${whole % 60}s`];
  return units.filter((unit) => !unit.startsWith("0")).join(" ") || "0s";
}

/** `1 commit`, `45 commits`, `2 branches`. */
export const pluralWords = (count: number, noun: string): string =>
  `${count.toLocaleString("en")} ${count === 1 ? noun : noun.replace(/(?:s|x|ch|sh)$/, "$&e")}${count === 1 ? "" : "s"}`;

const time = new Intl.DateTimeFormat("en-GB", {
  day: "numeric",
  month: "short",
  hour: "2-digit",
  minute: "2-digit",
  timeZone: "UTC",
});

/** An ISO time as `3 Nov, 09:12 UTC`; what is no time stays as it is. */
export function timeWords(at: string): string {
  const date = new Date(at);
  return Number.isNaN(date.getTime()) ? at : `${time.format(date)} UTC`;
}
