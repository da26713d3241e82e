import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { handlers } from "../../src/app/events.ts";
import { botEvents, linkEvent } from "../../src/app/manifest.ts";
import { addRule } from "../../src/store/change-rules.ts";
import { listRules } from "../../src/store/rules.ts";
import { ensureTeam, findToken, findWorkspace, putWorkspace } from "../../src/store/workspaces.ts";
import { until } from "../support/belfry.ts";
import { type AppBench, createAppBench } from "./bench.ts";

/** What becomes of rules when channels, the app or its token go. */

const enterprise = { id: "E0BIG", name: "big" };
const teams = [
  { id: "T0A", tokens: ["xoxb-a"], channels: [{ id: "C0A", name: "api" }] },
  { id: "T0B", tokens: ["xoxb-b"], channels: [{ id: "C0A", name: "api" }] },
  { id: "T0G1", enterprise, channels: [{ id: "C0G1", name: "ci" }] },
];

let bench: AppBench;
beforeEach(async () => {
  bench = await createAppBench({ teams });
  for (const id of ["T0A", "T0B"]) {
    await putWorkspace(bench.store, { id, token: `xoxb-${id}`, botUser: "UBOT" });
    for (const channel of ["C0A", "C0X", "#api"])
      await addRule(bench.store, id, "command", { channel, words: "a/b push" });
  }
});
afterEach(() => bench.close());

const paused = async (workspace = "T0A") =>
  Object.fromEntries((await listRules(bench.store, workspace)).map(({ channel, paused }) => [channel, paused]));
const send = (event: { type: string } & Record<string, unknown>, team = "T0A") => bench.slack.event({ team, event });
const active = { C0A: undefined, C0X: undefined, "#api": undefined };

test("there is a handler for each event of the manifest", () => {
  expect(Object.keys(handlers).sort()).toEqual([...botEvents, linkEvent].sort());
});

test.each<[type: string, channel: unknown, reason: RegExp]>([
  ["channel_archive", "C0A", /archived/],
  ["group_archive", "C0A", /archived/],
  ["channel_deleted", "C0A", /deleted/],
  ["group_deleted", "C0A", /deleted/],
  ["channel_left", "C0A", /removed from the channel/],
  ["group_left", "C0A", /removed from the channel/],
  ["channel_shared", "C0A", /shared with another company/],
])("%s pauses the rules of that channel of that workspace", async (type, channel, reason) => {
  expect((await send({ type, channel })).status).toBe(200);
  const after = await until(paused, (rules) => rules["C0A"] !== undefined);
  expect(after).toEqual({ ...active, C0A: expect.stringMatching(reason) });
  expect(await paused("T0B")).toEqual(active);
});

test("a channel that is back from the archive resumes what its archiving paused, and nothing else", async () => {
  await send({ type: "channel_archive", channel: "C0A" });
  await until(paused, (rules) => rules["C0A"] !== undefined);
  await send({ type: "channel_left", channel: "C0X" });
  await until(paused, (rules) => rules["C0X"] !== undefined);
  for (const channel of ["C0A", "C0X"]) await send({ type: "channel_unarchive", channel });
  expect(await until(paused, (rules) => rules["C0A"] === undefined)).toMatchObject({ C0X: expect.any(String) });
});

test("a channel that is shared no more resumes what its sharing paused; one that still is, does not", async () => {
  await send({ type: "channel_shared", channel: "C0A", connected_team_id: "T9" });
  await until(paused, (rules) => rules["C0A"] !== undefined);
  await send({ type: "channel_unshared", channel: "C0A", is_ext_shared: true });
  await send({ type: "channel_left", channel: "C0X" });
  await until(paused, (rules) => rules["C0X"] !== undefined);
  expect(await paused()).toMatchObject({ C0A: expect.stringContaining("shared") });
  await send({ type: "channel_unshared", channel: "C0A", is_ext_shared: false });
  await until(paused, (rules) => rules["C0A"] === undefined);
});

