import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { sql } from "kysely";
import { afterEach, beforeEach, describe, expect, inject, test } from "vitest";
import { forges } from "../src/forges/index.ts";
import { createLog } from "../src/log.ts";
import { noMetrics } from "../src/operation/metrics.ts";
import { createBudget } from "../src/receive/budget.ts";
import { openInbox } from "../src/receive/open-inbox.ts";
import { createReceiver } from "../src/receive/receiver.ts";
import { createSpoolingInbox, patience } from "../src/receive/spooling-inbox.ts";
import { openHookCopy } from "../src/store/hook-copy.ts";
import { addHook, changeHook, type Hook, removeHook } from "../src/store/hooks.ts";
import { takeLeftovers, takeSpool } from "../src/store/spool-files.ts";
import { connectStore, openStore, type Store } from "../src/store/store.ts";
import { type Belfry, deliver, startBelfry, until } from "./support/belfry.ts";
import { gitlabHook } from "./support/hook.ts";
import { canMount } from "./support/mount.ts";
import { type PostgresServer, startPostgres } from "./support/postgres.ts";
import { startProxy, type TestProxy } from "./support/proxy.ts";
import { pushTo, secret, send } from "./support/receiver.ts";
import { newStorePlace, type StorePlace, testKey } from "./support/stores.ts";

/** Receiving while PostgreSQL is away. */

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

let place: StorePlace;
let proxy: TestProxy;
/** beside the proxy: what is really in the database */
let store: Store;
let hook: Hook;
beforeEach(async () => {
  place = await newStorePlace("postgres");
  cleanups.push(place.remove);
  proxy = await startProxy(place.options.database?.url ?? "");
  cleanups.push(proxy.close);
  store = await place.open();
  hook = await newHook("gitlab");
});

const newHook = (name: string) => addHook(store, gitlabHook("acme", name, secret));

const quick = { poll: 20, refresh: 100 };

/** An inbox as a web process has it, whose way to the database is the proxy. */
async function newInbox(limits = patience, data = place.options.data, pulse = quick) {
  const behind = await connectStore({ data, keys: testKey, database: { url: proxy.url, isDyno: false } });
  cleanups.push(behind.close);
  const spool = await takeSpool({ data, keys: testKey });
  let [asked, silent] = [0, false];
  const over = Promise.withResolvers<void>();
  const watched = behind.db.withPlugin({
    transformQuery: ({ node }) => {
      asked += 1;
      return node;
    },
    // A database that answers nobody any more, until the test is over.
    transformResult: async ({ result }) => {
      if (silent) await over.promise;
      return result;
    },
  });
  const failures: unknown[] = [];
  const inbox = await createSpoolingInbox(
    {
      store: { ...behind, db: watched },
      spool,
      copy: await openHookCopy(spool.store),
      takeLeftovers: () => takeLeftovers({ data, keys: testKey }, (error) => failures.push(error)),
      lasts: true,
      onDrained: () => {},
      log: createLog("silent"),
      metrics: noMetrics,
    },
    limits,
    pulse,
  );
  let stopped: Promise<void> | undefined;
  const stop = () => {
    stopped ??= inbox.stop();
    return stopped;
  };
  cleanups.push(stop, over.resolve);
  const silence = () => {
    silent = true;
  };
  return { ...inbox, stop, failures, silence, asked: () => asked };
}

type TestInbox = Awaited<ReturnType<typeof newInbox>>;

const delivery = (key: string, body = `{"key":"${key}"}`) => ({
  workspace: "acme",
  hook: hook.id,
  forge: "gitlab",
  brand: undefined,
  key,
  headers: { "x-gitlab-event": "Push Hook" },
  body: Buffer.from(body),
});

const keys = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => `key ${from + index}`);
const isIn = (inbox: TestInbox, state: string) =>
  until(
    () => inbox.status(),
    (seen) => seen?.state === state,
  );
const rows = () => store.db.selectFrom("deliveries").selectAll().orderBy("seq").execute();
const storedKeys = async () => (await rows()).map(({ key }) => key);

