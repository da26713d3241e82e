import { readFileSync } from "node:fs";
import { afterEach, expect, test } from "vitest";
import { type Belfry, deliver, firstHook, startBelfry, until } from "./support/belfry.ts";
import { createBench } from "./support/commands.ts";
import { send } from "./support/receiver.ts";

/** Bodies as large as they may be, many at once and as hostile as they may be, in a real process. */

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function start() {
  const bench = createBench({ PORT: "0", HOST: "127.0.0.1", LOG_LEVEL: "info" });
  cleanups.push(bench.remove);
  bench.file("rules.yml", 'rules:\n  - "#api ** push"\n');
  const belfry = await startBelfry(bench.env);
  cleanups.push(() => belfry.kill("SIGKILL"));
  return { bench, belfry, to: await firstHook(belfry) };
}

const project = '"project":{"path_with_namespace":"acme/api","web_url":"https://gitlab.example/acme/api"}';
const push = (branch: string, more = "") => ({
  header: "Push Hook",
  body: `{"object_kind":"push","ref":"refs/heads/${branch}","after":"${"b".repeat(40)}",${project}${more}}`,
});

/** Most memory that the process has had, in megabytes. https://man7.org/linux/man-pages/man5/proc_pid_status.5.html */
const mostMemory = ({ process }: Belfry) =>
  Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${process.pid}/status`, "utf8"))?.[1]) / 1024;

test("sixteen bodies of 25 MB at once: each is taken or put off, what is taken is read, and memory is bounded", async () => {
  const { bench, belfry, to } = await start();
  const body = Buffer.from(push("main", `,"padding":"${"x".repeat(24_900_000)}"`).body);
  const { port, pathname } = new URL(to.hook);
  const headers = { "x-gitlab-event": "Push Hook", "x-gitlab-token": to.secret };
  const answers = await Promise.all(
    Array.from({ length: 16 }, (_, number) =>
      send(Number(port), { path: pathname, headers: { ...headers, "idempotency-key": `large ${number}` }, body }),
    ),
  );
  const statuses = answers.map(({ status }) => status);
  // How many, is a matter of how fast the disk is.
  expect(statuses.filter((status) => status !== 202 && status !== 503)).toEqual([]);
  expect(statuses).toContain(202);
  for (const { status, headers } of answers) if (status === 503) expect(headers["retry-after"]).toBeDefined();
  expect((await deliver(to, push("small"))).status).toBe(202);
  const taken = statuses.filter((status) => status === 202).length;
  const read = () => belfry.output().split('"delivery read"').length - 1;
  await until(read, (count) => count > taken, 50);
  const rows = await bench.json("deliveries", "list", "--limit", "99");
  expect(rows.map(({ state }) => state)).toEqual(Array(taken + 1).fill("event"));
  // Without bounds they alone would take more, each several times.
  expect(mostMemory(belfry)).toBeLessThan(1_000);
  expect(await belfry.kill("SIGTERM")).toBe(0);
});

test.each([
  // It ended the whole process once, and again at each start: V8 does that where its memory ends within JSON.parse.
  ["millions of values", `[1234567890123456,${"{},".repeat(8_600_000)}1]`, "more than a million values"],
  ["a million levels", "[".repeat(20_000_000), "nested more than 64 levels deep"],
])("%s: unreadable, with the reason, and the hook goes on", async (_, body, reason) => {
  const { bench, belfry, to } = await start();
  expect((await deliver(to, { header: "Push Hook", body })).status).toBe(202);
  expect((await deliver(to, push("next"))).status).toBe(202);
  const rows = await until(
    () => bench.json("deliveries", "list"),
    (seen) => seen.every(({ state }) => state !== "pending"),
  );
  expect(rows.map(({ state }) => state)).toEqual(["event", "unreadable"]);
  expect(rows[1]?.["reason"]).toContain(reason);
  expect(belfry.process.exitCode).toBeNull();
});
