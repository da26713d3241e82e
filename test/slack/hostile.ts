import fc from "fast-check";
import { expect } from "vitest";
import { limits } from "../../src/slack/limits.ts";
import type { Message } from "../../src/slack/message.ts";

/** Characters that mean something to Slack, to a terminal or to Unicode, among ordinary ones. */
export const hostile = fc.string({
  unit: fc.oneof(
    fc.constantFrom(
      "<",
      ">",
      "&",
      "|",
      "!",
      "@",
      "#",
      "*",
      "_",
      "~",
      "`",
      ":",
      "\n",
      "\r",
      "\t",
      " ",
      "[",
      "]",
      "(",
      ")",
    ),
    fc.constantFrom(
      "<!channel>",
      "<@U1>",
      "<https://evil.example|x>",
      "&lt;",
      "&amp;",
      "```",
      ":tada:",
      "https://a.example/",
    ),
    fc.constantFrom(
      "\u202e",
      "\u200b",
      "\u200d",
      "\u0000",
      "\u001b[31m",
      "\u0301",
      "\ud800",
      "\udc00",
      "😀",
      "\ufdd0",
      "\ufdd9",
      "\u2028",
    ),
    fc.string({ unit: "binary", maxLength: 2 }),
  ),
  maxLength: 60,
});

/** Links as we write them. */
export const ourLinks = /<https?:\/\/[^<>|\s]+(?:\|[^<>|]*)?>/g;

/** Nothing is left that Slack would obey, beside links. */
export function expectInert(mrkdwn: string): void {
  const rest = mrkdwn.replace(ourLinks, "");
  expect(rest).not.toMatch(/[<>]/);
  expect(rest).not.toMatch(/&(?!amp;|lt;|gt;)/);
  expect(mrkdwn.isWellFormed()).toBe(true);
}

/** The texts of a block that Slack reads for markup. */
export function textsOf(block: Message["blocks"][number] | undefined): string[] {
  if (block?.type === "section") return [block.text, ...(block.fields ?? [])].flatMap((one) => one?.text ?? []);
  if (block?.type === "context") return block.elements.flatMap((one) => (one.type === "image" ? [] : one.text));
  return [];
}

/** Throws where Slack would answer invalid_blocks. */
export function expectWithinLimits({ text, blocks }: Message): void {
  expect(text.length).toBeGreaterThan(0);
  expect(text.length).toBeLessThanOrEqual(limits.text);
  expect(blocks.length).toBeLessThanOrEqual(limits.blocks);
  const texts = blocks.flatMap(textsOf);
  for (const one of texts) expect(one.trim().length).toBeGreaterThan(0);
  for (const one of texts) expect(one.length).toBeLessThanOrEqual(limits.section);
  expect(texts.join("").length).toBeLessThanOrEqual(limits.total);
  for (const block of blocks) {
    if (block.type === "section") expect(block.fields?.length ?? 1).toBeLessThanOrEqual(limits.fields);
    if (block.type === "section")
      for (const one of block.fields ?? []) expect(one.text.length).toBeLessThanOrEqual(limits.field);
    if (block.type === "context") expect(block.elements.length).toBeLessThanOrEqual(limits.context);
    if (block.type === "actions") expect(block.elements.length).toBeLessThanOrEqual(limits.actions);
  }
}
