import { cpSync, existsSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Kysely, sql } from "kysely";
import { Migrator } from "kysely/migration";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { mergeRequestFacts } from "../src/cards/merge-request.ts";
import { addDeliveries } from "../src/store/add-deliveries.ts";
import * as audit from "../src/store/audit.ts";
import * as cardPlaces from "../src/store/card-places.ts";
import * as cards from "../src/store/cards.ts";
import * as changes from "../src/store/change-rules.ts";
import * as channels from "../src/store/channels.ts";
import * as confirmations from "../src/store/confirmations.ts";
import * as deliveries from "../src/store/deliveries.ts";
import { sqlite } from "../src/store/engine/sqlite.ts";
import * as fileRules from "../src/store/file-rules.ts";
import * as someDeliveries from "../src/store/find-deliveries.ts";
import { type EditResult, finishEdit } from "../src/store/finish-edits.ts";
import { finishSends } from "../src/store/finish-sends.ts";
import * as leases from "../src/store/hook-leases.ts";
import * as hooks from "../src/store/hooks.ts";
import { install } from "../src/store/install.ts";
import * as lanes from "../src/store/lanes.ts";
import * as marks from "../src/store/mark-cards.ts";
import * as messages from "../src/store/messages.ts";
import { moveChannel } from "../src/store/move-channel.ts";
import * as mutes from "../src/store/mutes.ts";
import { findObjects, saveObjects } from "../src/store/objects.ts";
import * as openMessages from "../src/store/open-messages.ts";
import * as paces from "../src/store/paces.ts";
import * as pauses from "../src/store/pause-rules.ts";
import { finishDeliveries, pendingDeliveries } from "../src/store/pending-deliveries.ts";
import { retryMessages } from "../src/store/retry-messages.ts";
import * as rotations from "../src/store/rotate-hook.ts";
import * as rules from "../src/store/rules.ts";
import { repeatedEvents } from "../src/store/same-events.ts";
import * as seen from "../src/store/seen.ts";
import * as shown from "../src/store/shown-messages.ts";
import { openStore, type Store } from "../src/store/store.ts";
import { type TakenCard, takeCards } from "../src/store/take-cards.ts";
import { type Taken, takeMessages } from "../src/store/take-message.ts";
import { uninstall } from "../src/store/uninstall.ts";
import * as replies from "../src/store/waiting-replies.ts";
import { freeForgotten } from "../src/store/workers.ts";
import * as workspaces from "../src/store/workspaces.ts";
import { mergeRequest, push } from "./rules/events.ts";
import { runBelfry, startBelfry, temporaryFolder } from "./support/belfry.ts";
import { cache } from "./support/commands.ts";
import { gitlabHook } from "./support/hook.ts";
import { watchQueries } from "./support/plans.ts";
import { engines, newStorePlace } from "./support/stores.ts";

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

function newFolder(): string {
  const { folder, remove } = temporaryFolder();
  cleanups.push(remove);
  return join(folder, "data");
}

async function open(folder = newFolder(), keys?: string): Promise<Store> {
  const store = await openStore({ data: folder, keys });
  cleanups.push(() => store.close());
  return store;
}

const hookOf = (workspace: string, name = "gitlab") => gitlabHook(workspace, name, `secret of ${workspace}`);

const deliveryOf = (workspace: string, hook: string, key = "key") => ({
  workspace,
  hook,
  forge: "gitlab",
  brand: undefined,
  key,
  headers: { "x-gitlab-event": "Push Hook" },
  body: Buffer.from(`{"body of":"${workspace}"}`),
});

