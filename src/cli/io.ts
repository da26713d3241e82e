import type { Config } from "../config.ts";

/** What Belfry may touch of the process; main.ts makes it. */
export interface World {
  environment: Record<string, string | undefined>;
  /** prints a line */
  out: (line?: string) => void;
  /** prints a line to standard error */
  err: (line: string) => void;
  /** true where colours can be seen */
  colour: boolean;
  /** settings from the environment; throws a UserError */
  config: () => Config;
  /** makes the process end with this code when the command is done */
  exitCode: (code: number) => void;
  /** ends the process at once, whatever is under way */
  end: (code: number) => void;
  /** resolves at the first SIGINT or SIGTERM; the second one ends the process */
  untilStopped: () => Promise<void>;
}

/** The world as commands see it, with what the command line says for all of them. */
export interface Io extends World {
  /** value of --workspace */
  workspace: () => string | undefined;
}

/** JSON for people and programs: what could move the terminal's cursor is escaped, which every reader undoes. */
export const json = (value: unknown, indent?: number): string =>
  JSON.stringify(value, null, indent).replace(/[\u007f-\u009f\u2028\u2029]|\p{Cf}/gu, (found) =>
    found.replace(/./gs, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`),
  );

/** Values in lists come from payloads: nothing of them may move the terminal's cursor. */
export const oneLine = (text: string) => text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, " ");
