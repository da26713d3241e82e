import { join } from "node:path";
import { expect } from "vitest";
import { draw } from "../../src/slack/draw.ts";
import { loadTemplates } from "../../src/templates/load.ts";
import { render, type Wish } from "../../src/templates/templates.ts";

export const templates = loadTemplates(join(import.meta.dirname, "../../templates"));

/** As people read it, without addresses; the colour in front of what its bar stands beside. */
export function shown(said: Parameters<typeof render>[1], wish: Wish): string {
  const { message, notice, used } = render(templates, said, wish);
  expect(notice).toBeUndefined();
  expect(used).not.toBe("built-in");
  const [first = "", ...rest] = message.blocks.map((block) =>
    draw({ text: message.text, blocks: [block] }, { colour: false }).replace(/ <https?:[^>]*>/g, ""),
  );
  const bar = message.color && rest.length > 0 ? [`[${message.color}]`] : [];
  return [first, ...bar, ...rest].join("\n");
}

/** A page of messages by their names. */
export const page = (messages: Record<string, string>): string =>
  Object.entries(messages)
    .map(([name, text]) => `== ${name}\n${text}\n`)
    .join("\n");
