import { code } from "../slack/text.ts";
import type { StoredRule } from "../store/rules.ts";
import { lastSeen } from "../store/seen.ts";
import type { Asker, Desk, Reply } from "./command.ts";
import { ago, reasoned, typed } from "./say.ts";

/** The newest delivery of a rule's projects. */
export type Seen = NonNullable<Awaited<ReturnType<typeof lastSeen>>>;

/** What the answer to `subscribe` becomes when the first delivery of the rule's projects has arrived. */
export const workingReply = ({ id, words }: Pick<StoredRule, "id" | "words">, { project }: Seen): Reply => ({
  text: `Working: the first delivery of ${typed(project)} has arrived. Rule \`${id}\` posts here what fits it:\n${code(words)}`,
});

/** `working, last delivery 5 min ago`, `paused: by hand` or `waiting for the first delivery`, as inert mrkdwn. */
export async function stateOf(desk: Desk, { workspace }: Asker, { grammar, paused }: StoredRule): Promise<string> {
  if (paused !== undefined) return `paused: ${reasoned(paused)}`;
  const seen = await lastSeen(desk.store, workspace, grammar);
  return seen ? `working, last delivery ${ago(seen.receivedAt, desk.store.now())}` : "waiting for the first delivery";
}
