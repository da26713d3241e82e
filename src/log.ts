import { type Logger, pino } from "pino";

export type Log = Pick<Logger, "debug" | "info" | "warn" | "error">;

/**
 * JSON lines on standard error, so that standard output stays the user's. Messages are static, with what they are
 * about beside them; never a payload, a secret or an address with its query.
 */
export function createLog(level: string): Log {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: {
        paths: ["*.authorization", "*.token", "*.secret", "*.body", "error.config", "error.request"],
        censor: "[removed]",
      },
      serializers: { error: describeError },
      formatters: { log: cutFields },
    },
    pino.destination({ dest: 2, sync: true }),
  );
}

/** Longest text of one field: what Slack or a forge answered may be megabytes. */
const mostText = 8_000;
const cut = (text: string) =>
  text.length > mostText ? `${text.slice(0, mostText)}… [${text.length} characters]` : text;

const cutFields = (fields: Record<string, unknown>) =>
  Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, typeof value === "string" ? cut(value) : value]),
  );

/** What secrets look like where a library quotes them in an error: in addresses, in headers, as tokens of Slack. */
const secrets: [RegExp, string][] = [
  [/(\w:\/\/)[^\s/@"']{1,500}@/g, "$1[removed]@"],
  [/\b(bearer|basic)\s+[\w.~+/=-]+/gi, "$1 [removed]"],
  [/\bxox[a-z]-[\w-]+/gi, "[removed]"],
  [/\bwhsec_[\w+/=-]+/g, "[removed]"],
];
const clean = (text: string) =>
  cut(secrets.reduce((rest, [pattern, instead]) => rest.replace(pattern, instead), text.slice(0, 2 * mostText)));

/** Name, message and stack; other properties of an error may hold a request with its secrets. */
function describeError(error: unknown) {
  if (!(error instanceof Error)) return { message: clean(String(error)) };
  return { name: error.name, message: clean(error.message), ...(error.stack && { stack: clean(error.stack) }) };
}
