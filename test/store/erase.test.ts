import { sql } from "kysely";
import { describe, expect } from "vitest";
import { addDeliveries } from "../../src/store/add-deliveries.ts";
import { addCards } from "../../src/store/cards.ts";
import { addRule } from "../../src/store/change-rules.ts";
import { noteChannel } from "../../src/store/channels.ts";
import { askFirst } from "../../src/store/confirmations.ts";
import { eraseRemoved } from "../../src/store/erase.ts";
import { addHook } from "../../src/store/hooks.ts";
import { addMute } from "../../src/store/mutes.ts";
import { addNonce } from "../../src/store/nonces.ts";
import { saveObjects } from "../../src/store/objects.ts";
import { addMessages } from "../../src/store/open-messages.ts";
import { removeOld } from "../../src/store/retention.ts";
import type { Store } from "../../src/store/store.ts";
import { uninstall } from "../../src/store/uninstall.ts";
import { addWaitingReply } from "../../src/store/waiting-replies.ts";
import { putWorkspace } from "../../src/store/workspaces.ts";
import { push } from "../rules/events.ts";
import { gitlabHook } from "../support/hook.ts";
import { engines, testOn } from "../support/stores.ts";

const day = 86_400_000;
const keep = { bodies: 7 * day, rows: 30 * day };
const inDays = (days: number) => new Date(Date.now() + days * day);
/** Of no workspace: what the server itself keeps. */
const shared = ["belfry_schema", "kysely_migration", "kysely_migration_lock", "workers", "nonces"];

const count = async (store: Store, table: string, where = sql`1 = 1`) => {
  const { rows } = await sql<{ n: number }>`select count(*) as n from ${sql.table(table)} where ${where}`.execute(
    store.db,
  );
  return Number(rows[0]?.n);
};

/** How many rows each table has of a workspace: all tables that there are, so that a new one is not forgotten. */
async function rowsOf(store: Store, workspace: string): Promise<Record<string, number>> {
  const tables = (await store.db.introspection.getTables({ withInternalKyselyTables: true })).map(({ name }) => name);
  const ours = tables.filter((name) => !shared.includes(name) && !name.startsWith("sqlite_"));
  const found = ours.map(async (name) => {
    const column = name === "workspaces" ? sql`id` : sql`workspace_id`;
    return [name, await count(store, name, sql`${column} = ${workspace}`)] as const;
  });
  return Object.fromEntries(await Promise.all(found));
}

/** A row of everything. */
async function fill(store: Store, workspace: string) {
  await putWorkspace(store, { id: workspace, token: "xoxb-1" });
  const hook = await addHook(store, gitlabHook(workspace, "gitlab", "s"));
  const delivery = { workspace, hook: hook.id, forge: "gitlab", brand: undefined, headers: {} };
  await addDeliveries(store, [{ ...delivery, key: "k", body: Buffer.from("{}") }]);
  const rule = await addRule(store, workspace, "command", { channel: "C1", words: "** push" });
  const message = { workspace, channel: "C1", delivery: "d", rule: rule.id, event: push() };
  await store.db.transaction().execute((trx) => addMessages(store, trx, [message]));
  const it = { project: "/acme/api", object: "!1" };
  await store.db.transaction().execute(async (trx) => {
    await saveObjects(store, trx, workspace, [{ ...it, facts: {}, revision: 0 }]);
    const card = { id: "card", workspace, channel: "C1", ...it, episode: "" };
    await addCards(store, trx, [{ ...card, rule: rule.id, message: "m", thread: undefined }]);
  });
  await noteChannel(store, workspace, "#api", "C1");
  await addMute(store, workspace, { channel: "C1", words: "push", until: undefined }, { actor: "U1" });
  await askFirst(store, { workspace, channel: "C1", user: "U1" }, "line");
  await addWaitingReply(store, { workspace, rule: rule.id, address: "https://a.example" }, inDays(99));
  await store.db
    .insertInto("hook_leases")
    .values({ workspace_id: workspace, hook_id: hook.id, owner: "w", fence: 1 })
    .execute();
  const at = new Date().toISOString();
  await store.db
    .insertInto("paces")
    .values({ workspace_id: workspace, method: "post", full_at: at, next_at: at, paced_at: at, refusals: 0 })
    .execute();
}

async function eraseAll(store: Store, now: Date): Promise<number[]> {
  const steps: number[] = [];
  do steps.push(await eraseRemoved(store, now));
  while (steps.at(-1) !== 0);
  return steps;
}

