import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Html, markupOf } from "../../src/pages/html.ts";
import { drawMessage } from "../../src/pages/slack-blocks.ts";
import { slackColours, slackPairs } from "../../src/pages/slack-colours.ts";
import { createClock, drawPost, type Post } from "../../src/pages/slack-post.ts";
import { drawSheet } from "../../src/pages/slack-sheet.ts";
import type { Message } from "../../src/slack/message.ts";
import { contrast } from "./contrast.ts";

const clock = createClock("UTC");
const text = (words: string) => ({ type: "mrkdwn", text: words }) as const;
type Block = Message["blocks"][number];
const section = (words: string): Block => ({ type: "section", text: text(words) });
const context = (words: string): Block => ({ type: "context", elements: [text(words)] });
const plain = (words: string) => ({ type: "plain_text", text: words }) as const;
const message = (...blocks: Message["blocks"]): Message => ({ text: "spoken", blocks });

const drawn = (made: Html) => markupOf(made);
const readable = (markup: string) =>
  markup
    .replace(/<(?:svg.*?<\/svg|[^>]*)>/gs, "")
    .replace(/\s+/g, " ")
    .trim();
const post = (more: Partial<Post> = {}): Post => ({
  id: "m-1",
  at: "2026-11-03T09:12:44Z",
  message: message(section("Hello *world*")),
  ...more,
});

describe("a message", () => {
  test("without blocks is its text", () => {
    expect(drawn(drawMessage({ text: "*said*", blocks: [] }))).toBe('<div class="text"><b>said</b></div>');
  });

  test("shows each block", () => {
    const made = drawn(
      drawMessage(
        message(
          { type: "header", text: plain("Release *2.4*") },
          { type: "section", fields: [text("*Stage*\ntest"), text("*Job*\nunit")] },
          { type: "divider" },
          context("grey"),
          { type: "context", elements: [{ type: "image", image_url: "https://a.b/x.png", alt_text: "a bell" }] },
          { type: "image", image_url: "https://a.b/x.png", alt_text: "a graph" },
          {
            type: "actions",
            elements: [
              { type: "button", text: plain("Open :rocket:"), url: "https://a.b/", style: "primary" },
              { type: "button", text: plain("Delete"), style: "danger" },
              { type: "button", text: plain("Bad"), url: "javascript:alert(1)" },
            ],
          },
          {
            type: "section",
            text: text("beside"),
            accessory: { type: "button", text: plain("Go"), url: "https://a.b/" },
          },
          { type: "file", source: "remote", external_id: "1" },
        ),
      ),
    );
    expect(made).toContain('<p class="header">Release *2.4*</p>');
    expect(made).toContain('<div class="fields"><div class="text"><b>Stage</b>\ntest</div>');
    expect(made).toContain("<hr>");
    expect(made).toContain('<div class="context"><span>grey</span></div>');
    for (const words of ["a bell", "a graph", "file"]) expect(made).toContain(`<span class="picture">${words}</span>`);
    expect(made).toContain('<a class="button primary" href="https://a.b/" target="_blank" rel="noreferrer">Open ');
    expect(made).toContain('<span class="button danger">Delete</span>');
    expect(made).toContain('<span class="button">Bad</span>');
    expect(made).toContain('<div class="accessory"><div><div class="text">beside</div></div><a class="button"');
    expect(made).not.toContain("x.png");
  });

  const card = message(section("headline"), section("details"), context("grey"));

  test("with a colour stands beside a bar of it, but for its first block", () => {
    const made = drawn(drawMessage({ ...card, color: "#2eb67d" }));
    expect(made).toMatch(
      /^<div class="text">headline<\/div><div class="attached"><svg [^>]*><rect [^>]*fill="#2eb67d"\/><\/svg><div><div class="text">details<\/div><div class="context">/,
    );
    expect(drawn(drawMessage(card))).not.toContain("attached");
    expect(drawn(drawMessage({ ...message(section("headline")), color: "#2eb67d" }))).not.toContain("attached");
  });

  test.each(["red", '#fff"/><script>', "#2eb67d;x", ""])("the colour %j is none", (color) => {
    expect(drawn(drawMessage({ ...card, color }))).toContain('fill="#dddddd"');
  });
});

