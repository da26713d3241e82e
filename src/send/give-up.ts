import { pauseRules } from "../store/pause-rules.ts";
import { uninstall } from "../store/uninstall.ts";
import { tokenHolder } from "../store/workspaces.ts";
import type { Sender } from "./sender.ts";

/** Slack's words for a token that no change of settings or scopes brings back. */
const lost = ["account_inactive", "invalid_auth", "token_revoked"];

/** Whose rules stop: those of a channel, else of the whole workspace. */
interface Stopped {
  workspace: string;
  channel: string | undefined;
  /** as it is shown with a paused rule */
  reason: string;
  /** Slack's */
  word: string;
}

/**
 * Pauses rules that Slack does not let post. Where an installed workspace's token is lost, that is an uninstall of the
 * workspace that has the token: for a team of an organization all of the organization, which posts with the same one.
 */
export async function giveUp({ store, log }: Sender, { workspace, channel, reason, word }: Stopped): Promise<void> {
  const holder = channel === undefined && lost.includes(word) ? await tokenHolder(store, workspace) : undefined;
  if (holder !== undefined) {
    const workspaces = await uninstall(store, holder, reason);
    log.warn({ workspaces, reason: word }, "Slack does not take the token any more: the app counts as uninstalled");
    return;
  }
  const whose = channel === undefined ? {} : { channel, byAnyName: true };
  const rules = await pauseRules(store, workspace, whose, reason);
  log.warn({ workspace, channel, rules, reason: word }, "rules paused");
}
