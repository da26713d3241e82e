import { UserError } from "../errors.ts";
import { quoted } from "../rules/problem.ts";

const minute = 60_000;
const units: Record<string, number> = { m: minute, h: 60 * minute, d: 24 * 60 * minute, w: 7 * 24 * 60 * minute };
const usual = 2 * 60 * minute;
const longest = 90 * 24 * 60 * minute;

/**
 * Splits `push for 2h` into what is muted and for how many milliseconds; undefined: until it is unmuted. Without a
 * time it is two hours.
 * @throws UserError where the time is not one
 */
export function splitTime(typed: string): { words: string; lasts: number | undefined } {
  const words = typed.trim();
  const forEver = /(?:^|\s)(?:until\s+unmuted|for\s*ever|forever|for\s+good)$/i.exec(words);
  if (forEver) return { words: words.slice(0, forEver.index), lasts: undefined };
  const span = /(?:^|\s)(?:for\s+)?(\d{1,6})\s?(m|min|mins|minutes?|h|hours?|d|days?|w|weeks?)$/i.exec(words);
  if (span) return { words: words.slice(0, span.index), lasts: timeOf(span[1], span[2]) };
  const odd = /(?:^|\s)(?:for|until)(?:\s+(.*))?$/i.exec(words);
  if (odd)
    throw new UserError(
      `${quoted(odd[1] ?? odd[0].trim())} is not a time. Write \`30m\`, \`2h\`, \`1d\` or \`until unmuted\`.`,
    );
  return { words, lasts: usual };
}

function timeOf(count: string | undefined, unit: string | undefined): number {
  const lasts = Number(count) * (units[unit?.charAt(0).toLowerCase() ?? "m"] ?? minute);
  if (lasts > 0 && lasts <= longest) return lasts;
  throw new UserError("Mute for at least a minute and at most 90 days, or `until unmuted`.");
}
