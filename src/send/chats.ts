import type { Chat } from "../slack/chat.ts";
import type { Store } from "../store/store.ts";
import { findToken } from "../store/workspaces.ts";

export type ChatOf = (workspace: string) => Promise<Chat | undefined>;

/** Milliseconds in which a token is not asked for again: one that was changed is used after as long. */
const fresh = 5_000;

/**
 * Each workspace's way to post: fixed ones (the preview, the workspace of SLACK_BOT_TOKEN), else by the workspace's own
 * token of the store.
 */
export function createChats(
  store: Store,
  fixed: Readonly<Record<string, Chat | undefined>>,
  connect: (token: string) => Promise<Chat>,
): ChatOf {
  const known = new Map<string, { token: string | undefined; chat: Chat | undefined; until: number }>();
  return async (workspace) => {
    if (Object.hasOwn(fixed, workspace)) return fixed[workspace];
    const before = known.get(workspace);
    if (before && before.until > performance.now()) return before.chat;
    const token = await findToken(store, workspace);
    const chat = token === before?.token ? before?.chat : token && (await connect(token));
    known.set(workspace, { token, chat: chat || undefined, until: performance.now() + fresh });
    return chat || undefined;
  };
}
