import { type Logger, LogLevel } from "@slack/web-api";

/**
 * A logger that says nothing, for Slack's client: it writes to the console what it also throws, and among it an invalid
 * header with its value, which is the token.
 */
export const silent: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  setLevel: () => undefined,
  getLevel: () => LogLevel.ERROR,
  setName: () => undefined,
};
