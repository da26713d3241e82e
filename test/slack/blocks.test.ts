import fc from "fast-check";
import { expect, test } from "vitest";
import { fitMessage } from "../../src/slack/blocks.ts";
import { draw } from "../../src/slack/draw.ts";
import type { Message } from "../../src/slack/message.ts";
import { link } from "../../src/slack/text.ts";
import { expectWithinLimits, hostile, ourLinks, textsOf } from "./hostile.ts";

type Block = Message["blocks"][number];

const mrkdwn = (text: string) => ({ type: "mrkdwn", text }) as const;
const section = (text: string): Block => ({ type: "section", text: mrkdwn(text) });
const context = (...texts: string[]): Block => ({ type: "context", elements: texts.map(mrkdwn) });
const button = (text: string, url: string) => ({ type: "button", text: { type: "plain_text", text }, url }) as const;

test("what fits is left alone", () => {
  const message: Message = {
    text: "hi",
    blocks: [section("*hi* <https://a.example/|b>"), context("x"), { type: "divider" }],
  };
  expect(fitMessage(message)).toEqual(message);
});

test("empty blocks go, and words that are missing come from the blocks", () => {
  const blocks: Block[] = [
    section(" "),
    context("", "x"),
    { type: "actions", elements: [] },
    { type: "section", fields: [] },
  ];
  expect(fitMessage({ text: "", blocks })).toEqual({ text: "x", blocks: [context("x")] });
  expect(() => fitMessage({ text: " ", blocks: [section("")] })).toThrow("no text");
});

test("lists and texts are cut at Slack's limits", () => {
  const many = Array.from({ length: 60 }, (_, index) => section(`line ${index}`));
  expect(fitMessage({ text: "x", blocks: many }).blocks).toHaveLength(50);
  const fields = Array.from({ length: 12 }, () => mrkdwn("f".repeat(2100)));
  const wide = fitMessage({
    text: "x".repeat(9000),
    blocks: [{ type: "section", fields }, context(..."abcdefghijklm")],
  });
  expectWithinLimits(wide);
  expect(wide.text).toHaveLength(4000 - 4);
});

test("all texts together stay below 10,000", () => {
  const message = fitMessage({ text: "x", blocks: Array.from({ length: 5 }, () => section("a".repeat(2999))) });
  expectWithinLimits(message);
  expect(message.blocks).toHaveLength(4);
});

test("buttons keep their limits and lead only to http and https", () => {
  const elements = [button("L".repeat(99), "https://a.example/"), button("bad", "javascript:alert(1)")];
  const { blocks } = fitMessage({ text: "x", blocks: [{ type: "actions", elements }] });
  expect(blocks).toEqual([{ type: "actions", elements: [button(`${"L".repeat(74)}…`, "https://a.example/")] }]);
});

test("a plain text header may be cut between letters, never within a pair", () => {
  const header = { type: "header", text: { type: "plain_text", text: `${"a".repeat(148)}😀😀` } } as const;
  const [cut] = fitMessage({ text: "x", blocks: [header] }).blocks;
  expect(cut?.type === "header" && cut.text.text).toBe(`${"a".repeat(148)}…`);
});

test("no cut halves an entity, a pair or a link, and foreign markup is shown", () => {
  const texts = fc.array(
    fc.oneof(
      hostile,
      hostile.map((one) => link("https://a.example/?x=1&y=2", one)),
      fc.constant("a&amp;b ".repeat(300)),
    ),
    { maxLength: 30 },
  );
  fc.assert(
    fc.property(texts, texts, (first, second) => {
      const message = fitMessage({ text: "x", blocks: [section(first.join(" ")), context(...second)] });
      expectWithinLimits(message);
      for (const text of message.blocks.flatMap(textsOf)) expect(text.replace(ourLinks, "")).not.toContain("<");
    }),
    { numRuns: 300 },
  );
});

test("draw shows labels, addresses, details and buttons, and signs as they are", () => {
  const message: Message = {
    text: "x",
    blocks: [
      section("*Bob* did <https://a.example/|a &lt;b&gt;> in `main`"),
      context("one  ·  two"),
      { type: "actions", elements: [button("Open", "https://a.example/")] },
    ],
  };
  expect(draw(message, { colour: false })).toBe(
    "*Bob* did a <b> <https://a.example/> in `main`\n  one  ·  two\n[Open] <https://a.example/>",
  );
  expect(draw(message, { colour: true })).toContain("\u001b[1mBob\u001b[22m did \u001b[4ma <b>\u001b[24m");
  expect(draw({ text: "only *text*", blocks: [] }, { colour: false })).toBe("only *text*");
});

test("a colour stays where it is one, and a terminal shows it beside all blocks but the first", () => {
  const message: Message = {
    text: "x",
    blocks: [section("head"), section("one\ntwo"), context("c")],
    color: "#2da160",
  };
  expect(fitMessage(message)).toEqual(message);
  for (const color of ["red", "#fff", "#2da160;", ""])
    expect(fitMessage({ ...message, color })).toEqual({ text: "x", blocks: message.blocks });
  const bar = "\u001b[38;2;45;161;96m▎\u001b[39m";
  expect(draw(message, { colour: true })).toBe(`head\n${bar}one\n${bar}two\n${bar}\u001b[2m  c\u001b[22m`);
  expect(draw(message, { colour: false })).toBe("head\none\ntwo\n  c");
});

test("draw lets no control character through to the terminal", () => {
  fc.assert(
    fc.property(hostile, (text) => {
      const message: Message = {
        text,
        blocks: [section(text), context(text), { type: "actions", elements: [button(text, text)] }],
      };
      const allowed = new RegExp(`${String.fromCharCode(27)}\\[(?:1|2|4|22|24|36|39)m`, "g");
      expect(draw(message, { colour: false })).not.toMatch(/(?!\n|\t)\p{Cc}|[\u200b\u202e]/u);
      expect(draw(message, { colour: true }).replace(allowed, "")).not.toMatch(/(?!\n|\t)\p{Cc}/u);
    }),
    { numRuns: 1000 },
  );
});
