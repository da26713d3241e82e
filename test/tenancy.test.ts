import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { botEvents, slackPaths } from "../src/app/manifest.ts";
import { commands } from "../src/commands/index.ts";
import { deliver, until } from "./support/belfry.ts";
import { type DumpedRow, dumpWorkspace, tenantTables } from "./support/dump.ts";
import { expectNothingOf, plain } from "./tenancy/compare.ts";
import { examples, linesOf } from "./tenancy/lines.ts";
import { alice, opened, openTenants, private_, type Tenants } from "./tenancy/world.ts";

/** Nothing crosses from one workspace into another: not by any route, command, button, event or id. */

const names = Object.keys(commands);

test("every command has its lines in the walk", () => {
  expect(Object.keys(examples).sort()).toEqual([...names].sort());
});

describe.each([
  ["separate", "sqlite", 20261],
  ["organization", "postgres", 20262],
] as const)("%s workspaces on %s", (kind, engine, order) => {
  let tenants: Tenants;
  let before: Record<string, DumpedRow[]>;
  let tables: string[];
  const owned = () => dumpWorkspace(tenants.store, tenants.owner);
  const expectUntouched = async () => expect(await owned()).toEqual(before);
  const both = () =>
    [
      [tenants.other, tenants.theirs],
      [tenants.twin, tenants.nobodys],
    ] as const;

  beforeAll(async () => {
    tenants = await openTenants(kind, engine);
    tables = await tenantTables(tenants.store);
    // The answer to the rule that has had a delivery turns to “working”, and somebody is told of the pause.
    before = await until(owned, ({ waiting_replies, rules }) => {
      const paused = rules?.filter((rule) => rule["paused"] !== null) ?? [];
      return waiting_replies?.length === 1 && paused.length === 1 && paused[0]?.["untold_since"] === null;
    });
  }, 90_000);
  afterAll(() => tenants?.close());

  test("the schema's tables of workspaces are those that are compared", async () => {
    const store = join(import.meta.dirname, "../src/store");
    const files = readdirSync(store).filter((file) => file.endsWith(".ts"));
    const text = files.map((file) => readFileSync(join(store, file), "utf8")).join("\n");
    const named = new Map(
      [...text.matchAll(/^ {2}(\w+): (\w+Table);$/gm)].map(([, table = "", type = ""]) => [type, table]),
    );
    const owned = [...text.matchAll(/interface (\w+Table) \{\n([\s\S]*?)\n\}/g)].filter(([, , body]) =>
      body?.includes("workspace_id: string;"),
    );
    expect(owned.map(([, type = ""]) => named.get(type)).toSorted()).toEqual(tables);
  });

  test("there is something in every table to cross over", () => {
    expect(Object.keys(before).sort()).toEqual([...tables, "workspaces"].sort());
    // On SQLite nobody else could read a hook's deliveries.
    const empty = Object.keys(before).filter((table) => before[table]?.length === 0);
    expect(empty).toEqual(engine === "sqlite" ? ["hook_leases"] : []);
  });

  test("every command with every id gets the answer that an id of nobody gets", { timeout: 180_000 }, async () => {
    const { app, theirs, nobodys } = tenants;
    const [lines, control] = [linesOf(names, theirs), linesOf(names, nobodys)];
    const [shuffled = []] = fc.sample(fc.shuffledSubarray([...lines.keys()], { minLength: lines.length }), {
      numRuns: 1,
      seed: order,
    });
    for (const index of shuffled) {
      const line = lines[index] ?? "";
      const [answer, expected] = [
        await app.type({ ...alice, team: tenants.other }, line),
        await app.type({ ...alice, team: tenants.twin }, control[index] ?? ""),
      ].map(({ sent }) => plain(sent.replies()[0], tenants));
      expect({ line, answer }).toEqual({ line, answer: expected });
      expectNothingOf(before, expected ?? "");
      expect(answer).not.toContain(private_.title);
    }
    await expectUntouched();
  });

  test("buttons of another workspace are as good as none, and stay good where they belong", async () => {
    const { app, theirs, owner } = tenants;
    const click = async (team: string, value: string, more = {}) => {
      const button = { action_id: "belfry_run_0", value };
      const sent = await app.slack.action({ ...alice, team, button, ...more });
      return plain(await sent.until(), tenants);
    };
    const [answer, expected] = await Promise.all(both().map(([team, { confirmation }]) => click(team, confirmation)));
    expect(answer).toBe(expected);
    expect(answer).toContain("used already or is too old");
    for (const [, ids] of both())
      for (const id of Object.values(ids)) expect(await click(tenants.other, id)).toBe(expected);
    await expectUntouched();
    // A person of one workspace in a request of the other, either way.
    for (const [team, userTeam] of [
      [owner, tenants.other],
      [tenants.other, owner],
    ] as const)
      if (kind === "separate")
        expect(await click(team, theirs.confirmation, { userTeam })).toContain("Only members of the workspace");
    await expectUntouched();
  });

  test("deliveries go to the hook's workspace, whatever they say", async () => {
    const { hooks, owner, other, theirs, nobodys, store } = tenants;
    const body = opened(private_.project, private_.title);
    const event = { header: "Merge Request Hook", body };
    const answers = await Promise.all(
      [theirs, nobodys].map(async ({ hookAddress: hook }) => {
        const answer = await deliver({ hook, secret: hooks[other]?.secret ?? "" }, event);
        return { status: answer.status, body: await answer.text(), headers: [...answer.headers.keys()] };
      }),
    );
    expect(answers[0]).toEqual(answers[1]);
    expect(answers[0]?.status).toBe(401);
    const said = {
      workspace: owner,
      workspace_id: owner,
      team_id: owner,
      hook_id: theirs.hook,
      channel: alice.channel,
    };
    const payload = { ...(JSON.parse(body) as object), ...said };
    // The same bytes as the owner's: no duplicate here.
    for (const sent of [body, JSON.stringify(payload)])
      for (const [team] of both())
        expect((await deliver(hooks[team] ?? { hook: "", secret: "" }, { ...event, body: sent })).status).toBe(202);
    await until(
      () => store.db.selectFrom("deliveries").selectAll().where("state", "=", "pending").execute(),
      (waiting) => waiting.length === 0,
    );
    const states = await store.db.selectFrom("deliveries").select(["workspace_id", "state"]).execute();
    for (const [team] of both())
      expect(states.filter((row) => row.workspace_id === team && row.state === "event").length).toBeGreaterThan(0);
    await expectUntouched();
  });

  test("pages tell nothing of anybody", async () => {
    const { app, theirs } = tenants;
    const paths = ["/", "/privacy", "/support", "/healthz", "/readyz", "/metrics", ...Object.values(slackPaths)];
    const ids = Object.values(theirs).flatMap((id) => [
      `/${encodeURIComponent(id)}`,
      `/hooks/${encodeURIComponent(id)}`,
    ]);
    for (const path of [...paths, ...ids, "/slack/oauth_redirect?error=access_denied"]) {
      const answer = await fetch(app.belfry.url + path, { redirect: "manual" });
      const text = `${JSON.stringify([...answer.headers])} ${await answer.text()}`;
      expectNothingOf(before, text);
      expect(answer.headers.get("x-powered-by")).toBeNull();
    }
    await expectUntouched();
  });

  test("events of Slack's touch the workspace that they are of", async () => {
    const { app, owner, store } = tenants;
    const last = ["tokens_revoked", "app_uninstalled"];
    const safe = kind === "separate" ? last : [];
    for (const type of [...botEvents.filter((name) => !last.includes(name)), ...safe]) {
      for (const id of [alice.channel, "C0OTHER"]) {
        const channel = type.endsWith("rename") ? { id, name: "renamed" } : id;
        const event = { type, channel, tokens: { bot: ["U0BOT"] } };
        for (const [team] of both()) await app.slack.event({ team, event });
      }
    }
    // The workspace is the one that the event was sent for, not the one of whoever caused it.
    const own = { team_id: tenants.other, enterprise_id: null, user_id: "U0BOT", is_bot: true };
    const event = { type: "channel_archive", channel: alice.channel };
    if (kind === "separate") await app.slack.event({ team: owner, event, authorizations: [own] });
    await until(
      () => store.db.selectFrom("rules").select("paused").where("workspace_id", "=", tenants.other).execute(),
      (rules) => rules.every(({ paused }) => paused !== null),
    );
    await expectUntouched();
  });

  test("and the owner still has it all", async () => {
    const { app, owner, theirs } = tenants;
    const from = { ...alice, team: owner };
    expect((await app.type(from, "list")).text).toContain(theirs.rule);
    expect((await app.type(from, `explain ${theirs.link}`)).text).toContain(theirs.rule);
    const sent = await app.slack.action({ ...from, button: { action_id: "belfry_run_0", value: theirs.confirmation } });
    expect((await sent.until()).text).not.toContain("too old");
  });
});