test("a channel with another id keeps its rules, paused because it is being shared", async () => {
  await send({ type: "channel_id_changed", old_channel_id: "C0A", new_channel_id: "C0NEW" });
  const after = await until(paused, (rules) => "C0NEW" in rules);
  expect(after).toEqual({ C0X: undefined, "#api": undefined, C0NEW: expect.stringContaining("shared") });
  expect(await paused("T0B")).toEqual(active);
  await send({ type: "channel_unshared", channel: "C0NEW", is_ext_shared: false });
  await until(paused, (rules) => rules["C0NEW"] === undefined);
});

test("a new name pauses rules of rules.yml that have the old one; rules made in Slack go on", async () => {
  await bench.store.db
    .insertInto("lanes")
    .values({ workspace_id: "T0A", channel: "#api", ready_at: null, failures: 0, channel_id: "C0A" })
    .execute();
  await send({ type: "channel_rename", channel: { id: "C0A", name: "backend", created: 1 } });
  const after = await until(paused, (rules) => rules["#api"] !== undefined);
  expect(after).toEqual({ ...active, "#api": "the channel is called #backend now: write that into rules.yml" });
});

describe("the app goes", () => {
  test("uninstalled: the token is forgotten at once, the rules stay and are paused, others go on", async () => {
    await send({ type: "app_uninstalled" });
    await until(
      () => findToken(bench.store, "T0A"),
      (token) => token === undefined,
    );
    expect(Object.values(await paused())).toEqual(Array(3).fill("Belfry was uninstalled"));
    expect(await findWorkspace(bench.store, "T0A")).toMatchObject({ removed_at: expect.any(String) });
    expect(await findToken(bench.store, "T0B")).toBe("xoxb-T0B");
    await (await bench.slack.command({ team: "T0A", channel: "C0A", user: "U0ABOB", text: "list" })).until(
      "not installed",
    );
    expect(bench.lines).toEqual([]);
  });

  test("a revoked token of ours counts, one of a person does not", async () => {
    await send({ type: "tokens_revoked", tokens: { oauth: ["U1"], bot: [] } });
    await send({ type: "tokens_revoked", tokens: { oauth: ["U1"] } }, "T0B");
    await send({ type: "tokens_revoked", tokens: { bot: ["UBOT"] } }, "T0B");
    await until(
      () => findToken(bench.store, "T0B"),
      (token) => token === undefined,
    );
    expect(await findToken(bench.store, "T0A")).toBe("xoxb-T0A");
  });

  test("a token that Slack still takes is kept: the event came late, and the app is back", async () => {
    await putWorkspace(bench.store, { id: "T0A", token: "xoxb-a" });
    await send({ type: "app_uninstalled" });
    await send({ type: "channel_archive", channel: "C0A" });
    await until(paused, (rules) => rules["C0A"] !== undefined);
    expect(await findToken(bench.store, "T0A")).toBe("xoxb-a");
  });

  test("the same event again does nothing: the app may be back meanwhile", async () => {
    const sent = await send({ type: "app_uninstalled" });
    await until(
      () => findToken(bench.store, "T0A"),
      (token) => token === undefined,
    );
    await putWorkspace(bench.store, { id: "T0A", token: "xoxb-again" });
    expect((await sent.again({ retry: { number: 1, reason: "http_timeout" } })).status).toBe(200);
    await send({ type: "channel_archive", channel: "C0A" }, "T0B");
    await until(
      () => paused("T0B"),
      (rules) => rules["C0A"] !== undefined,
    );
    expect(await findToken(bench.store, "T0A")).toBe("xoxb-again");
  });
});

test("each team of an organization is a workspace of its own, with the organization's token", async () => {
  await putWorkspace(bench.store, { id: "E0BIG", token: "xoxb-big", name: "big" });
  const from = { team: "T0G1", channel: "C0G1", user: "U0G1BOB", isEnterpriseInstall: true };
  await (await bench.slack.command({ ...from, text: "list" })).until("did list");
  expect(bench.lines).toEqual(["T0G1 C0G1 ci U0G1BOB: list"]);
  expect(await findToken(bench.store, "T0G1")).toBe("xoxb-big");
});