test("the order is kept through an outage, also of what comes while the spool is drained", async () => {
  const inbox = await newInbox();
  await isIn(inbox, "here");
  for (const key of keys(0, 5)) await inbox.add(delivery(key));
  await proxy.refuse();
  // The database's clock may differ from ours by a moment.
  const begun = Date.now() - 1_000;
  const spooled = [];
  for (const key of keys(5, 20)) spooled.push(await inbox.add(delivery(key)));
  spooled.push(...(await Promise.all(keys(20, 250).map((key) => inbox.add(delivery(key))))));
  const ended = Date.now() + 1_000;
  expect(await storedKeys()).toHaveLength(5);
  expect(inbox.status()).toMatchObject({ state: "away", deliveries: 245, aside: 0, lasts: true });
  expect(inbox.status()?.oldest?.getTime()).toBeGreaterThan(begun);
  expect(inbox.status()?.bytes).toBe(keys(5, 250).reduce((sum, key) => sum + delivery(key).body.length, 0));

  await proxy.pass();
  const seen = new Set<string | undefined>();
  let next = 250;
  while (inbox.status()?.state !== "here") {
    seen.add(inbox.status()?.state);
    await inbox.add(delivery(`key ${next++}`));
  }
  for (const key of keys(next, next + 5)) await inbox.add(delivery(key));
  expect(seen).toContain("draining");
  expect(await storedKeys()).toEqual(keys(0, next + 5));
  const drained = (await rows()).slice(5, 250);
  expect(drained.map(({ id }) => id)).toEqual(spooled.map(({ id }) => id));
  for (const { state, received_at } of drained) {
    expect(state).toBe("pending");
    expect(Date.parse(received_at)).toBeGreaterThan(begun);
    expect(Date.parse(received_at)).toBeLessThan(ended);
  }
  expect(inbox.status()).toMatchObject({ state: "here", deliveries: 0, bytes: 0, oldest: undefined });
});

test("a commit whose answer is lost makes no double, alone or in a batch, and a repeat is known as one", async () => {
  const inbox = await newInbox();
  await isIn(inbox, "here");
  proxy.cutAtCommit();
  const [first] = await Promise.all(keys(0, 10).map((key) => inbox.add(delivery(key))));
  expect(proxy.cut()).toBe(1);
  await isIn(inbox, "here");
  expect(await storedKeys()).toEqual(keys(0, 10));
  expect((await rows()).map(({ state }) => state)).toEqual(Array(10).fill("pending"));
  expect(await inbox.add(delivery("key 0"))).toMatchObject({ duplicate: true, of: first?.id, reused: false });

  // The same where it is the drain's commit, and where the delivery was a repeat.
  await proxy.refuse();
  await inbox.add(delivery("key 10"));
  await inbox.add(delivery("key 0"));
  proxy.cutAtCommit();
  await proxy.pass();
  await isIn(inbox, "here");
  expect(proxy.cut()).toBe(2);
  const all = await rows();
  expect(all.map(({ key }) => key)).toEqual([...keys(0, 10), "key 0", "key 10", "key 0"]);
  expect(all.map(({ state }) => state)).toEqual([...Array(10).fill("pending"), "duplicate", "pending", "duplicate"]);
  expect(all.at(-1)).toMatchObject({ duplicate_of: first?.id, body: null });
  expect(inbox.status()?.aside).toBe(0);
});

test("what is written after we gave up on it is recognised", async () => {
  const inbox = await newInbox({ ...patience, add: 200, least: 10 });
  await isIn(inbox, "here");
  const done = Promise.withResolvers<void>();
  // Somebody locks the table for longer than we wait: our insert goes on waiting, and so does the drain's.
  const locked = Promise.withResolvers<void>();
  const other = store.db.transaction().execute(async (trx) => {
    await sql`lock table deliveries in exclusive mode`.execute(trx);
    locked.resolve();
    await done.promise;
  });
  await locked.promise;
  const given = await Promise.all(keys(0, 3).map((key) => inbox.add(delivery(key))));
  expect(inbox.status()?.deliveries).toBe(3);
  done.resolve();
  await other;
  await isIn(inbox, "here");
  const all = await rows();
  expect(all.map(({ key, state }) => [key, state])).toEqual(keys(0, 3).map((key) => [key, "pending"]));
  expect(all.map(({ id }) => id)).toEqual(given.map(({ id }) => id));
  expect(inbox.status()?.aside).toBe(0);
});

