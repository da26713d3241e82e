import { type Logger, LogLevel } from "@slack/bolt";
import type { Log } from "../log.ts";

/**
 * Bolt's log in ours: that something went wrong, and the kind of error. Its texts quote requests, so they stay out.
 */
export const boltLog = (log: Log): Logger => ({
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: (...parts) => {
    const error = parts.find((part) => part instanceof Error);
    const code = error && "code" in error ? String(error.code) : undefined;
    log.warn({ kind: error?.name, code }, "a request of Slack's was refused or not handled");
  },
  setLevel: () => {},
  getLevel: () => LogLevel.ERROR,
  setName: () => {},
});
