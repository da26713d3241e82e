import { mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createPreviewPages } from "../../src/pages/preview.ts";
import { createClock } from "../../src/pages/slack-post.ts";
import { drawSheet } from "../../src/pages/slack-sheet.ts";
import type { Message } from "../../src/slack/message.ts";
import { until } from "../support/belfry.ts";
import { findChromium, openChromium, type Page } from "../support/chromium.ts";
import { openChannels, says } from "./channels.ts";

/**
 * The preview in a real browser, where there is one: set BELFRY_CHROMIUM or have `chromium` on PATH. With
 * BELFRY_PICTURES=<folder> pictures of it are written there.
 */

const chromium = findChromium();
if (!chromium) console.info("left out: the preview in a browser, because there is no Chromium (BELFRY_CHROMIUM)");

const text = (words: string) => ({ type: "mrkdwn", text: words, verbatim: true }) as const;
const evil = `<img src=x onerror=document.title='owned'><script>document.title='owned'</script>`;
const long = "a".repeat(400);

const everything: Message = {
  text: "everything",
  color: "#e01e5a",
  blocks: [
    {
      type: "section",
      text: text("❌ <https://gitlab.acme.io/1|Pipeline 41873> failed on `main` in *platform/api* :tada:"),
    },
    { type: "header", text: { type: "plain_text", text: "A header" } },
    {
      type: "section",
      text: text("_italic_ ~struck~\n&gt; quoted\n```\nconst a = 1;\nconst b = 2;\n```\n• one\n• two"),
    },
    { type: "section", fields: [text("*Stage*\ntest"), text("*Job*\nunit"), text(`*Long*\n${long}`)] },
    { type: "divider" },
    {
      type: "actions",
      elements: [
        { type: "button", text: { type: "plain_text", text: "Open" }, url: "https://a.b/", style: "primary" },
        { type: "button", text: { type: "plain_text", text: "Later" }, url: "https://a.b/" },
        { type: "button", text: { type: "plain_text", text: "Stop" }, url: "https://a.b/", style: "danger" },
      ],
    },
    { type: "context", elements: [text(`12m 34s  ·  <https://a.b/|a9e3779b> ${long}`)] },
  ],
};

const hostile: Message = {
  text: evil,
  color: `"/>${evil}`,
  blocks: [
    {
      type: "section",
      text: text(`${evil} <javascript:document.title='owned'|click> <https://a.b/"onmouseover="x|y>`),
    },
    { type: "header", text: { type: "plain_text", text: evil } },
    { type: "context", elements: [text(evil), { type: "image", image_url: "https://a.b/x.png", alt_text: evil }] },
    {
      type: "actions",
      elements: [
        { type: "button", text: { type: "plain_text", text: evil }, url: "javascript:document.title='owned'" },
      ],
    },
  ],
};

/** A desktop, a phone, and what 400 % of a desktop are. */
const widths = [1280, 390, 320];