describe("opening", () => {
  test("migrations run once, and again without harm", async () => {
    const folder = newFolder();
    const first = await openStore({ data: folder });
    const { id } = await hooks.addHook(first, hookOf("acme"));
    await first.close();
    const again = await open(folder);
    expect(await hooks.findHook(again, id)).toMatchObject({ name: "gitlab", secrets: ["secret of acme"] });
    const { rows } = await sql<{ name: string }>`select name from kysely_migration`.execute(again.db);
    expect(rows).toEqual([
      { name: "0001-first" },
      { name: "0002-many-processes" },
      { name: "0003-slack-app" },
      { name: "0004-cards" },
    ]);
  });

  test("a migration that is cut off leaves nothing behind", async () => {
    const { folder, remove } = temporaryFolder();
    cleanups.push(remove);
    const db = new Kysely<unknown>({ dialect: sqlite(join(folder, "half.db")).dialect });
    cleanups.push(() => db.destroy());
    const up = async (trx: Kysely<unknown>) => {
      await trx.schema.createTable("half").addColumn("id", "text").execute();
      throw new Error("cut off");
    };
    const migrator = new Migrator({ db, provider: { getMigrations: async () => ({ "0001": { up } }) } });
    expect((await migrator.migrateToLatest()).error).toMatchObject({ message: "cut off" });
    expect((await db.introspection.getTables()).map(({ name }) => name)).toEqual([]);
  });

  test.each(engines)(
    "a newer database is used while this version can read it, and refused after that: %s",
    async (engine) => {
      const place = await newStorePlace(engine);
      cleanups.push(place.remove);
      const store = await place.open();
      await sql`insert into kysely_migration (name, timestamp) values ('0099-later', '2030')`.execute(store.db);
      await sql`update belfry_schema set version = 99, readable_from = 2`.execute(store.db);
      await addDeliveries(await place.open(), [deliveryOf("acme", "h")]);
      await sql`update belfry_schema set readable_from = 99`.execute(store.db);
      await expect(place.open()).rejects.toThrow("was made by a newer Belfry, which this one cannot read (schema 99");
    },
  );

  test("what is committed is on disk: WAL, and synchronous is FULL", async () => {
    const { db } = await open();
    const read = async (name: string) =>
      Object.values((await sql.raw<Record<string, unknown>>(`pragma ${name}`).execute(db)).rows[0] ?? {})[0];
    expect([await read("journal_mode"), await read("synchronous")]).toEqual(["wal", 2]);
  });

  test("a folder that cannot be made is refused, also where the system says no in its own way", async () => {
    for (const data of ["/proc/nope/data", "/dev/null/data"]) {
      await expect(openStore({ data })).rejects.toThrow(`Cannot make the data folder ${data}.`);
    }
  });

  test("the folder and the key are their owner's alone", async () => {
    const folder = newFolder();
    await open(folder);
    const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8);
    expect([modeOf(folder), modeOf(join(folder, "belfry.key"))]).toEqual(["700", "600"]);
    expect(readdirSync(folder).filter((name) => name.startsWith("belfry.key"))).toEqual(["belfry.key"]);
  });
});

describe("keys", () => {
  test("a missing key file beside a database is refused, and none is made", async () => {
    const folder = newFolder();
    await (await openStore({ data: folder })).close();
    rmSync(join(folder, "belfry.key"));
    await expect(openStore({ data: folder })).rejects.toThrow(
      "belfry.key is missing, and the database cannot be read without it",
    );
    expect(existsSync(join(folder, "belfry.key"))).toBe(false);
  });

  test.each(["hooks", "deliveries", "messages", "workspaces"] as const)(
    "a wrong key is refused by what is in %s",
    async (table) => {
      const folder = newFolder();
      const store = await openStore({ data: folder });
      const add = {
        hooks: () => hooks.addHook(store, hookOf("acme")),
        deliveries: () => addDeliveries(store, [deliveryOf("acme", "h")]),
        messages: () =>
          store.db.transaction().execute((trx) => openMessages.addMessages(store, trx, [messageOf("acme", "r")])),
        workspaces: () => workspaces.putWorkspace(store, { id: "T1", token: "xoxb-1" }),
      };
      await add[table]();
      await store.close();
      const other = Buffer.alloc(32, 7).toString("base64");
      await expect(openStore({ data: folder, keys: other })).rejects.toThrow(
        /^The database was encrypted with another key \([0-9a-f]{8}\)/,
      );
      await (await openStore({ data: folder })).close();
    },
  );

  test("a damaged row does not stop the start", async () => {
    const folder = newFolder();
    const store = await openStore({ data: folder });
    await addDeliveries(store, [deliveryOf("acme", "h")]);
    const { id } = await changes.addRule(store, "acme", "command", { channel: "#api", words: "** push" });
    await store.db.transaction().execute((trx) => openMessages.addMessages(store, trx, [messageOf("acme", id)]));
    await sql`update deliveries set body = substr(body, 1, 40)`.execute(store.db);
    await sql`update messages set event = substr(event, 1, 40)`.execute(store.db);
    await store.close();
    const again = await open(folder);
    expect((await deliveries.listDeliveries(again, { workspace: "acme", limit: 9 })).length).toBe(1);
    expect(await take(again, "acme")).toBeUndefined();
    expect(await messages.listMessages(again, { workspace: "acme", limit: 9 })).toMatchObject([{ state: "dead" }]);
  });

  test("keys are rotated: the newest seals, the older ones open", async () => {
    const folder = newFolder();
    const [old, fresh] = [1, 2].map((byte) => Buffer.alloc(32, byte).toString("base64"));
    const before = await openStore({ data: folder, keys: old });
    await hooks.addHook(before, hookOf("acme", "old"));
    await before.close();
    const both = await openStore({ data: folder, keys: `${fresh}, ${old}` });
    await hooks.addHook(both, hookOf("acme", "fresh"));
    expect(await hooks.listHooks(both, "acme")).toHaveLength(2);
    await both.close();
    await expect(openStore({ data: folder, keys: fresh })).rejects.toThrow("encrypted with another key");
    await expect(openStore({ data: folder, keys: old })).rejects.toThrow("encrypted with another key");
  });

  test("a sealed value opens in no other row and no other workspace", async () => {
    const store = await open();
    const [a, b] = [await hooks.addHook(store, hookOf("a")), await hooks.addHook(store, hookOf("b"))];
    await sql`update hooks set secrets = (select secrets from hooks where id = ${a.id}) where id = ${b.id}`.execute(
      store.db,
    );
    await expect(hooks.findHook(store, b.id)).rejects.toThrow("A value of hooks was damaged or moved.");
  });
});

