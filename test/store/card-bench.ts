import { v7 as uuid } from "uuid";
import { mergeRequestFacts } from "../../src/cards/merge-request.ts";
import type { Event } from "../../src/events.ts";
import { addCards } from "../../src/store/cards.ts";
import { addRule } from "../../src/store/change-rules.ts";
import { finishSends, type SendResult } from "../../src/store/finish-sends.ts";
import { markCards } from "../../src/store/mark-cards.ts";
import { findObjects, type KnownObject, saveObjects } from "../../src/store/objects.ts";
import { addMessages } from "../../src/store/open-messages.ts";
import type { Store } from "../../src/store/store.ts";
import { takeCards } from "../../src/store/take-cards.ts";
import { takeMessages } from "../../src/store/take-message.ts";
import { mergeRequest } from "../rules/events.ts";

/** Cards of merge requests in a store, on a clock that the test moves. */

export const project = "gitlab.acme.io/platform/api";
export const sent = (text: string) => ({ text, blocks: [] });
export const second = 1_000;

export function cardBench(opened: Store) {
  let time = Date.parse("2026-03-02T09:00:00Z");
  const store: Store = { ...opened, now: () => new Date(time) };
  const unpaced = { channel: undefined, posts: undefined };

  const known = async (workspace: string, object = "!1"): Promise<KnownObject> =>
    (await findObjects(store, workspace, [{ project, object }]))[0] ?? { project, object, facts: {}, revision: 0 };

  /** As a reader that has read an event of the merge request. */
  async function learn(workspace: string, title: string, object = "!1"): Promise<void> {
    const before = await known(workspace, object);
    const facts = mergeRequestFacts(mergeRequest({ title }), store.now().toISOString());
    await store.db.transaction().execute(async (trx) => {
      await saveObjects(store, trx, workspace, [{ ...before, facts }]);
      await markCards(store, trx, workspace, [{ project, object, episodes: [""] }]);
    });
  }

  /** The revision of what is known of it now. */
  const newest = async (workspace = "acme", object = "!1") => (await known(workspace, object)).revision;

  const rule = async (workspace: string) =>
    (await addRule(store, workspace, "command", { channel: "#api", words: "** merge_request" })).id;

  interface Begin {
    workspace?: string;
    object?: string;
    episode?: string;
    thread?: string;
    event?: Event;
  }

  /** Writes a message that is to be a card. */
  async function begin({
    workspace = "acme",
    object = "!1",
    episode = "",
    thread,
    event = mergeRequest(),
  }: Begin = {}) {
    const made = await rule(workspace);
    const id = crypto.randomUUID();
    const place = { workspace, channel: "#api", rule: made };
    return store.db.transaction().execute(async (trx) => {
      const card = uuid();
      await addCards(store, trx, [{ ...place, id: card, project, object, episode, message: id, thread }]);
      await addMessages(store, trx, [{ ...place, id, delivery: "d", event, card, thread }]);
      return { card, message: id, rule: made };
    });
  }

  async function takeMessage() {
    for (;;) {
      const options = { worker: "w", pace: unpaced, collectBefore: undefined };
      const { taken, lanes } = await takeMessages(store, { most: 1, without: [] }, options);
      if (taken[0] || lanes === 0) return taken[0];
    }
  }

  let posts = 0;
  /** Sends the next message. */
  async function send(result?: SendResult) {
    const taken = await takeMessage();
    if (!taken) throw new Error("no message waits");
    posts += 1;
    const posted: SendResult = { state: "sent", sent: sent(`post ${posts}`), ts: `${posts}.0` };
    await finishSends(store, [{ ...taken, result: result ?? posted, change: { ready: time, channelId: "C1" } }]);
    return taken;
  }

  /** A card that was posted and may be edited. */
  async function posted(begun: Begin = {}) {
    await learn(begun.workspace ?? "acme", "First", begun.object);
    const made = await begin(begun);
    await send();
    time += 10 * second;
    return made;
  }

  return {
    ...{ store, known, newest, learn, begin, send, posted, takeMessage },
    now: () => time,
    pass: (milliseconds: number) => {
      time += milliseconds;
    },
    take: async (worker = "w", most = 9, pace?: { interval: number; burst: number }) =>
      (await takeCards(store, { most, without: [] }, { worker, pace })).taken,
    row: (card: string) => store.db.selectFrom("cards").selectAll().where("id", "=", card).executeTakeFirstOrThrow(),
    messages: () => store.db.selectFrom("messages").selectAll().orderBy("seq").execute(),
  };
}
