import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { deliver, until } from "../support/belfry.ts";
import { type Installed, startSlackApp } from "../support/slack-app.ts";

/** Two workspaces, from the install to the uninstall, through the real Bolt and over HTTP. */

const teams = [
  { id: "T0A", name: "alpha", channels: [{ id: "C0A", name: "api" }] },
  { id: "T0B", name: "beta", channels: [{ id: "C0B", name: "api" }] },
];
const alice = { team: "T0A", channel: "C0A", user: "U0AALICE" };
const bob = { team: "T0B", channel: "C0B", user: "U0BBOB" };
const opened = readFileSync(join(import.meta.dirname, "../forges/gitlab/merge_request_hook__open.json"), "utf8");
const { project } = JSON.parse(opened) as { project: { path_with_namespace: string } };

let app: Installed;
let hook: { hook: string; secret: string };
const posts = (channel: string) => app.fake.messages(channel).map(({ text }) => text);
const send = (key: string, body = opened) =>
  deliver(hook, { header: "Merge Request Hook", body }, { "idempotency-key": key });
/** The same merge request, opened at another time: another event. */
const openedAt = (time: string) => opened.replaceAll(/"(updated_at|created_at)": ?"[^"]*"/g, `"$1": "${time}"`);

beforeAll(async () => {
  app = await startSlackApp({ teams });
});
afterAll(() => app?.stop());

const ruleIn = (text: string) => /`([a-z2-9]{7})`/.exec(text)?.[1] ?? "";
let rule: string;

test("the landing page offers the install, and two workspaces take it", async () => {
  expect(await (await fetch(`${app.belfry.url}/`)).text()).toContain("Add to Slack");
  expect(await app.install("T0A")).toContain("Belfry is in alpha.");
  expect(await app.install("T0B")).toContain("Belfry is in beta.");
});

test("connect shows an address and a secret to the one who asks", async () => {
  const { text } = await app.type(alice, "connect gitlab");
  const address = /http:\/\/[\w.:]+\/hooks\/[0-9a-f]{32}/.exec(text)?.[0] ?? "";
  const secret = /whsec_\S+|`([\w-]{20,})`/.exec(text.replace(address, ""))?.[1] ?? "";
  expect({ address, secret }).toEqual({
    address: expect.stringContaining(app.belfry.url),
    secret: expect.stringMatching(/./),
  });
  hook = { hook: address, secret };
});

test("subscribe waits for the first delivery, and says that it works when it is there", async () => {
  const { text, sent } = await app.type(alice, `subscribe ${project.path_with_namespace} merge_request`);
  rule = ruleIn(text);
  expect(text).toContain("Waiting for the first delivery");
  expect((await send("one")).status).toBe(202);
  await until(
    () => posts("C0A"),
    (all) => all.length === 1,
  );
  await sent.until("Working", 20_000);
});

test("the other workspace sees nothing of it", async () => {
  const project = /[\w-]+\/[\w-]+/.exec(app.fake.messages("C0A")[0]?.text ?? "")?.[0] ?? "none";
  for (const line of [
    "list all",
    "list",
    `show ${rule}`,
    "deliveries",
    `deliveries ${project}`,
    "connections",
    `explain ${hook.hook}`,
    `pause ${rule}`,
    `unsubscribe ${rule}`,
    `test ${rule}`,
    "audit",
  ]) {
    const { text } = await app.type(bob, line);
    expect({ line, text: text.replaceAll(line.split(" ")[1] ?? "-", "") }).toEqual({
      line,
      text: expect.not.stringContaining(rule),
    });
    expect(text).not.toContain(hook.hook);
  }
  expect(posts("C0B")).toEqual([]);
});

test("explain tells why; a paused rule posts nothing, and replay makes up for it", async () => {
  const url = (JSON.parse(opened) as { object_attributes: { url: string } }).object_attributes.url;
  expect((await app.type(alice, `explain <${url}>`)).text).toContain(rule);
  expect((await app.type(alice, `pause ${rule}`)).text).toMatch(/[Pp]aused/);
  await send("two", openedAt("2026-05-05T05:05:05Z"));
  const listed = await until(
    async () => (await app.type(alice, "deliveries")).text,
    (text) => text.split("\n").filter((line) => line.includes("merge_request:open")).length === 2,
  );
  expect(posts("C0A").length).toBe(1);
  expect((await app.type(alice, `resume ${rule}`)).text).toMatch(/[Rr]esumed/);
  const delivery = /`([0-9a-f]{8}[0-9a-f-]*)`/.exec(listed)?.[1] ?? "";
  expect((await app.type(alice, `replay ${delivery}`)).text).toContain("again");
  await until(
    () => posts("C0A"),
    (all) => all.length === 2,
  );
});

test("test posts a sample that says so", async () => {
  await app.type(alice, `test ${rule}`);
  const sample = await until(
    () => app.fake.messages("C0A").at(2),
    (message) => message !== undefined,
  );
  expect(JSON.stringify(sample?.blocks)).toContain("ample");
});

test("unsubscribe asks first", async () => {
  await app.type(alice, `unsubscribe ${rule}`);
  const message = structuredClone(app.fake.ephemerals(alice.user).at(-1));
  expect((await app.type(alice, "list")).text).toContain(rule);
  const clicked = await app.slack.action({ ...alice, button: "Unsubscribe", message });
  await clicked.until();
  expect((await app.type(alice, "list")).text).not.toContain(rule);
});

test("after the uninstall nothing is posted, nobody is answered from the store, and the other workspace goes on", async () => {
  const { text } = await app.type(alice, `subscribe ${project.path_with_namespace} merge_request`);
  const kept = ruleIn(text);
  for (const { token } of app.fake.calls.filter((call) => call.team === "T0A").slice(-1))
    app.fake.revoke(token, "account_inactive");
  await app.slack.event({ team: "T0A", event: { type: "app_uninstalled" } });
  await until(
    async () => (await app.type(alice, "list")).text,
    (answer) => answer.includes("Belfry is not installed in this workspace"),
  );
  const before = posts("C0A").length;
  expect((await send("three", openedAt("2026-06-06T06:06:06Z"))).status).toBe(202);
  expect((await app.type(bob, "whoami")).text).toContain("U0BBOB");
  expect(posts("C0A").length).toBe(before);
  expect(await app.install("T0A")).toContain("Belfry is in alpha.");
  expect((await app.type(alice, `show ${kept}`)).text).toContain("uninstalled");
});