describe("over HTTP", () => {
  async function listen(inbox: TestInbox): Promise<number> {
    const receiver = createReceiver({
      forges,
      findHook: inbox.find,
      add: inbox.add,
      onStored: () => {},
      budget: createBudget(256_000_000),
      log: createLog("silent"),
    });
    const server = createServer(receiver);
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    cleanups.push(() => server.close());
    return (server.address() as AddressInfo).port;
  }

  test("while the database is away, hooks of the copy are served and others get 503", async () => {
    const inbox = await newInbox();
    const port = await listen(inbox);
    await isIn(inbox, "here");
    expect(await send(port, pushTo({ ...hook, id: "0".repeat(32) }))).toMatchObject({ status: 401 });
    const late = await newHook("late");
    expect(await send(port, pushTo(late))).toMatchObject({ status: 202 });
    await proxy.refuse();
    expect(await send(port, pushTo(hook, 1))).toMatchObject({ status: 202 });
    // Known from its one delivery, long before the copy is refreshed.
    expect(await send(port, pushTo(late, 1))).toMatchObject({ status: 202 });
    expect(await send(port, pushTo(hook, 2, { "x-gitlab-token": "wrong" }))).toMatchObject({ status: 401 });
    const unknown = await send(port, pushTo({ ...hook, id: "0".repeat(32) }));
    expect(unknown).toMatchObject({ status: 503, headers: { "retry-after": "10" } });
    expect(inbox.status()?.deliveries).toBe(2);
    await proxy.pass();
    await isIn(inbox, "here");
    expect((await rows()).map(({ hook_id }) => hook_id)).toEqual([late.id, hook.id, late.id]);
  });

  test("a database that hangs is waited for once, and by nobody who comes later", async () => {
    const limits = { ...patience };
    // Nothing looks at the database but what we do here.
    const inbox = await newInbox(limits, undefined, { ...quick, poll: 3_600_000 });
    await isIn(inbox, "here");
    inbox.silence();
    limits.find = limits.add = 3_600_000;
    const waiting = [inbox.add(delivery("one")), inbox.find(hook.id)];
    limits.find = 200;
    expect(await inbox.find(hook.id)).toEqual(hook);
    // They were let go with it.
    expect(await Promise.all(waiting)).toEqual([expect.objectContaining({ duplicate: false }), hook]);
    expect(inbox.status()).toMatchObject({ state: "away", deliveries: 1 });

    const asked = inbox.asked();
    const port = await listen(inbox);
    expect(await send(port, pushTo(hook, 4))).toMatchObject({ status: 202 });
    expect(await send(port, pushTo({ ...hook, id: "0".repeat(32) }))).toMatchObject({ status: 503 });
    expect(inbox.asked()).toBe(asked);
    expect(inbox.status()).toMatchObject({ state: "away", deliveries: 2 });
  });
});

test("a hook that was removed or changed is so in the copy, after a refresh or at its next delivery", async () => {
  const inbox = await newInbox();
  const gone = await newHook("gone");
  const asked = await newHook("asked");
  const again = await newHook("again");
  for (const { id } of [gone, asked, again]) expect(await inbox.find(id)).toBeDefined();
  await changeHook(store, "acme", hook.id, () => ({ secrets: ["another"] }));
  await removeHook(store, "acme", gone.id);
  await removeHook(store, "acme", asked.id);
  await removeHook(store, "acme", again.id);
  const anew = await newHook("again");
  // At once.
  expect(await inbox.find(asked.id)).toBeUndefined();
  expect(await inbox.find(anew.id)).toBeDefined();
  await until(
    () => inbox.copied(),
    (count) => count === 2,
  );
  await proxy.refuse();
  await isIn(inbox, "away");
  for (const { id } of [gone, asked, again]) await expect(inbox.find(id)).rejects.toMatchObject({ status: 503 });
  expect(await inbox.find(anew.id)).toEqual(anew);
  expect(await inbox.find(hook.id)).toMatchObject({ secrets: ["another"] });
  expect(readdirSync(place.options.data).sort()).toContain("spool-1.db");
});