describe("a post", () => {
  test("has its sender and its time", () => {
    const made = drawn(drawPost(post(), clock));
    expect(readable(made)).toBe("Belfry APP 09:12 Hello world");
    expect(made).toContain('<time datetime="2026-11-03T09:12:44Z">09:12</time>');
    expect(drawn(drawPost(post(), createClock("Asia/Tokyo")))).toContain(">18:12</time>");
    expect(readable(drawn(drawPost(post({ at: undefined }), clock)))).toBe("Belfry APP Hello world");
    expect(readable(drawn(drawPost(post({ at: "no time" }), clock)))).toBe("Belfry APP Hello world");
  });

  test.each([
    ["a section", [section("a")], '<div class="text">a <span class="edited">(edited)</span></div>'],
    ["what is no text", [section("a"), context("b")], '</span></div> <span class="edited">(edited)</span></div>'],
    ["nothing but text", [], '<div class="text">spoken <span class="edited">(edited)</span></div>'],
  ])("says after %s that it was edited", (_, blocks, shown) => {
    expect(drawn(drawPost(post({ edits: 2, message: message(...blocks) }), clock))).toContain(shown);
    expect(drawn(drawPost(post({ message: message(...blocks) }), clock))).not.toContain("(edited)");
  });

  test("is followed by its thread, opened", () => {
    const replies = [1, 2, 3].map((one) =>
      post({ id: `t-${one}`, at: `2026-11-03T10:0${one}:00Z`, message: message(section(`reply ${one}`)) }),
    );
    const made = drawn(drawPost(post({ replies }), clock));
    expect(made).toMatch(/<details class="thread" open>\n<summary><b>3 replies<\/b> <span>Last reply 10:03<\/span>/);
    expect(readable(made)).toMatch(/reply 1 .*reply 2 .*reply 3$/);
    expect(drawn(drawPost(post({ replies: replies.slice(0, 1) }), clock))).toContain("<b>1 reply</b>");
    expect(drawn(drawPost(post(), clock))).not.toContain("thread");
  });

  test("that is a reply as well names its thread", () => {
    const answers = { id: "m-0", text: "*Ada* opened !1\nmore" };
    expect(drawn(drawPost(post({ answers }), clock))).toContain(
      '<p class="answers"><a href="#m-0">replied to a thread:</a> <b>Ada</b> opened !1</p>',
    );
    expect(readable(drawn(drawPost(post({ answers: { id: undefined, text: "" } }), clock)))).toBe(
      "Belfry APP 09:12 replied to a thread Hello world",
    );
  });

  test("whose content is gone says so", () => {
    expect(readable(drawn(drawPost(post({ message: undefined }), clock)))).toContain("cannot be read any more");
  });
});

test("hostile words stay words, wherever they stand", () => {
  const hostile = fc
    .array(
      fc.constantFrom("<script>", '"', "'", "<", ">", "&", "javascript:x", "<javascript:x|y>", "*", "`", "\n", "a"),
    )
    .map((parts) => parts.join(""));
  fc.assert(
    fc.property(hostile, (words) => {
      const evil = message(
        { type: "header", text: plain(words) },
        section(words),
        { type: "section", fields: [text(words)] },
        { type: "context", elements: [text(words), { type: "image", image_url: words, alt_text: words }] },
        { type: "image", image_url: words, alt_text: words },
        { type: "actions", elements: [{ type: "button", text: plain(words), url: words }] },
      );
      const all = post({
        id: words,
        at: words,
        message: { ...evil, color: words },
        answers: { id: words, text: words },
      });
      const page = drawSheet(words, [{ title: words, note: words, posts: [all, { ...all, replies: [all] }] }], clock);
      const body = page.replace(/<style>.*?<\/style>/s, "");
      expect(body).not.toMatch(/<(script|img|iframe|link|form|object|embed|base)\b|\sstyle=|\son\w+=/i);
      expect(body.match(/\s(?:href|src|action)="[^"]*"/g)?.filter((one) => !one.startsWith(' href="#')) ?? []).toEqual(
        [],
      );
      const open: string[] = [];
      for (const [, end, name = "", rest = ""] of body.matchAll(/<(\/?)([a-z0-9]+)([^>]*)>/g)) {
        if (end) expect(open.pop()).toBe(name);
        else if (!["meta", "hr"].includes(name) && !rest.endsWith("/")) open.push(name);
      }
      expect(open).toEqual([]);
    }),
  );
});

test("a sheet loads nothing, and its policy names its own style", () => {
  const page = drawSheet("Messages", [{ title: "a.json", posts: [post()], note: "a note" }], clock);
  const [, style = ""] = /<style>(.*?)<\/style>/s.exec(page) ?? [];
  const hash = createHash("sha256").update(style).digest("base64");
  expect(page).toContain(`content="default-src &#39;none&#39;; style-src &#39;sha256-${hash}&#39;"`);
  expect(style).not.toMatch(/url\(|@import/);
  expect(readable(page.replace(/<style>.*?<\/style>/s, ""))).toBe(
    "Messages Messages a.json a note Belfry APP 09:12 Hello world",
  );
});

test.each(["light", "dark"] as const)("every text of %s has contrast enough", (scheme) => {
  const colours = slackColours[scheme];
  for (const [words, ground] of slackPairs)
    expect(contrast(colours[words], colours[ground]), `${words} on ${ground}`).toBeGreaterThanOrEqual(4.5);
  for (const button of ["primary", "danger"] as const)
    expect(contrast("#ffffff", colours[button]), button).toBeGreaterThanOrEqual(4.5);
});
