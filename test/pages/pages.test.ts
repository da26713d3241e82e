import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer, request } from "node:http";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { botScopes } from "../../src/app/manifest.ts";
import { commandNamed } from "../../src/commands/help.ts";
import { commands } from "../../src/commands/index.ts";
import { colours, pairs } from "../../src/pages/colours.ts";
import { failedPage, installedPage } from "../../src/pages/install.ts";
import { landingPage } from "../../src/pages/landing.ts";
import { pageHeaders } from "../../src/pages/page.ts";
import { createPages } from "../../src/pages/pages.ts";
import { privacyPage } from "../../src/pages/privacy.ts";
import { supportPage } from "../../src/pages/support.ts";
import { parseRule } from "../../src/rules/parse.ts";
import { contrast } from "./contrast.ts";

const day = 86_400_000;
const keep = { bodies: 7 * day, rows: 30 * day };
const reasons = ["cancelled", "expired", "busy", "failed"] as const;

const all: [string, string][] = [
  ["/", landingPage({ canInstall: true })],
  ["/ without OAuth", landingPage({ canInstall: false })],
  ["/privacy", privacyPage({ keep })],
  ["/support", supportPage()],
  ["/support with an address", supportPage({ supportUrl: "https://help.acme.io/belfry?a=1&b=2" })],
  ["installed", installedPage({ teamName: "Acme", teamId: "T0123ABC", appId: "A0123ABC" })],
  ...reasons.map((why): [string, string] => [why, failedPage({ why })]),
];

const matches = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map(([, found = ""]) => found);
const linksOf = (page: string) => matches(page, /\shref="([^"]*)"/g);
const decoded = (text: string) =>
  text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&#39;", "'").replaceAll("&amp;", "&");
/** What people read of a piece of a page. */
const readable = (markup: string) =>
  decoded(markup.replace(/<br>/g, "\n").replace(/<svg.*?<\/svg>|<[^>]*>/gs, "")).trim();
const commandLines = (page: string) => matches(page, /<(?:code|p class="type")>(\/belfry [^<]*)</g).map(decoded);

