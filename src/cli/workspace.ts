import type { Config } from "../config.ts";
import type { Store } from "../store/store.ts";
import { hasWorkspace, previewWorkspace, slackWorkspace, type Workspace } from "../store/workspaces.ts";
import type { Io } from "./io.ts";

/** By the names that --workspace takes. */
export const workspaces = { preview: previewWorkspace, slack: slackWorkspace } satisfies Record<
  Workspace["chat"],
  Workspace
>;

/**
 * The workspace that commands and rules.yml are about: the one of --workspace, else Slack's, else the local preview.
 * Slack's counts from its first use on, also where the token is not set: a command's shell is seldom the server's.
 */
export async function chooseWorkspace(io: Io, store: Store, config: Config): Promise<Workspace> {
  const asked = io.workspace();
  if (asked) return workspaces[asked];
  return config.slack || (await hasWorkspace(store, slackWorkspace.id)) ? slackWorkspace : previewWorkspace;
}