describe.runIf(chromium)("in a browser", () => {
  let browser: Awaited<ReturnType<typeof openChromium>>;
  let origin = "";
  const { source, post, edit } = openChannels("#api", "#deploys", `#${"long-".repeat(16)}name`);
  const pages = createPreviewPages({
    source,
    mayLook: () => true,
    onError: (error) => {
      throw error;
    },
    clock: createClock("UTC"),
  });
  const sheet = drawSheet(
    "Messages",
    [
      {
        title: "a.json",
        posts: [
          { id: "a", message: everything, edits: 1 },
          { id: "b", message: hostile },
        ],
        note: evil,
      },
    ],
    createClock("UTC"),
  );
  const server = createServer((request, response) => {
    if (pages(request, response)) return;
    if (request.url === "/sheet") response.setHeader("content-type", "text/html").end(sheet);
    else response.writeHead(404).end();
  });
  const api = () => `${origin}/preview?channel=%23api`;

  beforeAll(async () => {
    browser = await openChromium(chromium ?? "");
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    origin = `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
    const card = post("#api", everything);
    post("#api", hostile);
    for (const words of ["👍 *Ada* approved it", "💬 *Bob* wrote a comment"])
      post("#api", says(words), { thread: card });
    post("#api", says("❌ It broke"), { thread: card, broadcast: true });
    post("#deploys", says("🚀 deployed"));
    edit(card, everything);
  });
  afterAll(async () => {
    await browser.close();
    server.closeAllConnections();
    server.close();
  });

  /** Runs an expression in the page until it is so. */
  const inPage = (page: Page, expression: string, isSo: (seen: unknown) => boolean) =>
    until(() => page.evaluate(expression), isSo);
  const ids = `[...document.querySelectorAll("#posts .post")].map((one) => one.id).join(" ")`;

  test.each(["preview?channel=%23api", "sheet"].flatMap((path) => widths.map((width) => ({ path, width }))))(
    "$path fits into $width pixels, and keeps to its own policy",
    async ({ path, width }) => {
      const { scrollWidth, complaints, png } = await browser.look(`${origin}/${path}`, width);
      expect({ scrollWidth, complaints }).toEqual({ scrollWidth: width, complaints: [] });
      expect(png.subarray(1, 4).toString()).toBe("PNG");
    },
  );

  test.each(["preview?channel=%23api", "sheet"])("hostile words do nothing in %s", async (path) => {
    const page = await browser.open(`${origin}/${path}`, { width: 1280 });
    expect(await page.evaluate(`document.body.innerText.includes("onerror=document.title")`)).toBe(true);
    expect(await page.evaluate("document.querySelectorAll('main img, main script, main [onmouseover]').length")).toBe(
      0,
    );
    expect(
      await page.evaluate(
        `[...document.querySelectorAll("main a")].every(({ protocol }) => /^https?:$/.test(protocol))`,
      ),
    ).toBe(true);
    expect(await page.evaluate("document.title")).not.toBe("owned");
    expect(page.complaints).toEqual([]);
    await page.close();
  });

  test("says what it is to who does not see it", async () => {
    const page = await browser.open(api(), { width: 1280 });
    const found = await page.evaluate(`({
      language: document.documentElement.lang,
      headings: document.querySelectorAll("h1").length,
      landmarks: ["nav", "main"].map((name) => document.querySelectorAll(name).length),
      log: document.querySelector("[role=log]").getAttribute("aria-live"),
      unnamed: [...document.querySelectorAll("a, button, summary, [tabindex]")]
        .filter((one) => !(one.innerText.trim() || one.ariaLabel)).length,
      doubled: [...document.querySelectorAll("[id]")].length - new Set([...document.querySelectorAll("[id]")].map(({ id }) => id)).size,
    })`);
    expect(found).toEqual({ language: "en", headings: 1, landmarks: [1, 1], log: "polite", unnamed: 0, doubled: 0 });
    await page.close();
  });

  test("what happens appears by itself, and everything else stays where it was", async () => {
    const page = await browser.open(api(), { width: 1280, height: 500 });
    const before = await page.evaluate(ids);
    // It begins at the newest; who reads further up, or has closed a thread, is not disturbed.
    expect(await page.evaluate("document.querySelector('.log').scrollTop")).toBe(0);
    await page.evaluate(`
      window.stays = document.querySelector("#posts .post");
      window.loads = 1;
      document.querySelector(".thread").open = false;
      document.querySelector(".log").scrollTop = -200;
    `);
    const place = await page.evaluate("document.querySelector('#posts .post').getBoundingClientRect().top");

    const ts = post("#api", says("first words"));
    await inPage(page, ids, (seen) => seen === `${before} m-${ts}`);
    const isMarked = (id: string) => `document.getElementById(${JSON.stringify(id)}).className.includes("changed")`;
    expect(await page.evaluate(isMarked(`m-${ts}`))).toBe(true);

    edit(ts, says("second words"));
    const words = `document.getElementById("m-${ts}").innerText`;
    expect(await inPage(page, words, (seen) => String(seen).includes("second"))).toMatch(/second words \(edited\)/);
    const reply = post("#api", says("a reply"), { thread: ts });
    expect(await inPage(page, words, (seen) => String(seen).includes("a reply"))).toContain("1 reply");
    const another = post("#api", says("another"), { thread: ts });
    expect(await inPage(page, words, (seen) => String(seen).includes("another"))).toContain("2 replies");
    edit(reply, says("a better reply"));
    await inPage(page, words, (seen) => String(seen).includes("better"));
    expect(await page.evaluate(ids)).toBe(`${before} m-${ts} t-m-${reply} t-m-${another}`);

    post("#deploys", says("elsewhere"));
    await inPage(
      page,
      `document.querySelector("#channels .changed a:not([aria-current])")?.innerText`,
      (seen) => seen === "#deploys",
    );
    expect(
      await page.evaluate(`window.loads === 1 && window.stays === document.querySelector("#posts .post")
        && !document.querySelector(".thread").open`),
    ).toBe(true);
    const now = await page.evaluate("document.querySelector('#posts .post').getBoundingClientRect().top");
    expect(Math.abs(Number(now) - Number(place))).toBeLessThan(2);
    expect(page.complaints).toEqual([]);
    await page.close();
  });

  const folder = process.env["BELFRY_PICTURES"];
  test.runIf(folder)("pictures", async () => {
    mkdirSync(folder ?? "", { recursive: true });
    for (const [name, path, width, scheme] of [
      ["preview", "preview?channel=%23api", 1280, "light"],
      ["preview-dark", "preview?channel=%23api", 1280, "dark"],
      ["preview-phone", "preview?channel=%23api", 390, "light"],
      ["sheet", "sheet", 760, "light"],
      ["sheet-phone", "sheet", 390, "dark"],
    ] as const)
      writeFileSync(join(folder ?? "", `${name}.png`), (await browser.look(`${origin}/${path}`, width, scheme)).png);
  });
});