describe.each(all)("%s", (_, page) => {
  test("is a whole page that anybody can read", () => {
    expect(page).toMatch(/^<!doctype html>\n<html lang="en">/);
    expect(page).toContain('<meta name="viewport" content="width=device-width, initial-scale=1">');
    expect(matches(page, /<title>([^<]+)<\/title>/g)).toHaveLength(1);
    for (const landmark of ["header", "nav", "main", "footer", "h1"])
      expect(matches(page, new RegExp(`<(${landmark})[ >]`, "g")), landmark).toHaveLength(1);
    const levels = matches(page, /<h(\d)/g).map(Number);
    expect(levels.every((level, index) => level <= (levels[index - 1] ?? 0) + 1)).toBe(true);
    const ids = matches(page, /\sid="([^"]*)"/g);
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of matches(page, /aria-labelledby="([^"]*)"/g)) expect(ids).toContain(id);
  });

  test("every element is closed", () => {
    const open: string[] = [];
    const body = page.replace(/<style>.*?<\/style>/s, "");
    for (const [, end, name = "", rest = ""] of body.matchAll(/<(\/?)([a-z0-9]+)([^>]*)>/g)) {
      if (end) expect(open.pop()).toBe(name);
      else if (!["meta", "br"].includes(name) && !rest.endsWith("/")) open.push(name);
    }
    expect(open).toEqual([]);
  });

  test("it runs and loads nothing, and its style is the one that the policy names", () => {
    expect(page).not.toMatch(/<(script|link|img|iframe|form|object|embed|base)\b|\sstyle=|\son\w+=|url\(|@import/i);
    const [style = ""] = matches(page, /<style>(.*?)<\/style>/gs);
    const hash = createHash("sha256").update(style).digest("base64");
    expect(pageHeaders["content-security-policy"]).toContain(`style-src 'sha256-${hash}'`);
  });

  test("its links lead somewhere", () => {
    for (const link of linksOf(page))
      expect(decoded(link)).toMatch(
        /^(#main|\/|\/support|\/privacy|\/slack\/install|https:\/\/(help\.acme\.io|app\.slack\.com)\/\S+|slack:\/\/app\?team=T\w+&id=A\w+)$/,
      );
  });

  test("what it says to type is understood", () => {
    for (const line of commandLines(page)) {
      const [, name = "", words = ""] = /^\/belfry (\S+) ?(.*)$/.exec(line) ?? [];
      expect(commandNamed(commands, name), line).toBe(name);
      if (name === "subscribe") expect(parseRule(words), line).toHaveProperty("rule");
    }
  });

  test("it tells nothing of how Belfry is built", () => {
    const { version } = JSON.parse(readFileSync(join(import.meta.dirname, "../../package.json"), "utf8"));
    const words = readable(page.replace(/<style>.*?<\/style>/s, ""));
    expect(words).not.toContain(version);
    expect(words).not.toMatch(/node|express|sqlite|postgres|undefined|\[object/i);
  });
});

describe("the landing page", () => {
  const [withInstall, without] = [landingPage({ canInstall: true }), landingPage({ canInstall: false })];

  test("has “Add to Slack” only where that works", () => {
    expect(withInstall).toContain('href="/slack/install">Add to Slack</a>');
    expect(without).not.toContain("/slack/install");
    expect(readable(without)).not.toContain("Add to Slack");
    expect(commandLines(without)).toContain("/belfry help");
  });

  test("shows messages as they are", () => {
    const golden = (name: string) => {
      const [said = "", context = ""] = readFileSync(
        join(import.meta.dirname, `../templates/goldens/${name}.txt`),
        "utf8",
      )
        .replace(/ <https[^>]*>|[*`]/g, "")
        .trimEnd()
        .split(/\n {2}/);
      return { said, context: context.replaceAll("  ·  ", " · ") };
    };
    const said = matches(withInstall, /<p class="said">(.*?)<\/p>/gs).map(readable);
    const context = matches(withInstall, /<small>(.*?)<\/small>/gs).map(readable);
    expect(said.map((text, index) => ({ said: text, context: context[index] }))).toEqual(
      ["merge_request.merge", "pipeline.failed", "deployment.success"].map(golden),
    );
  });
});

test("the privacy page tells the settings and every scope", () => {
  const words = readable(privacyPage({ keep: { bodies: 36 * 3_600_000, rows: 90 * day } }));
  expect(words).toContain("36 hours");
  expect(words).toContain("90 days");
  expect(words).toMatch(/Who changed which rule, hook or mute, and when \(Slack’s id\)a year/);
  for (const why of Object.values(botScopes)) expect(words).toContain(why);
});

test.each([
  ["https://help.acme.io", 'href="https://help.acme.io"'],
  ["mailto:belfry@acme.io", 'href="mailto:belfry@acme.io">belfry@acme.io'],
  ['https://acme.io/"><script>', 'href="https://acme.io/&quot;&gt;&lt;script&gt;"'],
])("support at %s", (supportUrl, shown) => {
  expect(supportPage({ supportUrl })).toContain(shown);
});

test.each(["javascript:alert(1)", "data:text/html,x", "not an address", ""])("support at %j is not linked", (url) => {
  expect(supportPage({ supportUrl: url })).toBe(supportPage());
});

describe("the page after an install", () => {
  const acme = { teamName: "Acme", teamId: "T0123ABC", appId: "A0123ABC" };

  test("opens Slack where it belongs", () => {
    expect(linksOf(installedPage(acme))).toContain("slack://app?team=T0123ABC&amp;id=A0123ABC");
  });

  test.each([
    { ...acme, teamId: 'T1" onclick="x' },
    { ...acme, teamId: "E0123ABC" },
    { ...acme, teamId: undefined },
    { ...acme, appId: "A1&x=1" },
    { ...acme, appId: "T0123ABC" },
    { ...acme, appId: undefined },
    { ...acme, appId: "A0123ABC\n" },
  ])("has no link of %j", (installed) => {
    const page = installedPage(installed);
    expect(page).not.toContain("slack://");
    expect(page).not.toContain("app.slack.com");
    expect(page).not.toContain("onclick");
  });

  test.each([
    [0, undefined],
    [1, "1 rule of before is paused: /belfry resume all in its channel."],
    [12, "12 rules of before are paused: /belfry resume all in their channels."],
  ])("says that %i rules are paused", (paused, text) => {
    const page = readable(installedPage({ ...acme, paused }));
    if (text === undefined) expect(page).not.toContain("of before");
    else expect(page).toContain(text);
  });

  test("a workspace's name is text", () => {
    const page = installedPage({ ...acme, teamName: `<script>"'&` });
    expect(page).toContain("Belfry is in &lt;script&gt;&quot;&#39;&amp;.");
    expect(page).not.toContain("<script");
    expect(installedPage({ ...acme, teamName: undefined })).toContain("Belfry is in your workspace.");
  });
});

test.each(["light", "dark"] as const)("every text of %s has contrast enough", (scheme) => {
  for (const [text, ground] of pairs)
    expect(contrast(colours[scheme][text], colours[scheme][ground]), `${text} on ${ground}`).toBeGreaterThanOrEqual(
      4.5,
    );
  expect(contrast("#767676", "#ffffff")).toBeCloseTo(4.54, 2);
});

describe("over HTTP", () => {
  const pages = createPages({ canInstall: true, keep });
  const server = createServer((asked, response) => {
    if (!pages(asked, response)) response.writeHead(404).end("not a page");
  });
  beforeAll(() => new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve)));
  afterAll(() => {
    server.close();
  });

  /** As it is sent: fetch would tidy the path. */
  const ask = (path: string, method = "GET") =>
    new Promise<{ status: number | undefined; headers: Record<string, unknown>; body: string }>((resolve, reject) => {
      const address = server.address();
      const port = typeof address === "object" ? address?.port : undefined;
      request({ port, path, method, agent: false }, (response) => {
        let body = "";
        response.setEncoding("utf8").on("data", (chunk) => {
          body += chunk;
        });
        response.on("end", () => resolve({ status: response.statusCode, headers: response.headers, body }));
      })
        .on("error", reject)
        .end();
    });

  test.each([
    ["/", all[0]?.[1]],
    ["/?utm=1", all[0]?.[1]],
    ["/privacy", all[2]?.[1]],
    ["/support", all[3]?.[1]],
  ])("GET and HEAD %s", async (path, page) => {
    const { status, headers, body } = await ask(path);
    expect({ status, body }).toEqual({ status: 200, body: page });
    expect(headers).toMatchObject({
      "content-type": "text/html; charset=utf-8",
      "x-content-type-options": "nosniff",
      "referrer-policy": "no-referrer",
      "content-length": String(Buffer.byteLength(page ?? "")),
    });
    expect(headers["content-security-policy"]).toMatch(
      /^default-src 'none'; style-src 'sha256-[\w+/]{43}='; frame-ancestors 'none'; base-uri 'none'; form-action 'none'$/,
    );
    expect(headers).not.toHaveProperty("x-powered-by");
    expect(headers).not.toHaveProperty("server");
    const { date: _, ...head } = (await ask(path, "HEAD")).headers;
    const { date: __, ...get } = headers;
    expect(head).toEqual(get);
    expect((await ask(path, "HEAD")).body).toBe("");
  });

  test.each([
    ["POST", "/"],
    ["OPTIONS", "/privacy"],
    ["GET", "//"],
    ["GET", "/privacy/"],
    ["GET", "/Privacy"],
    ["GET", "/%70rivacy"],
    ["GET", "/slack/install"],
    ["GET", "/hooks/1"],
    ["GET", "/constructor"],
    ["GET", "/../privacy"],
  ])("%s %s is not a page", async (method, path) => {
    expect(await ask(path, method)).toMatchObject({ status: 404, body: "not a page" });
  });
});