test("a database that answers but takes no rows counts as away", async () => {
  const inbox = await newInbox();
  await isIn(inbox, "here");
  const readOnly = async (value: "on" | "off") => {
    await sql`alter database ${sql.id(database)} set default_transaction_read_only = ${sql.lit(value)}`.execute(
      admin.db,
    );
    // New connections only.
    await proxy.refuse();
    await proxy.pass();
  };
  // A connection that may write whatever the database's default says.
  const admin = await openStore({ ...place.options, database: { url: inject("postgres"), isDyno: false } });
  cleanups.push(admin.close);
  const database = new URL(proxy.url).pathname.slice(1);
  await readOnly("on");
  await isIn(inbox, "away");
  expect(await inbox.add(delivery("kept"))).toMatchObject({ duplicate: false });
  expect(inbox.status()).toMatchObject({ state: "away", deliveries: 1 });
  await readOnly("off");
  await isIn(inbox, "here");
  expect(await storedKeys()).toEqual(["kept"]);
});

test("a delivery that the database refuses for good is kept aside and holds up nobody", async () => {
  const inbox = await newInbox();
  await isIn(inbox, "here");
  // PostgreSQL's text takes no NUL.
  await Promise.all(["one", "two\0", "three"].map((key) => inbox.add(delivery(key))));
  await isIn(inbox, "here");
  expect(await storedKeys()).toEqual(["one", "three"]);
  expect(inbox.status()).toMatchObject({ deliveries: 0, aside: 1 });
  await inbox.add(delivery("four"));
  expect(await storedKeys()).toEqual(["one", "three", "four"]);
  await inbox.stop();
  expect((await newInbox()).status()).toMatchObject({ deliveries: 0, aside: 1 });
});

test("nothing overtakes what waits in the spool because the database refused what came with it", async () => {
  // It looks at the database rarely: what comes next comes before that.
  const inbox = await newInbox(patience, place.options.data, { poll: 300, refresh: 60_000 });
  await isIn(inbox, "here");
  await Promise.all(["one", "two\0"].map((key) => inbox.add(delivery(key))));
  for (const key of ["three", "four"]) await inbox.add(delivery(key));
  await isIn(inbox, "here");
  expect(await storedKeys()).toEqual(["one", "three", "four"]);
});

test("a full disk refuses what it cannot keep, and all is well once there is room", async (context) => {
  if (!canMount) return context.skip("left out: this machine lets nobody mount a small disk");
  const data = join(place.options.data, "../small");
  mkdirSync(data);
  execFileSync("mount", ["-t", "tmpfs", "-o", "size=6m", "tmpfs", data]);
  cleanups.push(() => execFileSync("umount", [data]));
  writeFileSync(join(data, "ballast"), Buffer.alloc(1_000_000));
  const inbox = await newInbox(patience, data);
  await isIn(inbox, "here");
  await proxy.refuse();
  const body = "x".repeat(10_000);
  const taken: string[] = [];
  const fill = async (prefix: string) => {
    for (let number = 0; number < 1_000; number++) {
      const key = `${prefix} ${number}`;
      try {
        await inbox.add(delivery(key, body));
        taken.push(key);
      } catch (error) {
        return error;
      }
    }
    return undefined;
  };
  expect(await fill("first")).toBeInstanceOf(Error);
  await expect(inbox.add(delivery("refused", body))).rejects.toThrow();
  rmSync(join(data, "ballast"));
  const before = taken.length;
  expect(await fill("second")).toBeInstanceOf(Error);
  expect(taken.length).toBeGreaterThan(before);

  // Full as it is, the spool is emptied; and then it takes as much again.
  await proxy.pass();
  await isIn(inbox, "here");
  expect(await storedKeys()).toEqual(taken);
  await inbox.add(delivery("direct", body));
  await proxy.refuse();
  const later = taken.length;
  await fill("third");
  expect(taken.length).toBeGreaterThan(later);
  await proxy.pass();
  await isIn(inbox, "here");
  expect(await storedKeys()).toEqual([...taken.slice(0, later), "direct", ...taken.slice(later)]);
});

test("with SQLite there is no spool", async () => {
  const sqlite = await newStorePlace("sqlite");
  cleanups.push(sqlite.remove);
  const inbox = await openInbox({
    config: { ...sqlite.options, keys: testKey, database: undefined },
    store: await sqlite.open(),
    onDrained: () => {},
    log: createLog("silent"),
    metrics: noMetrics,
  });
  expect(inbox.status()).toBeUndefined();
  expect(readdirSync(sqlite.options.data).filter((file) => file.includes("spool"))).toEqual([]);
});

