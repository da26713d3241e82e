import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { deliver, firstHook, startBelfry, temporaryFolder, until } from "../support/belfry.ts";

/** The first start, a first message, and what a browser then sees. */

const body = readFileSync("test/forges/gitlab/merge_request_hook__open.json");

async function started(args: string[], environment: Record<string, string> = {}) {
  const { folder, remove } = temporaryFolder();
  const belfry = await startBelfry({ BELFRY_DATA: folder, ...environment }, args);
  return {
    belfry,
    end: async () => {
      await belfry.kill("SIGTERM");
      remove();
    },
  };
}

test("without Slack a start names the page, and the page shows what the terminal prints", async () => {
  const { belfry, end } = await started(["start"]);
  try {
    const hook = await firstHook(belfry);
    const [, page = ""] = /as Slack would show them: (\S+)/.exec(belfry.output()) ?? [];
    expect(page).toBe(`${belfry.url}/preview`);
    const before = await fetch(page);
    expect(await before.text()).toContain("No channel yet");
    await deliver(hook, { header: "Merge Request Hook", body });
    const shown = await until(
      async () => (await fetch(page)).text(),
      (text) => text.includes('class="post"'),
    );
    expect(shown).toContain("<title>#preview · Belfry preview</title>");
    expect(shown).toContain("Add the Swedish VAT table");
    await belfry.printed("Add the Swedish VAT table");
  } finally {
    await end();
  }
});

test("on all addresses it is there only where it is asked for", async () => {
  for (const [args, status] of [
    [["start"], 404],
    [["start", "--preview"], 200],
  ] as const) {
    const { belfry, end } = await started([...args], { HOST: "0.0.0.0" });
    try {
      await firstHook(belfry);
      expect((await fetch(`${belfry.url}/preview`)).status).toBe(status);
      expect(belfry.output().includes("/preview")).toBe(status === 200);
    } finally {
      await end();
    }
  }
});
