import type { SlackIdentity } from "../slack/look.ts";
import type { Store } from "../store/store.ts";
import { ensureTeam, findWorkspace, slackWorkspace } from "../store/workspaces.ts";

/** Where a request of Slack comes from, as its signed body says. */
export interface Source {
  team: string | undefined;
  organization: string | undefined;
  /** the app was installed for all of the organization */
  isOrganization: boolean;
}

/** The workspace that a request is about; undefined where the app is not installed. Throws `ChatError` where Slack has to be asked and cannot be. */
export type WorkspaceOf = (source: Source) => Promise<string | undefined>;

/**
 * With OAuth, for commands and clicks: the workspace of the team, else the team's part of its organization's install. Each team of an
 * organization is a workspace of its own, so that none sees another one's projects; its first command makes it.
 */
export const installedWorkspace =
  (store: Store): WorkspaceOf =>
  async ({ team, organization, isOrganization }) => {
    if (team !== undefined && !isOrganization) {
      const own = await findWorkspace(store, team);
      if (own && own.removed_at === null) return own.id;
    }
    if (team === undefined || organization === undefined) return undefined;
    const whole = await findWorkspace(store, organization);
    if (!whole || whole.removed_at !== null) return undefined;
    await ensureTeam(store, team, organization);
    return team;
  };

/**
 * With OAuth, for events: the workspace of the team where it is there. It makes none: an event that comes late must not
 * bring a team back that lost the app, and where nothing is there nothing is to be done.
 */
export const knownWorkspace =
  (store: Store): WorkspaceOf =>
  async ({ team }) => {
    const own = team === undefined ? undefined : await findWorkspace(store, team);
    return own && own.removed_at === null ? own.id : undefined;
  };

/** With SLACK_BOT_TOKEN: the one workspace, for requests of the token's own team or organization only. */
export function onlyWorkspace(slack: SlackIdentity): WorkspaceOf {
  let bot: ReturnType<SlackIdentity["bot"]> | undefined;
  return async ({ team, organization, isOrganization }) => {
    bot ??= slack.bot(slackWorkspace.id);
    const { team: ours, organization: whole } = await bot.catch((error: unknown) => {
      bot = undefined;
      throw error;
    });
    const isOurs = isOrganization ? organization !== undefined && organization === whole : team === ours;
    return isOurs ? slackWorkspace.id : undefined;
  };
}
