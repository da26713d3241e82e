import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { loadTemplates } from "../../src/templates/load.ts";
import type { Fault } from "../support/fake-slack/faults.ts";
import { newStorePlace, type StorePlace } from "../support/stores.ts";
import { mergeRequestOf } from "./payloads/merge-request.ts";
import { alice, bo } from "./payloads/people.ts";
import { commitOf, projectOf } from "./payloads/project.ts";
import { clockOf, type Step } from "./payloads/step.ts";
import { openStage, type Scene, type Stage } from "./stage.ts";
import { transcriptOf } from "./transcript.ts";

/** People delete cards, and Slack does not always let us edit. */

const templates = loadTemplates(join(import.meta.dirname, "../../templates"));
const at = clockOf("2026-03-02");
const project = projectOf("platform/api");
let place: StorePlace;
let stage: Stage;
let scene: Scene;
let mr: ReturnType<typeof mergeRequestOf>;

beforeEach(async () => {
  place = await newStorePlace("sqlite");
  stage = await openStage({ store: await place.open(), templates, start: at("08:00") });
  scene = await stage.scene({ api: ["platform/api merge_request"] });
  const commit = commitOf(project, "Add the table", bo, at("08:00"));
  mr = mergeRequestOf({ iid: 12, project, author: bo, title: "Add the table", branch: "vat", commit, approvals: 1 });
});

afterEach(async () => {
  await stage.close();
  await place.remove();
});

async function happen(step: Step): Promise<void> {
  await stage.advance(step.at);
  await scene.deliver([step]);
  await stage.finish();
}

const api = () => scene.channels["api"] ?? "";
const seen = () =>
  transcriptOf(stage.slack, api(), scene.calls())
    .split("\n")
    .filter((line) => !line.startsWith("▌"));
const removeFirst = () => stage.slack.remove(api(), stage.slack.messages(api())[0]?.ts ?? "");
const fail = (...faults: Fault[]) => {
  for (const fault of faults) stage.slack.failNext("chat.update", fault);
};

test("a card that a person deleted is posted once more, with what is newest, and its thread goes on there", async () => {
  await happen(mr.open(at("09:00")));
  removeFirst();
  await happen(mr.rename(at("09:10"), bo, "Add the VAT table"));
  await happen(mr.approve(at("09:20"), alice));
  expect(seen()).toEqual([
    "#api",
    "",
    "✅ !12 Add the VAT table is approved in platform/api (edited)",
    "  ↳ ✅ *Alice Meyer* approved",
    "      all required approvals are in",
  ]);
  removeFirst();
  await happen(mr.merge(at("09:30"), bo));
  expect(seen().filter((line) => line.includes("Add the VAT table"))).toEqual([]);
});

test("the thread of a card that was deleted with its replies goes on below the new one", async () => {
  await happen(mr.open(at("09:00")));
  await happen(mr.push(at("09:05"), bo, commitOf(project, "Test it", bo, at("09:04"))));
  removeFirst();
  await happen(mr.rename(at("09:10"), bo, "Add the VAT table"));
  await happen(mr.merge(at("09:20"), bo));
  expect(seen().join("\n")).toMatch(
    /This message was deleted\.\n {2}↳ ⬆️ .*\n\n🏁 \*Bo Lindqvist\* merged !12 Add the VAT table into `main` in platform\/api \(edited\)\n {2}↳ 🏁/u,
  );
});

test("what Slack does not let us edit stays, and its thread tells what changed", async () => {
  await happen(mr.open(at("09:00")));
  fail("edit_window_closed");
  await happen(mr.rename(at("09:10"), bo, "Add the VAT table"));
  await happen(mr.merge(at("09:20"), bo));
  const lines = seen();
  expect(lines[2]).toBe("🔀 *Bo Lindqvist* opened !12 Add the table in platform/api");
  expect(lines.join("\n")).toContain("Add the VAT table");
  expect(lines.join("\n")).toContain("🏁 *Bo Lindqvist* merged into `main`");
});

test.each<[string, Fault[]]>([
  ["is limited", [{ ratelimited: 1 }]],
  ["fails", [500, "internal_error", "reset"]],
  ["loses its answer", ["lost"]],
])("an edit that %s is tried until the newest state is shown", async (_how, faults) => {
  await happen(mr.open(at("09:00")));
  fail(...faults);
  await happen(mr.rename(at("09:10"), bo, "Add the VAT table"));
  expect(seen()[2]).toContain("Add the VAT table");
  expect(seen()).toHaveLength(3);
});
