import { readFileSync } from "node:fs";
import { Agent, request } from "node:http";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import belfry from "../../package.json" with { type: "json" };
import { deliver, until } from "../support/belfry.ts";
import { fixture } from "../support/commands.ts";
import { sign } from "../support/fake-slack/post.ts";
import { fakeApp } from "../support/fake-slack/world.ts";
import { type Installed, startSlackApp } from "../support/slack-app.ts";

/** Odd requests and odd lines before a real Belfry, and what every answer and message of it has in common. */

const alice = { team: "T0A", channel: "C0A", user: "U0AALICE" };
let app: Installed;
beforeAll(async () => {
  app = await startSlackApp({ teams: [{ id: "T0A", name: "alpha", channels: [{ id: "C0A", name: "api" }] }] });
  await app.install("T0A");
});
afterAll(() => app?.stop());

describe("what is typed", () => {
  test.each([
    ["8 kB of one word", "x".repeat(8_000)],
    ["8 kB of words", "subscribe ".repeat(800)],
    ["a shell's signs", "subscribe $(rm -rf /) ; rm -rf / | `reboot` && x"],
    ["SQL", "show '; drop table rules; --"],
    ["options of a terminal", "list --json --workspace T0B"],
    ["quotes that stay open", 'subscribe acme/api label:"'],
    ["newlines", "list\nunsubscribe all\r\n\r\nlist all"],
    ["control characters", "show \u0000\u001b[31m\u202eabc\u2028"],
    ["halves of signs", "show \ud800 \udfff"],
    ["mentions", "show <!channel> <@U0AALICE> &lt;!here&gt;"],
    ["a path", "../../etc/passwd"],
    ["a prototype", "__proto__ constructor"],
    ["a prototype's name", "constructor"],
    ["emoji", "👩‍👩‍👧 🔔 subscribe"],
  ])("%s gets a short answer to that person alone", async (_name, text) => {
    const { sent } = await app.type(alice, text);
    const [reply] = sent.replies();
    expect(sent.status).toBe(200);
    expect(reply).toMatchObject({ responseType: "ephemeral", result: "ok" });
    expect(reply?.text.length).toBeLessThan(600);
    expect(JSON.stringify(reply)).not.toMatch(/<[!@]|\\u0000|\\u001b|\u202e|\\ud800/);
    expect(app.fake.messages("C0A")).toEqual([]);
  });

  test("and nothing was stored", async () => {
    expect((await app.type(alice, "list")).text).toMatch(/no rules|No rule/);
  });
});

test("after a body that is too large its connection takes the next request", async () => {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const post = (text: string) =>
    new Promise<number | undefined>((resolve, reject) => {
      const type = "application/x-www-form-urlencoded";
      const { body, headers } = sign(type, Buffer.from(`ssl_check=1&x=${text}`), fakeApp.signingSecret, Date.now());
      const sent = request(`${app.belfry.url}/slack/events`, { method: "POST", agent, headers, timeout: 10_000 });
      sent.on("response", (answer) => answer.resume().on("end", () => resolve(answer.statusCode)));
      sent.on("timeout", () => sent.destroy(new Error("no answer")));
      sent.on("error", reject).end(body);
    });
  expect([await post("x".repeat(3_000_000)), await post("small")]).toEqual([413, 200]);
  agent.destroy();
});

describe("every answer", () => {
  const odd = `/%3Cscript%3Ealert(1)%3C/script%3E?<b>`;
  const get = (path: string): [string, string, RequestInit] => [`GET ${path}`, path, {}];
  const post = (path: string, body: string): [string, string, RequestInit] => [
    `POST ${path} ${body.slice(0, 12)}`,
    ...([path, { method: "POST", body }] satisfies [string, RequestInit]),
  ];
  const pages = ["/", "/privacy", "/support", "/slack/oauth_redirect", "/slack/oauth_redirect?error=access_denied"];
  const others = [
    "/healthz",
    "/readyz",
    "/slack/events",
    "/slack/nothing",
    "/hooks/x",
    "/nothing",
    "/slack/install",
    odd,
  ];
  const hook = `/hooks/${"0".repeat(32)}`;

  test.each([
    ...[...pages, ...others].map(get),
    ...["/", "/privacy", "/slack/install", "/slack/events", hook, "/hooks/x", odd].map((path) => post(path, "{")),
    post("/slack/events", "x".repeat(2_000_000)),
  ])("%s tells no version, no stack and nothing of the request", async (_name, path, init) => {
    const answer = await fetch(app.belfry.url + path, { ...init, redirect: "manual" });
    const text = await answer.text();
    for (const name of ["x-powered-by", "server", "via"]) expect(answer.headers.get(name)).toBeNull();
    expect(text).not.toMatch(/\n\s+at |node_modules|express|bolt|<script|alert\(/i);
    for (const version of [process.versions.node, belfry.version]) expect(text).not.toContain(version);
    expect(answer.status).not.toBe(500);
    if (init.method === "POST") expect(answer.status).toBeGreaterThanOrEqual(400);
    if (!answer.headers.get("content-type")?.startsWith("text/html")) return;
    expect(answer.headers.get("content-security-policy")).toContain("default-src 'none'");
    expect(answer.headers.get("x-content-type-options")).toBe("nosniff");
    expect(answer.headers.get("referrer-policy")).toBe("no-referrer");
  });

  test.each(pages)("%s is a page with these headers", async (path) => {
    const { headers } = await fetch(app.belfry.url + path, { redirect: "manual" });
    expect(headers.get("content-type")).toBe("text/html; charset=utf-8");
  });
});

test("what everybody's apps can read of a message, its metadata and its buttons, are ids that say nothing", async () => {
  const { text } = await app.type(alice, "connect gitlab");
  const [, hook = "", secret = ""] = /`(http[^`]+)`[\s\S]*?`([^`]+)` as/.exec(text) ?? [];
  const { text: subscribed } = await app.type(alice, "subscribe acme/shop/api merge_request");
  const rule = /`([a-z0-9]{7})`/.exec(subscribed)?.[1] ?? "";
  const body = readFileSync(fixture("merge_request_hook__open"));
  await deliver({ hook, secret }, { header: "Merge Request Hook", body });
  const [message] = await until(
    () => app.fake.messages("C0A"),
    (all) => all.length > 0,
  );
  expect(message?.metadata).toEqual({
    event_type: "belfry_message",
    event_payload: { id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f-]{27}$/) },
  });
  const buttons: { action_id: string; value: string }[] = [];
  for (const line of [`unsubscribe ${rule}`, "connections disconnect gitlab", "connect", "explain https://a.io/x/y"]) {
    const { sent } = await app.type(alice, line);
    const [reply] = sent.replies();
    JSON.stringify(reply?.blocks, (_key, value) => {
      if (value?.type === "button") buttons.push(value);
      return value;
    });
  }
  expect(buttons.length).toBeGreaterThan(5);
  for (const button of buttons)
    expect(button).toEqual({
      ...{ type: "button", text: expect.anything(), action_id: expect.stringMatching(/^belfry_run_\d$/) },
      value: expect.stringMatching(/^[\w-]{22}$/),
      ...("style" in button && { style: expect.stringMatching(/^(primary|danger)$/) }),
    });
});