describe("damaged files", () => {
  let healthy: string;
  beforeAll(async () => {
    healthy = join(temporaryFolder().folder, "data");
    const store = await openStore({ data: healthy });
    const big = Array.from({ length: 20 }, (_, index) => ({
      ...deliveryOf("acme", "h", String(index)),
      body: Buffer.alloc(3000),
    }));
    await addDeliveries(store, big);
    await store.close();
  });
  afterAll(() => rmSync(join(healthy, ".."), { recursive: true }));

  const size = () => statSync(join(healthy, "belfry.db")).size;
  test.each<[string, (path: string) => void, string]>([
    ["nothing left", (path) => truncateSync(path, 0), "is empty: what was in it is lost"],
    ["half of it", (path) => truncateSync(path, Math.floor(size() / 8192) * 4096), "is damaged. Nothing was changed"],
    ["all but the last page", (path) => truncateSync(path, size() - 4096), "is damaged. Nothing was changed"],
    ["a part of its first page", (path) => truncateSync(path, 50), "damaged. Nothing was changed"],
    ["other bytes", (path) => writeFileSync(path, Buffer.alloc(size(), 7)), "is not a database, or is damaged"],
    ["flipped bytes in every page", flip, "is damaged. Nothing was changed"],
  ])("%s: refused, and the file stays as it was", async (_, damage, says) => {
    const folder = newFolder();
    cpSync(healthy, folder, { recursive: true });
    const path = join(folder, "belfry.db");
    damage(path);
    const before = readFileSync(path);
    const refusal = await openStore({ data: folder }).catch((error: unknown) => error);
    expect(refusal).toMatchObject({ name: "UserError", message: expect.stringContaining(says) });
    expect(refusal).toMatchObject({ message: expect.stringContaining(path) });
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  function flip(path: string): void {
    const bytes = readFileSync(path);
    for (let at = 4096; at < bytes.length; at += 4096) bytes.fill(0xff, at, at + 8);
    writeFileSync(path, bytes);
  }

  test("a server says so and ends with 1", async () => {
    const folder = newFolder();
    cpSync(healthy, folder, { recursive: true });
    truncateSync(join(folder, "belfry.db"), 5000);
    const { code, out, err } = await runBelfry(["start"], { ...cache, BELFRY_DATA: folder, PORT: "0" });
    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(err).toMatch(/^\S+belfry\.db is damaged\. [^\n]+\n$/);
  });
});

test("on a full disk nothing is taken, and what was there stays; with room again it goes on", async () => {
  const store = await open();
  await addDeliveries(store, [deliveryOf("acme", "h", "before")]);
  const { rows } = await sql<{ page_count: number }>`pragma page_count`.execute(store.db);
  const limit = (pages: number) => sql.raw(`pragma max_page_count = ${pages}`).execute(store.db);
  const large = { ...deliveryOf("acme", "h", "large"), body: Buffer.alloc(100_000) };
  await limit(rows[0]?.page_count ?? 0);
  await expect(addDeliveries(store, [large, deliveryOf("acme", "h", "small")])).rejects.toThrow("full");
  const keys = async () => (await store.db.selectFrom("deliveries").select("key").execute()).map(({ key }) => key);
  expect(await keys()).toEqual(["before"]);
  await limit(1_000_000);
  await addDeliveries(store, [large]);
  expect(await keys()).toEqual(["before", "large"]);
});

test("a second server on the folder is refused, before it changes anything, until the first one is gone", async () => {
  const folder = newFolder();
  const env = { ...cache, BELFRY_DATA: folder, PORT: "0", HOST: "127.0.0.1" };
  const first = await startBelfry(env);
  cleanups.push(() => first.kill("SIGKILL"));
  const refused = await Promise.all(["start", "web", "worker"].map((command) => runBelfry([command], env)));
  for (const { code, out, err } of refused) {
    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(err).toContain(`Another Belfry server is using ${folder}.`);
  }
  expect((await runBelfry(["hook", "list"], env)).code).toBe(0);
  await first.kill("SIGKILL");
  const second = await startBelfry(env);
  expect(await second.kill("SIGTERM")).toBe(0);
});

const messageOf = (workspace: string, rule: string) => ({
  workspace,
  channel: "#api",
  delivery: "d",
  rule,
  event: push({ branch: `branch of ${workspace}` }),
});

const unpaced = { worker: "w", pace: { channel: undefined, posts: undefined }, collectBefore: undefined };
const take = async (store: Store, workspace: string) =>
  (await takeMessages(store, { most: 9, without: [] }, unpaced)).taken.find(({ lane }) => lane.workspace === workspace);
const onward = { change: { ready: 0 } };

describe("rules", () => {
  test("among 100,000 rules of other projects only the project's own are read, through the index", async () => {
    const store = await open();
    await sql`insert into rules (workspace_id, id, channel, words, origin, paused, created_at)
      with recursive n(i) as (select 1 union all select i + 1 from n where i < 100000)
      select 'acme', 'r' || i, '#c', 'other/p' || i || ' push', 'command', null, '2026' from n`.execute(store.db);
    await sql`insert into rule_anchors select workspace_id, 'other/p' || substr(id, 2), id from rules`.execute(
      store.db,
    );
    const wanted = ["platform/api push", "platform/** push", "*/api push", "** push"];
    for (const words of wanted) await changes.addRule(store, "acme", "command", { channel: "#api", words });
    await changes.addRule(store, "other", "command", { channel: "#api", words: "platform/api push" });

    const { watched, plan: planOf, rows } = watchQueries(store);
    const found = await rules.rulesNaming(watched, "acme", push().project);
    expect(found.map(({ words }) => words).sort()).toEqual([...wanted].sort());
    expect(rows()).toEqual([4]);
    const plan = await planOf();
    // The given anchors are gone through, and no table.
    expect(plan.filter((step) => /^SCAN (?!json_each)/.test(step))).toEqual([]);
    expect(plan.join("\n")).toMatch(/SEARCH rule_anchors USING (COVERING )?INDEX \S+ \(workspace_id=\? AND anchor=\?/);
    expect(plan.join("\n")).toMatch(/SEARCH rules USING INDEX \S+ \(workspace_id=\? AND id=\?\)/);
  });

  test("rules.yml is followed: added, paused, resumed; rules of commands are not touched", async () => {
    const store = await open();
    const own = await changes.addRule(store, "acme", "command", { channel: "#api", words: "acme/a push" });
    const [a, b] = ["acme/a push", "acme/b push"].map((words) => ({ channel: "#file", words }));
    if (!a || !b) throw new Error("two rules");
    const sync = (...wanted: changes.NewRule[]) => fileRules.syncFileRules(store, "acme", wanted);
    const paused = async () =>
      Object.fromEntries(
        (await rules.listRules(store, "acme")).map((rule) => [`${rule.channel} ${rule.words}`, rule.paused]),
      );
    const mine = { "#api acme/a push": undefined };

    await sync(a, b);
    expect(await paused()).toEqual({ ...mine, "#file acme/a push": undefined, "#file acme/b push": undefined });
    const ids = (await rules.listRules(store, "acme")).map(({ id }) => id).sort();
    await sync(a);
    expect(await paused()).toEqual({
      ...mine,
      "#file acme/a push": undefined,
      "#file acme/b push": "removed from rules.yml",
    });
    await sync(a, b);
    expect(await paused()).toEqual({ ...mine, "#file acme/a push": undefined, "#file acme/b push": undefined });
    expect((await rules.listRules(store, "acme")).map(({ id }) => id).sort()).toEqual(ids);

    for (const rule of await rules.listRules(store, "acme")) {
      if (rule.words === a.words) await changes.pauseRule(store, "acme", rule.id, "Slack: is_archived");
    }
    await sync(a, b);
    expect(await paused()).toMatchObject({ "#file acme/a push": "Slack: is_archived" });
    expect((await rules.findRule(store, "acme", own.id))?.paused).toBe("Slack: is_archived");
    expect((await rules.findRule(store, "acme", own.id))?.origin).toBe("command");
    await sync();
    expect((await rules.findRule(store, "acme", own.id))?.paused).toBe("Slack: is_archived");
  });
});

test("secrets, bodies, events and messages are not in clear in any file of the folder", async () => {
  const folder = newFolder();
  const store = await open(folder);
  const hook = await hooks.addHook(store, { ...hookOf("acme"), secrets: ["CANARY-secret"] });
  const delivery = { ...deliveryOf("acme", hook.id), body: Buffer.from('{"CANARY-body":1}') };
  await addDeliveries(store, [delivery, { ...delivery, body: Buffer.from('{"CANARY-other":1}') }]);
  const rule = await changes.addRule(store, "acme", "command", { channel: "#api", words: "** push" });
  const event = push({ branch: "CANARY-event" });
  await store.db
    .transaction()
    .execute((trx) => openMessages.addMessages(store, trx, [{ ...messageOf("acme", rule.id), event }]));
  const taken = await take(store, "acme");
  if (!taken) throw new Error("no message");
  const sent = { text: "CANARY-sent", blocks: [] };
  await finishSends(store, [{ ...taken, ...onward, result: { state: "sent", sent, ts: "1.0" } }]);

  const files = readdirSync(folder, { recursive: true }).map(String);
  expect(files).toEqual(expect.arrayContaining(["belfry.db", "belfry.db-wal"]));
  const seen = files.map((name) => readFileSync(join(folder, name)).toString("latin1")).join("\n");
  expect(seen).toContain("Push Hook"); // so that we look where the rows are
  expect(seen).not.toContain("CANARY");
  expect((await messages.listMessages(store, { workspace: "acme", limit: 1 }))[0]?.sent?.text).toBe("CANARY-sent");
});

describe("a workspace", () => {
  /** Queries of the server itself, or that make what they are given: no workspace's rows can be asked for. */
  const elsewhere = [
    "findHook",
    "hooksWithPending",
    "readBacklog",
    "takeMessages",
    "takeCards",
    "toldInNotice",
    "untilNextLane",
    "untilNextCard",
    "mendTimes",
    "addHook",
    "addRule",
    "addDeliveries",
    "removeOld",
    "newestArrival",
    // Erases only what was uninstalled; test/store/erase.test.ts.
    "eraseRemoved",
    "expirySteps",
    // For the loops of the server, which then act for the workspace that they found.
    "findUntold",
    "listWaitingReplies",
    "listWorkspaces",
    // Used once, before it is known who asks.
    "addNonce",
    "hasNonce",
    "takeNonce",
  ];
  const others = [
    ...elsewhere,
    "addMessages",
    "openSent",
    "sealSent",
    "openEvent",
    "arrivedAt",
    "ensureWorkspace",
    "putWorkspace",
    "hasTokens",
  ].concat([
    "inTransaction",
    ...[
      "receive",
      "deliveryRow",
      "groupsOf",
      "addRows",
      "findHookRow",
      "toHook",
      "allHooks",
      "openHookCopy",
      "openSpool",
    ],
    // They make or write what they are given, in the transaction of those that are listed below.
    ...[
      "insertRule",
      "reword",
      "setPaused",
      "newRow",
      "toRule",
      "record",
      "pauseWithin",
      "resumeWithin",
      "putWithin",
      "refuseFileHook",
      "rotationOf",
    ],
    // They ask nothing.
    ...["committedTogether", "given", "encodeRows", "prepared", "paceKey", "remembered", "toKnown"],
    "LeaseLost",
    "ObjectChanged",
    "NameTakenError",
    // It writes what it is given, with the workspace that it says.
    "addCards",
    "addWorker",
    "keepWorker",
    "removeWorker",
    "sweepWorkers",
    // Beneath takeMessages and finishSends, in their transactions.
    "takeLanes",
    "nextMessages",
    "spendTokens",
    "takeTurn",
    "takeTurns",
    "changingPace",
    "endTurns",
    "returnLanes",
    "restEmpty",
    "writeResults",
  ]);

  const calls: Record<string, (store: Store, b: Ids) => Promise<unknown>> = {
    findHookByName: (store) => hooks.findHookByName(store, "a", "of b"),
    listHooks: (store) => hooks.listHooks(store, "a"),
    removeHook: (store, b) => hooks.removeHook(store, "a", b.hook),
    putHook: (store) => hooks.putHook(store, { ...hookOf("a", "of b"), secrets: ["changed"] }),
    pendingDeliveries: (store, b) => pendingDeliveries(store, { workspace: "a", hook: b.hook, most: 9, bytes: 9 }),
    finishDeliveries: (store, b) =>
      store.db.transaction().execute((trx) => finishDeliveries(store, trx, "a", [{ id: b.read, state: "ignored" }])),
    repeatedEvents: async (store) => {
      const [stored] = await addDeliveries(store, [deliveryOf("a", "of a", crypto.randomUUID())]);
      const events = [{ delivery: stored?.id ?? "", key: "event of b", timed: true }];
      return store.db
        .transaction()
        .execute(async (trx) => [...(await repeatedEvents(store, trx, { workspace: "a", hook: "of a", events }))]);
    },
    listDeliveries: (store) => deliveries.listDeliveries(store, { workspace: "a", limit: 9 }),
    findDelivery: (store, b) => deliveries.findDelivery(store, "a", b.delivery),
    replayDelivery: (store, b) => deliveries.replayDelivery(store, "a", b.read),
    rulesNamingEach: (store) => rules.rulesNamingEach(store, "a", [push().project]),
    rulesNaming: (store) => rules.rulesNaming(store, "a", push().project),
    listRules: (store) => rules.listRules(store, "a"),
    findRule: (store, b) => rules.findRule(store, "a", b.rule),
    findRules: (store, b) => rules.findRules(store, [{ workspace: "a", id: b.rule }]),
    pauseRule: (store, b) => changes.pauseRule(store, "a", b.rule, "by a", byA, { isPrivate: true }),
    syncFileRules: (store) => fileRules.syncFileRules(store, "a", []),
    beginSends: async (store, b) => [
      ...(await openMessages.beginSends(store, [{ ...b.open.message, workspace: "a" }])),
    ],
    finishSends: (store, b) =>
      finishSends(store, [
        {
          lane: { ...b.open.lane, workspace: "a" },
          message: { ...b.open.message, workspace: "a" },
          result: { state: "dead", reason: "by a" },
          ...onward,
          turn: { ...b.open.turn, workspace: "a" },
          end: { end: "limited", wait: 9 },
        },
      ]),
    findObjects: (store) => findObjects(store, "a", [{ project: "host/project", object: "!1" }]),
    saveObjects: (store, b) =>
      store.db
        .transaction()
        .execute((trx) => saveObjects(store, trx, "a", [{ ...b.editing.known, facts: {} }]))
        .catch(String),
    findCards: (store) =>
      cards.findCards(
        store,
        "a",
        ["#api", "Cb", "#b"].map((channel) => ({ project: "host/project", object: "!1", channel })),
      ),
    takeOver: (store, b) =>
      store.db
        .transaction()
        .execute((trx) => cards.takeOver(store, trx, "a", { card: b.editing.id, rule: "of a", message: "of a" })),
    markCards: (store) =>
      store.db
        .transaction()
        .execute((trx) =>
          marks.markCards(store, trx, "a", [{ project: "host/project", object: "!1", episodes: [""] }]),
        ),
    wakeCards: (store, b) => store.db.transaction().execute((trx) => marks.wakeCards(store, trx, "a", [b.rule])),
    findPlaces: (store, b) =>
      cardPlaces.findPlaces(store, [{ workspace: "a", card: b.editing.id, thread: b.editing.id }]),
    finishEdit: async (store, b) => {
      const results: EditResult[] = [
        { end: "shown", sent: { text: "by a", blocks: [] }, edited: true },
        { end: "refused", event: push(), sent: { text: "x", blocks: [] } },
        { end: "deleted" },
      ];
      for (const result of results) {
        const turn = { ...b.editing.turn, workspace: "a" };
        await finishEdit(store, { ...b.editing, workspace: "a", turn }, result, { end: "limited", wait: 9 });
      }
    },
    listShown: (store) => shown.listShown(store, "a"),
    listShownChannels: (store) => shown.listShownChannels(store, "a", []),
    openShown: async (store, b) => [...(await shown.openShown(store, "a", [b.editing.message.id]))],
    postsOf: async (store) => shown.postsOf(await shown.listShown(store, "a"), "#api"),
    lastPassed: (store) => paces.lastPassed(store.db, "a", "post"),
    takeHook: (store, b) =>
      leases.takeHook({ ...store, engine: shared }, "w2", { workspace: "a", hook: b.hook }).then((one) => one?.fence),
    returnHook: (store, b) =>
      store.db
        .transaction()
        .execute((trx) =>
          leases.returnHook({ ...store, engine: shared }, trx, { workspace: "a", hook: b.hook, worker: "w", fence: 1 }),
        )
        .catch(String),
    freeForgotten: (store) =>
      freeForgotten(store, "nobody", { isAtLane: () => false, isAtHook: () => false, isAtCard: () => false }),
    pauseRules: async (store, b) => [
      await pauses.pauseRules(store, "a", { rule: b.rule }, "by a"),
      await pauses.pauseRules(store, "a", {}, "by a"),
    ],
    resumeRules: (store) => pauses.resumeRules(store, "a", ["by b"]),
    takeUntold: (store) =>
      pauses.takeUntold(store, { workspace: "a", channel: "#untold", reason: "untold", makers: [], rules: 1 }),
    rewordRule: (store, b) => changes.rewordRule(store, "a", b.rule, "** issue", byA, { isPrivate: true }),
    removeRules: (store, b) => changes.removeRules(store, "a", [b.rule], byA),
    listChanges: (store, b) => audit.listChanges(store, "a", { object: b.rule, limit: 99 }),
    addMute: (store) =>
      mutes.addMute(store, "a", { channel: "C1", channelName: "api", words: "push", until: undefined }, byA),
    listMutes: (store) => mutes.listMutes(store, "a", ["C1", "#api"]),
    removeMute: (store, b) => mutes.removeMute(store, "a", { channel: "C1", id: b.mute }, byA),
    askFirst: (store) => confirmations.askFirst(store, { workspace: "a", channel: "C1", user: "U1" }, "line of a"),
    takeConfirmed: (store, b) =>
      confirmations.takeConfirmed(store, { workspace: "a", channel: "C1", user: "U1" }, b.confirmation),
    addWaitingReply: (store, b) =>
      replies.addWaitingReply(store, { workspace: "a", rule: b.rule, address: "https://a" }, new Date(9e12)),
    takeWaitingReply: (store, b) =>
      replies.takeWaitingReply(store, { workspace: "a", rule: b.rule, createdAt: b.replyAt }),
    deliveriesBeginning: (store) => someDeliveries.deliveriesBeginning(store, "a", "0", 99),
    shortDeliveryId: async (store, b) =>
      (await someDeliveries.shortDeliveryId(store, "a", b.delivery)) === b.delivery.slice(0, 13),
    decisionsOf: async (store, b) => [...(await someDeliveries.decisionsOf(store, "a", [b.read]))],
    rotateHook: (store, b) => {
      const secret = () => "changed";
      const newSecret = { token: secret, basic: secret, signed: secret, hmac: secret };
      return rotations.rotateHook(store, { workspace: "a", id: b.hook }, newSecret).catch(String);
    },
    finishRotation: (store, b) =>
      rotations.finishRotation(store, { workspace: "a", id: b.hook, secrets: ["secret of b"] }).catch(String),
    lastSeen: (store) => seen.lastSeen(store, "a", { projects: [{ pattern: "**", not: false }] }),
    hookActivity: async (store) => [...(await seen.hookActivity(store, "a"))],
    channelIds: async (store) => [...(await channels.channelIds(store, "a", ["#b"]))],
    namesOf: async (store) => [...(await channels.namesOf(store.db, "a", ["Cb", "#b"]))].length,
    noteChannel: (store) => channels.noteChannel(store, "a", "#b", "Ca"),
    namesOfOne: (store) => channels.namesOfOne(store.db, "a", "Ca"),
    inOneLane: (store) =>
      store.db.transaction().execute((trx) => channels.inOneLane(store, trx, "a", [{ channel: "#b" }])),
    moveChannel: (store) => moveChannel(store, "a", { from: "C1", to: "C9" }, "moved"),
    listTeams: (store) => workspaces.listTeams(store, "a"),
    findWorkspace: (store) => workspaces.findWorkspace(store, "a"),
    ensureTeam: (store) => workspaces.ensureTeam(store, "team of a", "a"),
    findToken: (store) => workspaces.findToken(store, "a"),
    tokenHolder: (store) => workspaces.tokenHolder(store, "a"),
    install: (store) => install(store, { id: "a", token: "xoxb-again" }, ["by b"]),
    listMessages: (store, b) =>
      messages.listMessages(store, { workspace: "a", delivery: b.open.message.delivery, limit: 9 }),
    changeHook: (store, b) => hooks.changeHook(store, "a", b.hook, () => ({ secrets: ["changed"] })).catch(String),
    hasWorkspace: (store) => workspaces.hasWorkspace(store, "a"),
    retryMessages: (store) => retryMessages(store, "a", { channel: "#api" }),
    retryMessage: (store, b) => messages.retryMessage(store, "a", b.dead),
    dropMessage: (store, b) => messages.dropMessage(store, "a", b.open.message.id),
    wakeLanes: (store) =>
      store.db.transaction().execute((trx) => lanes.wakeLanes(store, trx, [{ workspace: "a", channel: "#resting" }])),
    // The last one: nothing of the workspace goes on after it.
    uninstall: (store) => uninstall(store, "a", "uninstalled"),
  };

  const byA = { actor: "U1", channel: "C1" };

  /** As on PostgreSQL, where hooks are leased. */
  const shared = { ...sqlite(""), alone: false };

  type Ids = Awaited<ReturnType<typeof fill>>;

  /** Gives a workspace a row of everything. */
  async function fill(store: Store, workspace: string) {
    await workspaces.ensureWorkspace(store, { id: workspace, chat: "slack" });
    const hook = await hooks.addHook(store, hookOf(workspace, `of ${workspace}`));
    const [delivery, read] = await addDeliveries(store, [
      deliveryOf(workspace, hook.id, "1"),
      deliveryOf(workspace, hook.id, "2"),
    ]);
    const rule = await changes.addRule(store, workspace, "file", { channel: "#api", words: "** push" });
    await store.db.transaction().execute(async (trx) => {
      await finishDeliveries(store, trx, workspace, [
        {
          ...{ id: read?.id ?? "", state: "event", eventKey: `event of ${workspace}` },
          ...{ project: `project/of-${workspace}`, decisions: `["decisions of ${workspace}"]` },
        },
      ]);
      await openMessages.addMessages(store, trx, Array(2).fill(messageOf(workspace, rule.id)));
      await lanes.wakeLanes(
        store,
        trx,
        ["#empty", "#resting"].map((channel) => ({ workspace, channel })),
      );
    });
    await changes.pauseRule(
      store,
      workspace,
      (await changes.addRule(store, workspace, "file", { channel: "#b", words: "** push" })).id,
      `by ${workspace}`,
    );
    await workspaces.putWorkspace(store, { id: workspace, token: `token of ${workspace}` });
    const taken = await take(store, workspace);
    if (taken) await finishSends(store, [{ ...taken, ...onward, result: { state: "dead", reason: "test" } }]);
    const editing = await card(store, workspace, rule.id);
    const open: Taken | undefined = await take(store, workspace);
    const dead = taken?.message;
    await leases.takeHook({ ...store, engine: shared }, "w", { workspace, hook: hook.id });
    if (!delivery || !read || !dead || !open) throw new Error("not filled");
    const { id: mute } = await mutes.addMute(
      ...[store, workspace, { channel: "C1", channelName: "api", words: `project/of-${workspace}`, until: undefined }],
      { actor: `U of ${workspace}` },
    );
    const asker = { workspace, channel: "C1", user: "U1" };
    const confirmation = await confirmations.askFirst(store, asker, `line of ${workspace}`);
    const reply = { workspace, rule: rule.id, address: `https://hooks.example.com/of-${workspace}` };
    await replies.addWaitingReply(store, reply, new Date(9e12));
    const replyAt = (await replies.listWaitingReplies(store)).find((one) => one.rule === rule.id)?.createdAt ?? "";
    await channels.noteChannel(store, workspace, "#b", `C${workspace}`);
    await changes.addRule(store, workspace, "command", { channel: "#untold", words: "** push" });
    await pauses.pauseRules(store, workspace, { channel: "#untold" }, "untold");
    return {
      ...{ hook: hook.id, delivery: delivery.id, read: read.id, rule: rule.id, dead: dead.id, open },
      ...{ mute, confirmation, replyAt, editing },
    };
  }

  /** A card that was posted and is being edited. */
  async function card(store: Store, workspace: string, rule: string): Promise<TakenCard> {
    const [project, object] = ["host/project", "!1"];
    const facts = mergeRequestFacts(mergeRequest({ title: `title of ${workspace}` }), "2026-01-01T00:00:00Z");
    const message = { ...messageOf(workspace, rule), id: crypto.randomUUID(), channel: "#cards" };
    await store.db.transaction().execute(async (trx) => {
      await saveObjects(store, trx, workspace, [{ project, object, facts, revision: 0 }]);
      const place = { workspace, channel: "#api", project, object, episode: "", rule };
      const id = crypto.randomUUID();
      await cards.addCards(store, trx, [{ ...place, id, message: message.id, thread: undefined }]);
      await openMessages.addMessages(store, trx, [{ ...message, card: id }]);
    });
    const { taken } = await takeMessages(store, { most: 9, without: [] }, unpaced);
    const post = taken.find(({ message: { id } }) => id === message.id);
    if (!post) throw new Error("not taken");
    const sent = { text: `card of ${workspace}`, blocks: [] };
    for (const one of taken) {
      const result =
        one === post ? ({ state: "sent", sent, ts: "9.0" } as const) : ({ state: "retry", reason: "" } as const);
      await finishSends(store, [{ ...one, ...onward, result }]);
    }
    await store.db
      .transaction()
      .execute((trx) => marks.markCards(store, trx, workspace, [{ project, object, episodes: [""] }]));
    await store.db.updateTable("cards").set({ shown: 0, rests_until: null }).execute();
    const later = { ...store, now: () => new Date(Date.now() + 5_000) };
    const [editing] = (await takeCards(later, { most: 1, without: [] }, { worker: "w", pace: undefined })).taken;
    if (!editing) throw new Error("no card is due");
    return editing;
  }

  const tables = ["workspaces", "hooks", "deliveries", "rules", "rule_anchors", "messages", "lanes"].concat([
    "paces",
    "hook_leases",
    "objects",
    "cards",
    ...["audit", "mutes", "confirmations", "waiting_replies"],
  ]);
  const rowsOf = async (store: Store, workspace: string) => {
    const column = (table: string) => sql.ref(table === "workspaces" ? "id" : "workspace_id");
    const all = tables.map(
      async (table) =>
        (
          await sql`select * from ${sql.table(table)} where ${column(table)} = ${workspace} order by 1, 2, 3`.execute(
            store.db,
          )
        ).rows,
    );
    return Object.fromEntries((await Promise.all(all)).map((rows, index) => [tables[index], rows]));
  };

  let two: { store: Store; b: Ids; remove: () => void };
  beforeAll(async () => {
    const { folder, remove } = temporaryFolder();
    const store = await openStore({ data: folder });
    await fill(store, "a");
    two = { store, b: await fill(store, "b"), remove };
  });
  afterAll(async () => {
    await two.store.close();
    two.remove();
  });

  test.each(Object.keys(calls))(
    "%s, asked for one workspace, neither shows nor changes another's rows",
    async (name) => {
      const { store, b } = two;
      const before = await rowsOf(store, "b");
      for (const table of tables) expect(before[table]?.length, table).toBeGreaterThan(0);
      const result = JSON.stringify(await calls[name]?.(store, b)) ?? "";
      expect(await rowsOf(store, "b")).toEqual(before);
      for (const secret of [
        b.hook,
        b.delivery,
        b.read,
        b.rule,
        b.dead,
        b.open.message.id,
        "secret of b",
        "body of b",
        "branch of b",
        "title of b",
        "card of b",
        b.editing.id,
        b.editing.message.id,
        "token of b",
        b.mute,
        b.confirmation,
        "line of b",
        "of-b",
        "decisions of b",
        "U of b",
        '"Cb"',
      ]) {
        expect(result).not.toContain(secret);
      }
    },
  );

  test("no query is left out above", async () => {
    /** Files that hold no query of a table. */
    const without = [
      "batch",
      "card-tables",
      "delivery-seal",
      "edit-every",
      "fitting",
      "folder",
      "keys",
      "lock",
      "schema",
      "seal",
      "short-id",
      "spool-files",
      "store",
    ];
    const folder = join(import.meta.dirname, "../src/store");
    const files = readdirSync(folder).filter((file) => file.endsWith(".ts") && !without.includes(file.slice(0, -3)));
    const modules = await Promise.all(files.map(async (file) => (await import(join(folder, file))) as object));
    const queries = modules.flatMap((one) =>
      Object.entries(one).flatMap(([name, value]) => (typeof value === "function" ? name : [])),
    );
    expect([...Object.keys(calls), ...others].sort()).toEqual(queries.sort());
  });
});
