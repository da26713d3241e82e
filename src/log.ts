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
    },
    pino.destination({ dest: 2, sync: true }),
  );
}

/** Name, message and stack; other properties of an error may hold a request with its secrets. */
function describeError(error: unknown) {
  if (!(error instanceof Error)) return { message: String(error) };
  return { name: error.name, message: error.message, stack: error.stack };
}
