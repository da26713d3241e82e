import type { NewHook } from "../../src/store/hooks.ts";

/** A hook of a GitLab that proves itself with its token. */
export const gitlabHook = (workspace: string, name: string, secret: string): NewHook => ({
  workspace,
  name,
  forge: "gitlab",
  brand: undefined,
  scheme: "token",
  secrets: [secret],
  origin: "command",
});
