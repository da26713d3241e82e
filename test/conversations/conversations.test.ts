import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect } from "vitest";
import { loadTemplates } from "../../src/templates/load.ts";
import { engines, testOn } from "../support/stores.ts";
import { conversations } from "./all.ts";
import { tell } from "./run.ts";
import { openStage } from "./stage.ts";

/** The expected texts were written by hand before the code: one that changes is to be read as a person would. */

const root = join(import.meta.dirname, "../..");
const templates = loadTemplates(join(root, "templates"));
const expected = (name: string) => readFileSync(join(import.meta.dirname, `${name}.txt`), "utf8");

/** What is long is told on one engine only. */
const toldOn = (engine: string) => conversations.filter((one) => engine === "sqlite" || one.steps().length <= 100);

describe.each(engines)("%s", (engine) => {
  testOn(engine).for(toldOn(engine))("$name", async (conversation, { store }) => {
    const start = (conversation.steps()[0]?.at ?? 0) - 1_000;
    const stage = await openStage({ store, templates, start });
    try {
      const { text } = await tell(stage, conversation);
      expect(text).toBe(expected(conversation.name));
      expect(stage.errors()).toEqual([]);
    } finally {
      await stage.close();
    }
  });
});