describe("processes", () => {
  let server: PostgresServer | undefined;
  const environment = (url = proxy.url) => ({
    BELFRY_DATA: place.options.data,
    BELFRY_KEYS: testKey,
    DATABASE_URL: url,
    LOG_LEVEL: "info",
  });
  const start = async (role: string, ready = "listens on", env = environment()): Promise<Belfry> => {
    const belfry = await startBelfry(env, [role], ready);
    cleanups.push(() => belfry.kill("SIGKILL"));
    return belfry;
  };
  const push = async (belfry: Belfry, key: string) => {
    const answer = await deliver(
      { hook: `${belfry.url}/hooks/${hook.id}`, secret },
      { header: "Push Hook", body: `{"ref":"${key}"}` },
      { "idempotency-key": key },
    );
    return answer.status;
  };
  const named = (wanted: string[]) => wanted.map((key) => `idempotency-key:${key}`);
  const arrived = (count: number) => until(storedKeys, (seen) => seen.length >= count);

  test("kill -9 with a full spool, a start while the database is down, and nothing is lost", async () => {
    server = await startPostgres();
    cleanups.push(() => server?.remove());
    const own = await openStore({ ...place.options, database: { url: server.url, isDyno: false } });
    const table = await own.db.selectFrom("hooks").selectAll().execute();
    expect(table).toEqual([]);
    await own.db
      .insertInto("hooks")
      .values(await store.db.selectFrom("hooks").selectAll().executeTakeFirstOrThrow())
      .execute();
    await own.close();

    const env = environment(server.url);
    const first = await start("web", "listens on", env);
    expect(await push(first, "1")).toBe(202);
    await server.stop();
    for (const key of ["2", "3"]) expect(await push(first, key)).toBe(202);
    await first.kill("SIGKILL");
    const again = await start("web", "Deliveries are taken", env);
    expect(again.output()).toContain("PostgreSQL cannot be reached");
    for (const key of ["4", "5"]) expect(await push(again, key)).toBe(202);
    const worker = await start("worker", "Waiting for it", env);
    const elsewhere = { ...env, BELFRY_DATA: join(place.options.data, "../other") };
    // Without a copy nobody can be verified: 503, so that the forge comes again.
    const empty = await start("web", "has no copy of the hooks yet", elsewhere);
    expect(await push(empty, "too early")).toBe(503);
    expect((await fetch(`${empty.url}/healthz`)).status).toBe(200);

    await server.start();
    await worker.printed("worker is ready");
    await again.printed("deliveries go to the database");
    expect(await push(again, "6")).toBe(202);
    store = await openStore({ ...place.options, database: { url: server.url, isDyno: false } });
    cleanups.push(store.close);
    expect(await arrived(6)).toEqual(named(["1", "2", "3", "4", "5", "6"]));
    for (const one of [again, worker, empty]) expect(await one.kill("SIGTERM")).toBe(0);
  });

  test("two processes share a folder, and one drains what the other left behind", async () => {
    const one = await start("web");
    const two = await start("web");
    const files = readdirSync(place.options.data).filter((file) => file.endsWith(".db"));
    expect(files.sort()).toEqual(["spool-1.db", "spool-2.db"]);
    await proxy.refuse();
    for (const [index, key] of keys(0, 6).entries()) expect(await push(index % 2 ? two : one, key)).toBe(202);
    await two.kill("SIGKILL");
    expect(await push(one, "key 6")).toBe(202);
    await proxy.pass();
    await one.printed("deliveries go to the database");
    // In the order in which they came, though from two files.
    expect(await arrived(7)).toEqual(named(keys(0, 7)));
    expect(await one.kill("SIGTERM")).toBe(0);
  });

  test("a database that is frozen does not keep a process from ending", async () => {
    const one = await start("web");
    proxy.hold();
    expect(await push(one, "held")).toBe(202);
    expect(await one.kill("SIGTERM")).toBe(0);
    await proxy.pass();
    const again = await start("web");
    await again.printed("deliveries go to the database");
    expect(await arrived(1)).toEqual(named(["held"]));
  });
});