test("a team that loses its organization's install loses all, the others and installs of their own stay", async () => {
  await putWorkspace(bench.store, { id: "E0BIG", token: "xoxb-big", name: "big" });
  for (const id of ["T0G1", "T0G2", "T0G3"]) await ensureTeam(bench.store, id, "E0BIG");
  await putWorkspace(bench.store, { id: "T0G3", token: "xoxb-own" });
  await addRule(bench.store, "T0G2", "command", { channel: "C0G2", words: "a/b push" });
  const event = { type: "team_access_revoked", team_ids: ["T0G2", "T0G3", "T0A", 7] };
  await bench.slack.event({ team: "T0G1", isEnterpriseInstall: false, event });
  await until(
    () => findToken(bench.store, "T0G2"),
    (token) => token === undefined,
  );
  expect(await paused("T0G2")).toEqual({ C0G2: "Belfry was removed from the workspace" });
  const tokens = ["T0G1", "T0G3", "T0A", "E0BIG"].map((id) => findToken(bench.store, id));
  expect(await Promise.all(tokens)).toEqual(["xoxb-big", "xoxb-own", "xoxb-T0A", "xoxb-big"]);
  await ensureTeam(bench.store, "T0G2", "E0BIG");
  expect(await findToken(bench.store, "T0G2")).toBe("xoxb-big");
});

test("an event that comes late brings no team back, and makes none; a command does", async () => {
  const { slack, store } = bench;
  await putWorkspace(store, { id: "E0BIG", token: "xoxb-big", name: "big" });
  await ensureTeam(store, "T0G1", "E0BIG");
  await addRule(store, "T0G1", "command", { channel: "C0G1", words: "a/b push" });
  const from = { team: "T0G1", isEnterpriseInstall: true };
  await slack.event({ ...from, event: { type: "team_access_revoked", team_ids: ["T0G1"] } });
  const removed = await findWorkspace(store, "T0G1");
  expect(removed?.removed_at).toEqual(expect.any(String));
  for (const team of ["T0G1", "T0G2"])
    for (const type of ["channel_archive", "channel_unarchive", "channel_rename", "channel_id_changed"]) {
      const event = { type, channel: "C0G1", old_channel_id: "C0G1", new_channel_id: "C0NEW" };
      expect((await slack.event({ ...from, team, event })).status).toBe(200);
    }
  expect(await findWorkspace(store, "T0G1")).toEqual(removed);
  expect(await paused("T0G1")).toEqual({ C0G1: "Belfry was removed from the workspace" });
  expect(await findWorkspace(store, "T0G2")).toBeUndefined();
  await (await slack.command({ ...from, channel: "C0G1", user: "U0G1BOB", text: "list" })).until("did list");
  expect(await findWorkspace(store, "T0G1")).toMatchObject({ removed_at: null });
});

test("an event that says nothing usable is left aside", async () => {
  for (const channel of [{}, { id: 7 }, { id: "C0A" }])
    expect((await send({ type: "channel_rename", channel })).status).toBe(200);
  for (const nothing of [
    { type: "tokens_revoked", tokens: "x" },
    { type: "team_access_revoked", team_ids: "T0A" },
    { type: "channel_unshared", channel: "C0A" },
    { type: "channel_id_changed", old_channel_id: "C0A" },
    { type: "channel_id_changed", old_channel_id: "C0A", new_channel_id: "#api" },
    { type: "channel_id_changed", old_channel_id: "C0A", new_channel_id: ["C0X"] },
  ])
    expect((await send(nothing)).status).toBe(200);
  await (await bench.slack.command({ team: "T0A", channel: "C0A", user: "U0ABOB", text: "x" })).until("did x");
  expect(await paused()).toEqual(active);
});