describe.each(engines)("on %s:", (engine) => {
  const test = testOn(engine);

  test("seven days after it was uninstalled nothing of a workspace is left, and all of another one", async ({
    store,
  }) => {
    for (const workspace of ["T1", "T2"]) await fill(store, workspace);
    const full = await rowsOf(store, "T2");
    expect(Object.entries(full).filter(([, rows]) => rows === 0)).toEqual([]);
    await uninstall(store, "T1", "gone");
    const before = await rowsOf(store, "T1");
    expect(await eraseAll(store, inDays(6.9))).toEqual([0]);
    expect(await rowsOf(store, "T1")).toEqual(before);
    await eraseAll(store, inDays(7.1));
    expect(Object.entries(await rowsOf(store, "T1")).filter(([, rows]) => rows > 0)).toEqual([]);
    expect(await rowsOf(store, "T2")).toEqual(full);
  });

  test("the retention does it", async ({ store }) => {
    await fill(store, "T1");
    await uninstall(store, "T1", "gone");
    while ((await removeOld(store, { bodies: 99 * day, rows: 99 * day }, inDays(7.1))) > 0);
    expect(Object.values(await rowsOf(store, "T1")).filter((rows) => rows > 0)).toEqual([]);
  });

  test("installed again, before or while it is erased, it keeps what there is", async ({ store }) => {
    await fill(store, "T1");
    await uninstall(store, "T1", "gone");
    await putWorkspace(store, { id: "T1", token: "xoxb-2" });
    expect(await eraseAll(store, inDays(30))).toEqual([0]);
    await uninstall(store, "T1", "gone");
    expect(await eraseRemoved(store, inDays(30))).toBe(1);
    await putWorkspace(store, { id: "T1", token: "xoxb-3" });
    expect(await eraseAll(store, inDays(30))).toEqual([0]);
    expect(await rowsOf(store, "T1")).toMatchObject({ workspaces: 1, rules: 1, deliveries: 1 });
  });

  test("it goes in small steps, by rows and by bytes", async ({ store }) => {
    await putWorkspace(store, { id: "T1", token: "xoxb-1" });
    const body = Buffer.alloc(3_000_000);
    const delivery = { workspace: "T1", hook: "h", forge: "gitlab", brand: undefined, headers: {}, body };
    for (const key of ["1", "2", "3"]) await addDeliveries(store, [{ ...delivery, key }]);
    await sql`insert into rule_anchors (workspace_id, anchor, rule_id)
      with recursive n(i) as (select 1 union all select i + 1 from n where i < 1100)
      select 'T1', 'x/y', 'r' || i from n`.execute(store.db);
    await uninstall(store, "T1", "gone");
    // The anchors, the audit, two large deliveries, the last one, the row itself.
    expect(await eraseAll(store, inDays(8))).toEqual([500, 500, 100, 1, 2, 1, 1, 0]);
  });

  test("what ends by itself is removed: at once, a day later, or after a year", async ({ store }) => {
    await fill(store, "T1");
    await addNonce(store, "old", inDays(1));
    await addNonce(store, "new", inDays(3));
    const mute = { channel: "C1", words: "push" };
    await addMute(store, "T1", { ...mute, until: inDays(1.5).toISOString() }, { actor: "U1" });
    await addMute(store, "T1", { ...mute, until: inDays(0.5).toISOString() }, { actor: "U1" });
    await sql`delete from hook_leases`.execute(store.db);
    const left = async (now: Date) => {
      while ((await removeOld(store, keep, now)) > 0);
      const tables = ["nonces", "mutes", "confirmations", "waiting_replies", "audit"];
      return Object.fromEntries(
        await Promise.all(tables.map(async (name) => [name, await count(store, name)] as const)),
      );
    };
    expect(await left(inDays(0))).toEqual({ nonces: 2, mutes: 3, confirmations: 1, waiting_replies: 1, audit: 5 });
    expect(await left(inDays(2))).toEqual({ nonces: 1, mutes: 2, confirmations: 0, waiting_replies: 1, audit: 5 });
    expect(await left(inDays(364))).toEqual({ nonces: 0, mutes: 1, confirmations: 0, waiting_replies: 0, audit: 5 });
    expect(await left(inDays(366))).toEqual({ nonces: 0, mutes: 1, confirmations: 0, waiting_replies: 0, audit: 0 });
  });
});
