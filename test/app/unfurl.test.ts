import { afterEach, beforeEach, expect, test } from "vitest";
import { templatesFolder } from "../../src/cli/templates-folder.ts";
import type { Desk } from "../../src/commands/command.ts";
import { forges } from "../../src/forges/index.ts";
import { addRule } from "../../src/store/change-rules.ts";
import { putWorkspace } from "../../src/store/workspaces.ts";
import { loadTemplates } from "../../src/templates/load.ts";
import { deliver, readAll } from "../commands/reading.ts";
import { until } from "../support/belfry.ts";
import { type AppBench, createAppBench } from "./bench.ts";

/** What is shown below links that people post. */

const base = "https://gitlab.acme.example/acme/shop/api";
const mr = `${base}/-/merge_requests/12`;
const templates = loadTemplates(templatesFolder);
const teams = [
  { id: "T0A", tokens: ["xoxb-a"], channels: [{ id: "C0A", name: "api" }] },
  { id: "T0B", tokens: ["xoxb-b"], channels: [{ id: "C0A", name: "api" }] },
];

let bench: AppBench;
beforeEach(async () => {
  bench = await createAppBench({ teams }, ({ store }) => ({ desk: { store, forges, templates } as Desk }));
  for (const [id, token] of [["T0A", "xoxb-a"] as const, ["T0B", "xoxb-b"] as const])
    await putWorkspace(bench.store, { id, token });
});
afterEach(() => bench.close());

const rule = (words = "acme/** merge_request issue", channel = "C0A") =>
  addRule(bench.store, "T0A", "command", { channel, words });
async function arrived(name = "merge_request_hook__open") {
  await deliver(bench.store, "T0A", name);
  await readAll(bench.store);
}
const post = (urls: unknown, more: object = {}, team = "T0A") =>
  bench.slack.event({
    team,
    event: {
      ...{ type: "link_shared", user: "U0ABOB", channel: "C0A", message_ts: "1.2", unfurl_id: "U.1" },
      ...{ source: "conversations_history", links: urls, ...more },
    },
  });
const links = (...urls: string[]) => urls.map((url) => ({ url, domain: "gitlab.acme.example" }));
const unfurled = () => bench.fake.calls.filter(({ method }) => method === "chat.unfurl");
/** Events are answered when they are done. */
const nothing = () => expect(unfurled()).toEqual([]);

test("a merge request that this channel hears of shows its newest state", async () => {
  await rule();
  await arrived();
  await arrived("merge_request_hook__approved");
  expect((await post(links(mr, "https://gitlab.acme.example/other/thing/-/issues/1"))).status).toBe(200);
  const [call] = await until(unfurled, (calls) => calls.length === 1);
  expect(call).toMatchObject({
    token: "xoxb-a",
    result: "ok",
    args: { unfurl_id: "U.1", source: "conversations_history" },
  });
  const shown = call?.args["unfurls"] as Record<string, { blocks: unknown[] }>;
  expect(Object.keys(shown)).toEqual([mr]);
  expect(JSON.stringify(shown[mr]?.blocks)).toContain("approved");
});

test("no rule of this channel names the project: nothing", async () => {
  await rule("acme/** merge_request", "C0OTHER");
  await rule("other/** merge_request");
  await arrived();
  await post(links(mr));
  nothing();
});

test("the only rule is paused: nothing", async () => {
  const { id } = await rule();
  await bench.store.db.updateTable("rules").set({ paused: "by hand" }).where("id", "=", id).execute();
  await arrived();
  await post(links(mr));
  nothing();
});

test("another workspace with the same channel: nothing", async () => {
  await rule();
  await arrived();
  await post(links(mr), {}, "T0B");
  nothing();
});

test("confidential things: never", async () => {
  await rule("acme/** issue confidential:yes");
  await arrived("confidential_issue_hook__open");
  await post(links(`${base}/-/issues/7`, `${base}/-/issues/42`));
  nothing();
});

test("what Slack does not take is left, and what says nothing usable too", async () => {
  await rule();
  await arrived();
  bench.fake.failNext("chat.unfurl", "cannot_unfurl_url");
  expect((await post(links(mr))).status).toBe(200);
  expect(JSON.stringify(bench.logged)).toContain("links were not unfurled");
  for (const urls of [undefined, "x", [], [{ url: 7 }], links("javascript:alert(1)", "https://gitlab.acme.example/")])
    expect((await post(urls, { unfurl_id: "U.2" })).status).toBe(200);
  expect((await post(links(mr), { channel: "COMPOSER", source: "composer" })).status).toBe(200);
  expect(unfurled().length).toBe(1);
});
