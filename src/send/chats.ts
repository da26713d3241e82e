import type { Chat } from "../slack/chat.ts";
import type { Store } from "../store/store.ts";
import { findToken } from "../store/workspaces.ts";

/**
 * A workspace's way to post; undefined where it is not connected. As long as its token stays, it is one and the same.
 * @param how.isFresh the token is looked up now: not before it was asked for
 */
export type ChatOf = (workspace: string, how?: { isFresh: boolean }) => Promise<Chat | undefined>;

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
  /** Looks that are under way. All lanes of a workspace ask at once when the time is over: one look answers them. */
  const looks = new Map<string, Promise<Chat | undefined>>();

  async function find(workspace: string): Promise<Chat | undefined> {
    const token = await findToken(store, workspace);
    const made = token && token !== known.get(workspace)?.token ? await connect(token) : undefined;
    // Another look may have been faster.
    const other = known.get(workspace);
    const chat = token === other?.token ? other?.chat : made;
    known.set(workspace, { token, chat, until: performance.now() + fresh });
    return chat;
  }

  function look(workspace: string): Promise<Chat | undefined> {
    const begun: Promise<Chat | undefined> = find(workspace).finally(() => {
      if (looks.get(workspace) === begun) looks.delete(workspace);
    });
    looks.set(workspace, begun);
    return begun;
  }

  return async (workspace, { isFresh } = { isFresh: false }) => {
    if (Object.hasOwn(fixed, workspace)) return fixed[workspace];
    // A look that has begun may have read the token before the moment that is asked about.
    if (isFresh) return look(workspace);
    const before = known.get(workspace);
    if (before && before.until > performance.now()) return before.chat;
    return looks.get(workspace) ?? look(workspace);
  };
}
