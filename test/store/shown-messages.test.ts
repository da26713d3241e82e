import { describe, expect } from "vitest";
import type { Message } from "../../src/slack/message.ts";
import { listShown, listShownChannels, openShown, postsOf } from "../../src/store/shown-messages.ts";
import type { Store } from "../../src/store/store.ts";
import { watchQueries } from "../support/plans.ts";
import { engines, testOn } from "../support/stores.ts";

interface Put {
  id: string;
  workspace?: string;
  channel?: string;
  /** null: it was not posted */
  ts?: string | null;
  thread?: string;
  broadcast?: boolean;
  edits?: number;
  /** null: the retention has removed it */
  says?: string | null;
}

async function put(store: Store, ...messages: Put[]): Promise<void> {
  const at = store.now().toISOString();
  for (const {
    id,
    workspace = "preview",
    channel = "#api",
    ts = `ts-${id}`,
    says = `says ${id}`,
    ...rest
  } of messages) {
    const place = { table: "messages", workspace, row: id };
    const message: Message = { text: says ?? "", blocks: [] };
    await store.db
      .insertInto("messages")
      .values({
        ...{ workspace_id: workspace, id, channel, delivery_id: "d", rule_id: "r", created_at: at, finished_at: at },
        ...{ state: ts === null ? "pending" : "sent", attempts: 1, lost_answers: 0, event_format: 1, ts },
        ...{ thread_ts: rest.thread ?? null, broadcast: rest.broadcast ? 1 : 0, edits: rest.edits ?? 0 },
        event: store.sealer.seal(place, "{}"),
        sent: says === null ? null : store.sealer.seal(place, JSON.stringify(message)),
      })
      .execute();
    await store.db
      .insertInto("lanes")
      .values({ workspace_id: workspace, channel, ready_at: null, failures: 0 })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }
}

const shape = (posts: ReturnType<typeof postsOf>) =>
  posts.map(({ row, replies }) => (replies.length > 0 ? [row.id, replies.map(({ id }) => id)] : row.id));

describe.each(engines)("on %s:", (engine) => {
  const test = testOn(engine);

  test("a channel has its posts in order, each with its thread", async ({ store }) => {
    await put(
      store,
      { id: "1" },
      { id: "2", edits: 3 },
      { id: "3", thread: "ts-1" },
      { id: "4", channel: "#deploys" },
      { id: "5", thread: "ts-1", broadcast: true },
      { id: "6", thread: "ts-gone" },
      { id: "7", ts: null },
      { id: "8", says: null },
      { id: "9", workspace: "T1" },
      { id: "10", workspace: "T1", channel: "#secret", thread: "ts-1" },
    );
    const rows = await listShown(store, "preview");
    expect(rows.map(({ id }) => id)).toEqual(["1", "2", "3", "4", "5", "6"]);
    const posts = postsOf(rows, "#api");
    expect(shape(posts)).toEqual([["1", ["3", "5"]], "2", "5"]);
    expect(posts[1]?.row).toMatchObject({ ts: "ts-2", edits: 3, thread_ts: null });
    expect(shape(postsOf(rows, "#deploys"))).toEqual(["4"]);
    expect(shape(postsOf(rows, "#secret"))).toEqual([]);
    expect(await listShownChannels(store, "preview", rows)).toEqual([
      { name: "#api", newest: "6" },
      { name: "#deploys", newest: "4" },
    ]);
  });

  test("contents are those of the workspace; what is damaged or gone is missing", async ({ store }) => {
    await put(store, { id: "1" }, { id: "2" }, { id: "3", workspace: "T1" }, { id: "4", says: null });
    await store.db
      .updateTable("messages")
      .set({ sent: Buffer.from("damaged") })
      .where("id", "=", "2")
      .execute();
    const shown = await openShown(store, "preview", ["1", "2", "3", "4", "5"]);
    expect([...shown]).toEqual([["1", { text: "says 1", blocks: [] }]]);
    expect(await openShown(store, "preview", [])).toEqual(new Map());
  });

  test("only the newest are looked at, through the index of the list", async ({ store }) => {
    await put(store, ...Array.from({ length: 215 }, (_, at) => ({ id: String(at) })));
    const posts = postsOf(await listShown(store, "preview"), "#api");
    expect([posts.length, posts[0]?.row.id, posts.at(-1)?.row.id]).toEqual([200, "15", "214"]);
    if (engine !== "sqlite") return;
    const { watched, plan } = watchQueries(store);
    await listShown(watched, "preview");
    expect(await plan()).toEqual(["SEARCH messages USING INDEX messages_list (workspace_id=?)"]);
  });
});
