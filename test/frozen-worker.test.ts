import { afterEach, expect, test } from "vitest";
import { addRule } from "../src/store/change-rules.ts";
import { addHook } from "../src/store/hooks.ts";
import { listMessages } from "../src/store/messages.ts";
import { addMessages } from "../src/store/open-messages.ts";
import { removeWorker } from "../src/store/workers.ts";
import { ensureWorkspace, slackWorkspace } from "../src/store/workspaces.ts";
import { push } from "./rules/events.ts";
import { startBelfry, until } from "./support/belfry.ts";
import { cache } from "./support/commands.ts";
import { createFakeSlack } from "./support/fake-slack.ts";
import { gitlabHook } from "./support/hook.ts";
import { newStorePlace } from "./support/stores.ts";

/** A worker that stands still with a lane in its hands, and wakes up when the lane is another's. */

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const workspace = slackWorkspace.id;

async function newBench() {
  const slack = await createFakeSlack();
  cleanups.push(() => slack.close());
  const place = await newStorePlace("postgres");
  cleanups.push(place.remove);
  const store = await place.open();
  await ensureWorkspace(store, slackWorkspace);
  await addHook(store, gitlabHook(workspace, "gitlab", "s3cret"));
  const { id: rule } = await addRule(store, workspace, "command", { channel: "C0API", words: "** push" });
  const startWorker = async (caller: string) => {
    const belfry = await startBelfry(
      {
        ...cache,
        ...place.environment,
        SLACK_BOT_TOKEN: "xoxb-acme",
        SLACK_API_URL: slack.url.replace("/api/", `/${caller}/api/`),
        LOG_LEVEL: "info",
      },
      ["worker"],
      "worker is ready",
    );
    cleanups.push(() => belfry.kill("SIGKILL"));
    return belfry;
  };
  return {
    slack,
    store,
    startWorker,
    say: (...branches: string[]) =>
      store.db.transaction().execute((trx) =>
        addMessages(
          store,
          trx,
          branches.map((branch) => ({ workspace, channel: "C0API", delivery: "d", rule, event: push({ branch }) })),
        ),
      ),
    posts: () => slack.calls.filter(({ method }) => method === "chat.postMessage"),
    states: async () =>
      (await listMessages(store, { workspace, limit: 99 })).reverse().map(({ state, attempts, lost_answers }) => ({
        ...{ state, attempts, lost_answers },
      })),
  };
}

test.each([
  ["Slack has its post", "late", 1],
  ["Slack has it not", "timeout", 2],
] as const)("%s: another worker goes on, and what the first one knows counts for nothing", async (_, fault, tries) => {
  const bench = await newBench();
  const frozen = await bench.startWorker("frozen");
  bench.slack.failNext("chat.postMessage", fault);
  await bench.say("one", "two");
  await until(bench.posts, (calls) => calls.length === 1);
  frozen.process.kill("SIGSTOP");

  // As another worker does after ten seconds of silence.
  for (const { id } of await bench.store.db.selectFrom("workers").select("id").execute()) {
    await removeWorker(bench.store, id);
  }
  const other = await bench.startWorker("other");
  await until(bench.states, (seen) => seen.every(({ state }) => state === "sent"));
  frozen.process.kill("SIGCONT");
  await frozen.printed("this worker was silent too long and was given up; it begins anew");

  // It works again: with it there alone the lane goes on.
  expect(await other.kill("SIGTERM")).toBe(0);
  await bench.say("three");
  await until(bench.states, (seen) => seen.length === 3 && seen.every(({ state }) => state === "sent"));
  const texts = bench.slack.messages("C0API").map((message) => /one|two|three/.exec(JSON.stringify(message))?.[0]);
  expect(texts).toEqual(["one", "two", "three"]);
  expect(bench.posts().map(({ caller }) => caller)).toEqual(["frozen", ...Array(tries).fill("other"), "frozen"]);
  expect(await bench.states()).toEqual([
    { state: "sent", attempts: tries, lost_answers: tries - 1 },
    { state: "sent", attempts: 1, lost_answers: 0 },
    { state: "sent", attempts: 1, lost_answers: 0 },
  ]);
});
