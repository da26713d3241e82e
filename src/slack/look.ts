import type { UsersInfoResponse } from "@slack/web-api";
import { ChatError } from "./errors.ts";
import { failure } from "./failure.ts";
import { createWebClient } from "./web-client.ts";

/** A person of a workspace. */
export interface Person {
  id: string;
  /** as others see them */
  name: string;
  /** an administrator or owner of the workspace */
  isAdmin: boolean;
  /** single- or multi-channel guest */
  isGuest: boolean;
  /** of another workspace or company, perhaps in a channel that is shared with it */
  isStranger: boolean;
  /** deactivated, or a bot */
  isGone: boolean;
}

export interface Channel {
  id: string;
  /** without `#`; empty for a direct message */
  name: string;
  isPrivate: boolean;
  /** with another company, through Slack Connect */
  isShared: boolean;
  isArchived: boolean;
  isDirect: boolean;
  /** our bot is in it */
  isMember: boolean;
}

/** Asks Slack about one workspace's people and channels, with the workspace's own token. */
export interface SlackLook {
  /** @returns undefined where Slack knows no such person; throws `ChatError` where it cannot be asked */
  person(workspace: string, user: string): Promise<Person | undefined>;
  /** @returns undefined where there is no such channel, or it is private and our bot is not in it; throws `ChatError` */
  channel(workspace: string, channel: string): Promise<Channel | undefined>;
}

export interface SlackIdentity {
  /** Whose token a workspace has. Throws `ChatError`. */
  bot(workspace: string): Promise<Bot>;
}

interface Bot {
  team: string | undefined;
  organization: string | undefined;
}

type User = NonNullable<UsersInfoResponse["user"]>;

/** Milliseconds for one call: somebody waits for the answer. */
const timeout = 5_000;

/** @param tokenOf a workspace's bot token */
export function createLook(
  tokenOf: (workspace: string) => Promise<string | undefined>,
  apiUrl?: string,
): SlackLook & SlackIdentity {
  const client = createWebClient(undefined, { apiUrl, timeout });

  const bots = new Map<string, Bot>();

  /** @param absent Slack's words for what is not there */
  async function ask<T>(workspace: string, absent: readonly string[], call: (token: string) => Promise<T>) {
    const token = await tokenOf(workspace);
    if (token === undefined) throw new ChatError("workspace", "not_authed");
    try {
      return await call(token);
    } catch (error) {
      const failed = failure(error);
      if (absent.includes(failed.reason)) return undefined;
      throw failed;
    }
  }

  const bot = async (workspace: string): Promise<Bot> => {
    const answer = await ask(workspace, [], (token) => client.auth.test({ token }));
    return { team: answer?.team_id, organization: answer?.enterprise_id };
  };

  /** Whose a token is never changes, so that is asked once. */
  async function knownBot(workspace: string): Promise<Bot> {
    const token = (await tokenOf(workspace)) ?? "";
    const found = bots.get(token) ?? (await bot(workspace));
    bots.set(token, found);
    return found;
  }

  /** Slack's `is_stranger` is only about people with whom we share no channel, so the team tells. */
  async function isStranger(workspace: string, { team_id, enterprise_user, is_stranger }: User): Promise<boolean> {
    const { team, organization } = await knownBot(workspace);
    const isInside = organization !== undefined && enterprise_user?.enterprise_id === organization;
    return Boolean(is_stranger) || !(team_id === team || isInside);
  }

  return {
    bot,
    async person(workspace, user) {
      const answer = await ask(workspace, ["user_not_found", "user_not_visible"], (token) =>
        client.users.info({ token, user }),
      );
      const found = answer?.user;
      if (!found?.id) return undefined;
      return {
        id: found.id,
        name: found.profile?.display_name || found.real_name || found.name || found.id,
        isAdmin: Boolean(found.is_admin || found.is_owner || found.is_primary_owner),
        isGuest: Boolean(found.is_restricted || found.is_ultra_restricted),
        isStranger: await isStranger(workspace, found),
        isGone: Boolean(found.deleted || found.is_bot),
      };
    },
    async channel(workspace, channel) {
      const answer = await ask(workspace, ["channel_not_found"], (token) =>
        client.conversations.info({ token, channel }),
      );
      const found = answer?.channel;
      if (!found?.id) return undefined;
      return {
        id: found.id,
        name: found.name ?? "",
        isPrivate: Boolean(found.is_private),
        isShared: Boolean(found.is_ext_shared || found.is_pending_ext_shared),
        isArchived: Boolean(found.is_archived),
        isDirect: Boolean(found.is_im || found.is_mpim),
        isMember: Boolean(found.is_member),
      };
    },
  };
}
