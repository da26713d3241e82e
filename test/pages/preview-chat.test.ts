import { expect, test } from "vitest";
import { createPreview } from "../../src/send/preview.ts";
import { says } from "./channels.ts";

/** What the preview prints in the terminal. */

function openTerminal() {
  const lines: string[] = [];
  return { chat: createPreview((text) => lines.push(text), false), printed: () => lines.splice(0) };
}

test("a message stands below its channel, a reply behind an arrow", async () => {
  const { chat, printed } = openTerminal();
  const { ts, channel } = await chat.post("#api", says("one\ntwo"));
  expect(channel).toBe("#api");
  expect(printed()).toEqual(["\n#api\n  one\n  two"]);
  const reply = await chat.post("#api", says("three\nfour"), { thread: ts });
  expect(reply.ts).not.toBe(ts);
  expect(printed()).toEqual(["\n#api\n  ↳ three\n    four"]);
  await chat.post("#api", says("five"), { thread: ts, broadcast: true });
  await chat.post("#api", says("six"), { broadcast: true });
  expect(printed()).toEqual(["\n#api, and in a thread\n  ↳ five", "\n#api\n  six"]);
});

test("an edit is told once, by its headline", async () => {
  const { chat, printed } = openTerminal();
  const posted = await chat.post("#api", says("Pipeline is running\nbuild"));
  printed();
  for (const words of ["Pipeline is running\ntest", "Pipeline failed\ntest", "Pipeline failed\ndeploy"])
    await chat.update?.(posted, says(words));
  expect(printed()).toEqual(["\n#api\n  ✎ edited: Pipeline failed"]);
  await chat.update?.({ ts: "of before", channel: "#api" }, says("Merged"));
  expect(printed()).toEqual(["\n#api\n  ✎ edited: Merged"]);
});

test("of old messages nothing is remembered", async () => {
  const { chat, printed } = openTerminal();
  const first = await chat.post("#api", says("one"));
  for (let at = 0; at < 1_000; at += 1) await chat.post("#api", says("other"));
  printed();
  await chat.update?.(first, says("one"));
  expect(printed()).toHaveLength(1);
});
