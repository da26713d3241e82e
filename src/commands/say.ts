import { adviceOn } from "../slack/advice.ts";
import { isChannelId, isPersonId } from "../slack/ids.ts";
import { clip, code, escapeText, inline } from "../slack/text.ts";

/** Most characters of what somebody typed that an answer repeats. */
const mostTyped = 200;

/** What somebody typed, as inert mrkdwn. */
export const typed = (text: string): string => code(clip(text, mostTyped));

/** A command to type: `/belfry …`, as inert mrkdwn. */
export const toType = (line: string): string => code(`/belfry ${line}`);

/** A plain sentence as inert mrkdwn. What stands between backticks is code, what stands in “quotes” is only itself. */
export const sentence = (text: string): string =>
  text
    .split(/(`[^`]+`|“[^”]*”)/)
    .map((piece) => {
      if (/^`[^`]+`$/.test(piece)) return code(piece.slice(1, -1));
      return piece.startsWith("“") ? inline(piece) : escapeText(piece);
    })
    .join("");

/** Inert mrkdwn with a full stop at its end, where it has none. */
export const stopped = (text: string): string => (text.endsWith(".") ? text : `${text}.`);

/** A plain sentence as inert mrkdwn, with a full stop at its end. */
export const ended = (text: string): string => stopped(sentence(text));

/** Why something is paused, and what can be done about it, as inert mrkdwn without a full stop. */
export function reasoned(reason: string): string {
  const advice = adviceOn(reason);
  return advice === undefined ? sentence(reason) : `${ended(reason)} ${advice}`;
}

/** Who did something, as the audit knows them: a link to the person, else `terminal`, `rules.yml` or `Slack`. */
export const who = (actor: string | undefined): string =>
  actor === undefined ? "somebody" : isPersonId(actor) ? `<@${actor}>` : inline(actor);

/** A channel: a link, which Slack shows only to those who may see it, or the name from rules.yml. */
export const channelLink = (channel: string): string => (isChannelId(channel) ? `<#${channel}>` : inline(channel));

/** `2026-11-21 22:25 UTC` of a time in ISO 8601. */
export const minuteOf = (iso: string): string => `${iso.slice(0, 16).replace("T", " ")} UTC`;

const minute = 60_000;

/** `5 min`, `2 h`, `3 days`: how long something lasts, in milliseconds; the largest unit that says enough. */
export function spanOf(milliseconds: number): string {
  const minutes = Math.max(0, Math.floor(milliseconds / minute));
  if (minutes < 120) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h` : `${Math.floor(hours / 24)} days`;
}

/** `5 min ago`, `just now`. @param iso a time in ISO 8601 */
export function ago(iso: string, now: Date): string {
  const passed = now.getTime() - Date.parse(iso);
  return passed < minute ? "just now" : `${spanOf(passed)} ago`;
}
