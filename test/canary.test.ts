import { sql } from "kysely";
import { afterEach, expect, test } from "vitest";
import { inTransaction } from "../src/store/transaction.ts";
import { alice, connects, deliveries, type Hook, installs, posts, type } from "./canary/acts.ts";
import { commands } from "./canary/commands.ts";
import { pipeline } from "./canary/payloads.ts";
import { openStage, type Stage } from "./canary/stage.ts";
import { deliver, until } from "./support/belfry.ts";
import { filesOf, type Searched } from "./support/canaries.ts";
import { bytesOf, dumpTables } from "./support/dump.ts";
import { engines } from "./support/stores.ts";

/**
 * Known secrets wherever there could be one, everything logged, every way in which something fails: none of them comes out
 * where nobody asked for it. That it would be found is shown in support/canaries.test.ts.
 */

let stage: Stage;
afterEach(() => stage?.close());

test.each(engines)("on %s no secret comes out", { timeout: 180_000 }, async (engine) => {
  stage = await openStage(engine);
  const { app, canaries, seen, terminal } = stage;
  await installs(stage);
  const hooks = await connects(stage);
  await type(stage, alice, "subscribe acme/shop/api push note pipeline merge_request");
  const { statuses, poison } = await deliveries(stage, hooks);
  expect(new Set(statuses)).toEqual(new Set([202, 401, 413, 415]));
  await until(
    () => JSON.stringify(app.fake.messages("C0A0")),
    (posted) => posted.includes(poison.written) && posted.includes("ailed"),
  );
  await posts(stage, hooks.token, poison);
  await commands(stage);
  await pages(stage);
  const listed = await terminals(stage);
  const ids = [...listed.matchAll(/"id": ?"([0-9a-f-]{36})"/g)].map(([, id = ""]) => id);
  expect(ids.length, listed).toBeGreaterThan(5);
  for (const id of ids.slice(0, 4)) await terminal(["deliveries", "show", id, "--json", "--workspace", "T0A"]);
  await trouble(stage, hooks.token, poison);
  await terminals(stage);
  await pages(stage);
  const whileRunning = await onDisk(stage, "while it runs");
  expect(await app.belfry.kill("SIGTERM")).toBe(0);
  for (const BELFRY_KEYS of [canaries.plant("wrong-key"), Buffer.alloc(32, canaries.plant("k")).toString("base64")])
    await terminal(["hook", "list", "--workspace", "T0A"], { BELFRY_KEYS: canaries.watch("BELFRY_KEYS", BELFRY_KEYS) });

  const log = app.belfry.output();
  // What all of this was for did happen.
  for (const line of [
    "delivery stored",
    "wrong secret",
    "an install did not come to its end",
    "a request of Slack's was",
  ])
    expect(log).toContain(line);
  const calls = app.fake.calls.map(({ method, args: { token: _, ...args } }): Searched => {
    const isInstall = method === "oauth.v2.access";
    const shown = isInstall ? { ...args, client_secret: "", code: "" } : args;
    return { name: method, bytes: JSON.stringify(shown), allows: ["written"] };
  });
  expect(seen.length).toBeGreaterThan(80);
  const places = [{ name: "the log", bytes: log }, ...seen, ...calls, ...whileRunning];
  expect(canaries.find([...places, ...(await onDisk(stage, "after it"))])).toEqual([]);
});

/** All that is served to anybody. */
async function pages({ page, environment, canaries }: Stage): Promise<void> {
  const bearer = { authorization: `Bearer ${environment["BELFRY_METRICS_TOKEN"]}` };
  for (const path of ["/", "/privacy", "/support", "/healthz", "/readyz", "/nothing", "/slack/nothing", "/hooks"])
    await page(path);
  expect(await page("/metrics", bearer)).toContain("belfry_");
  await page("/metrics", { authorization: `Bearer ${canaries.plant("wrong metrics token")}` });
  await page(`/slack/${canaries.plant("in a path")}`);
  await page(`/slack/events?token=${canaries.plant("GET events")}`);
  await page(`/?error=${canaries.plant("in a query")}`, { cookie: canaries.plant("page cookie") });
}

/** The database away, or damaged. */
async function trouble(stage: Stage, token: Hook, poison: Parameters<typeof pipeline>[0]): Promise<void> {
  const { app, canaries, proxy } = stage;
  const send = (id: number) => deliver(token, { header: "Pipeline Hook", body: pipeline(poison, id) });
  if (proxy) {
    await proxy.refuse();
    expect((await send(3)).status).toBe(202);
    await type(stage, alice, `list ${canaries.plant("while away", "typed")}`).catch(() => {});
    await pages(stage);
    stage.seen.push(...(await filesOf(`${app.folder}/data`, ["belfry.key"])));
    await proxy.pass();
    await app.belfry.printed("drained");
  }
  const store = await stage.open();
  // The last byte is gone: what was sealed does not open.
  const damage = async (table: string, column: string, where = sql`1 = 1`) => {
    const [name, shorter] = [sql.ref(column), sql`substr(${sql.ref(column)}, 1, length(${sql.ref(column)}) - 1)`];
    // The server writes to the same rows: a deadlock is tried again.
    await inTransaction(store, (trx) =>
      sql`update ${sql.table(table)} set ${name} = ${shorter} where ${where} and length(${name}) > 1`.execute(trx),
    );
  };
  await damage("messages", "event");
  await damage("messages", "sent");
  await damage("waiting_replies", "address");
  await damage("deliveries", "decisions");
  await send(4);
  await damage("deliveries", "body");
  await damage("workspaces", "token", sql`id = 'T0B'`);
  await damage("hooks", "secrets", sql`scheme = 'signed'`);
  await store.close();
  const asked = [
    "connections",
    "list",
    "explain https://gitlab.acme.example/acme/shop/api/-/pipelines/2",
    "deliveries",
  ];
  for (const line of asked) await type(stage, alice, line);
  await type(stage, { team: "T0B", channel: "C0B0", user: "U0BALICE" }, "whoami");
}

/** What the commands of the terminal print about it. */
async function terminals({ terminal }: Stage): Promise<string> {
  const at = (...args: string[]) => terminal([...args, "--workspace", "T0A"]);
  await at("hook", "list", "--json");
  await at("hook", "show", "gitlab", "--json");
  await at("hook", "show", "gitlab");
  await at("rules", "list", "--json");
  await at("messages", "list", "--json");
  await at("audit", "list", "--json");
  return at("deliveries", "list", "--json");
}

/** Files and rows, as they are now. */
async function onDisk(stage: Stage, when: string): Promise<Searched[]> {
  const files = filesOf(`${stage.app.folder}/data`, ["belfry.key"]);
  const store = await stage.open();
  const tables = await dumpTables(store);
  await store.close();
  expect(tables.get("deliveries")?.length).toBeGreaterThan(5);
  return [
    ...files.map((file) => ({ ...file, name: `${file.name} ${when}` })),
    { name: `the tables ${when}`, bytes: bytesOf(tables) },
  ];
}
