import { afterEach, expect, test } from "vitest";
import { addRule } from "../src/store/change-rules.ts";
import { listDeliveries } from "../src/store/deliveries.ts";
import { addHook } from "../src/store/hooks.ts";
import { listMessages } from "../src/store/messages.ts";
import { removeWorker } from "../src/store/workers.ts";
import { ensureWorkspace, slackWorkspace } from "../src/store/workspaces.ts";
import { type Belfry, deliver, startBelfry, until } from "./support/belfry.ts";
import { cache } from "./support/commands.ts";
import { createFakeSlack } from "./support/fake-slack.ts";
import { gitlabHook } from "./support/hook.ts";
import { type KillPlace, killAt } from "./support/kill-at.ts";
import { pushTo, secret } from "./support/receiver.ts";
import { engines, newStorePlace } from "./support/stores.ts";

/** A real process dies at each step of a delivery's way, one after the other, and the next one goes on. */

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const stored = 'insert into "deliveries"';
const read = [stored, "commit", 'insert into "messages"'];
const begun = [...read, "commit", 'update "messages"'];
const noted = [...begun, "commit", 'update "messages"'];
const places: Record<string, KillPlace> = {
  "inserted, before the commit": { after: [stored, "commit"], before: true },
  "committed, before the answer": { after: [stored, "commit"] },
  "messages written, before the commit": { after: [...read, "commit"], before: true },
  "a send begun, before the post": { after: [...begun, "commit"] },
  "posted, before the note": { after: noted, before: true },
};
const names = Object.keys(places);

test.each(engines)("killed at each step of a delivery's way, nothing is lost or said twice: %s", async (engine) => {
  const slack = await createFakeSlack();
  cleanups.push(() => slack.close());
  const place = await newStorePlace(engine);
  cleanups.push(place.remove);
  const before = await place.open();
  await ensureWorkspace(before, slackWorkspace);
  const workspace = slackWorkspace.id;
  const hook = await addHook(before, gitlabHook(workspace, "gitlab", secret));
  await addRule(before, workspace, "command", { channel: "C0API", words: "** push" });
  await before.close();

  const start = async (environment: Record<string, string> = {}): Promise<Belfry> => {
    if (engine === "postgres") {
      // As others do after ten seconds of silence.
      const store = await place.open();
      for (const { id } of await store.db.selectFrom("workers").select("id").execute()) await removeWorker(store, id);
      await store.close();
    }
    const slackEnv = { SLACK_BOT_TOKEN: "xoxb-acme", SLACK_API_URL: slack.url };
    const belfry = await startBelfry({ ...cache, ...place.environment, ...slackEnv, ...environment });
    cleanups.push(() => belfry.kill("SIGKILL"));
    return belfry;
  };
  const push = async ({ url }: Belfry, number: number) => {
    const body = String(pushTo(hook, number).body).replace("main", `branch-${number}-end`);
    const to = { hook: `${url}/hooks/${hook.id}`, secret };
    const answer = await deliver(to, { header: "Push Hook", body }, { "idempotency-key": String(number) });
    return answer.status;
  };

  const answers: (number | undefined)[] = [];
  for (const [number, name] of names.entries()) {
    const belfry = await start(killAt(places[name] ?? { after: [] }));
    const ended = new Promise<string | null>((resolve) => belfry.process.once("exit", (_, signal) => resolve(signal)));
    answers.push(await push(belfry, number).catch(() => undefined));
    expect(await ended, name).toBe("SIGKILL");
  }
  expect(answers.slice(0, 2)).toEqual([undefined, undefined]);

  const last = await start();
  // Who got no answer sends again: what was not on disk is taken now, what was is known.
  for (const [number, answer] of answers.entries()) {
    if (answer === undefined) expect(await push(last, number)).toBe(number === 0 ? 202 : 200);
  }
  const numbers = () => slack.messages("C0API").map((message) => /branch-(\d+)-end/.exec(JSON.stringify(message))?.[1]);
  await until(numbers, (seen) => new Set(seen).size >= names.length);
  await until(last.output, (seen) => seen.includes("message sent"));
  expect(await last.kill("SIGTERM")).toBe(0);

  // As they were taken: the first one at last.
  expect(numbers()).toEqual(["1", "2", "3", "4", "0"]);
  const store = await place.open();
  const messages = await listMessages(store, { workspace, limit: 99 });
  expect(messages.map(({ state }) => state)).toEqual(names.map(() => "sent"));
  const deliveries = await listDeliveries(store, { workspace, limit: 99 });
  expect(deliveries.filter(({ state }) => state !== "duplicate").map(({ state }) => state)).toEqual(
    names.map(() => "event"),
  );
});
