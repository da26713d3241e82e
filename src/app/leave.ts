import { pausedBy } from "../send/failure.ts";
import { ChatError } from "../slack/errors.ts";
import type { SlackIdentity } from "../slack/look.ts";
import { pauseRules } from "../store/pause-rules.ts";
import type { Store } from "../store/store.ts";
import { uninstall } from "../store/uninstall.ts";
import { listTeams, slackWorkspace } from "../store/workspaces.ts";
import type { Source } from "./who.ts";

/**
 * What is done when the app was uninstalled, or its token revoked. May throw: then it is to be asked again.
 * @param teams of the organization, as Slack tells them, where it is gone from these alone
 * @returns the workspaces that it is gone from
 */
export type Leave = (source: Source, reason: string, teams?: readonly unknown[]) => Promise<string[]>;

/**
 * With OAuth: the token is forgotten at once, and what the workspace has is erased later. Slack may tell late, when the
 * app was installed again: a token that it still takes is kept.
 */
export const leaveInstalled =
  (store: Store, slack: SlackIdentity): Leave =>
  async ({ team, organization, isOrganization }, reason, teams) => {
    if (teams) {
      // A team that has an install of its own keeps it.
      const ours = organization === undefined ? [] : await listTeams(store, organization);
      const left = await Promise.all(ours.filter((id) => teams.includes(id)).map((id) => uninstall(store, id, reason)));
      return left.flat();
    }
    const id = isOrganization ? organization : team;
    return id === undefined || (await takesToken(slack, id)) ? [] : uninstall(store, id, reason);
  };

/** @throws where Slack cannot say: its event comes again, and then it may */
async function takesToken(slack: SlackIdentity, workspace: string): Promise<boolean> {
  try {
    await slack.bot(workspace);
    return true;
  } catch (error) {
    if (error instanceof ChatError && error.outcome === "workspace") return false;
    throw error;
  }
}

/**
 * With SLACK_BOT_TOKEN: the token and the data are the operator's, so nothing is erased. The rules go on when Belfry
 * starts with a token that Slack takes.
 */
export const leaveOnly =
  (store: Store): Leave =>
  async (_source, _reason, teams) => {
    // Channels of a team that lost it refuse our posts, and that pauses their rules.
    if (teams) return [];
    await pauseRules(store, slackWorkspace.id, {}, pausedBy("account_inactive"));
    return [slackWorkspace.id];
  };
