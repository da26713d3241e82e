import { connect, createServer, type Socket } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { addHook } from "../src/store/hooks.ts";
import { ensureWorkspace, previewWorkspace } from "../src/store/workspaces.ts";
import { type Belfry, deliver, firstHook, startBelfry, until } from "./support/belfry.ts";
import { createBench } from "./support/commands.ts";
import { createFakeSlack } from "./support/fake-slack.ts";
import { gitlabHook } from "./support/hook.ts";
import { secret } from "./support/receiver.ts";
import { newStorePlace } from "./support/stores.ts";

/** SIGTERM ends Belfry well within 10 seconds, whatever hangs, and what was taken is there at the next start. */

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function start(environment: Record<string, string>, args = ["start"], ready = "listens on"): Promise<Belfry> {
  const belfry = await startBelfry(environment, args, ready);
  cleanups.push(() => belfry.kill("SIGKILL"));
  return belfry;
}

function newBench(environment: Record<string, string> = {}) {
  const bench = createBench({ PORT: "0", HOST: "127.0.0.1", ...environment });
  cleanups.push(bench.remove);
  return bench;
}

/** Exit code and seconds after a signal. */
async function end(belfry: Belfry, signal: NodeJS.Signals = "SIGTERM") {
  const began = performance.now();
  const code = await belfry.kill(signal);
  return { code, inTime: (performance.now() - began) / 1000 < 10 };
}

/** Each by somebody else: what one person pushes within a minute is one message. */
const push = (number: number) => ({
  header: "Push Hook",
  body: JSON.stringify({
    ...{ ref: "refs/heads/main", user_username: `person-${number}` },
    project: { id: 7, path_with_namespace: "acme/api" },
  }),
});

/** A hook of the first start, in the workspace that has a Slack. */
async function slackBench() {
  const slack = await createFakeSlack();
  cleanups.push(() => slack.close());
  const bench = newBench({ SLACK_BOT_TOKEN: "xoxb-acme", SLACK_API_URL: slack.url, LOG_LEVEL: "info" });
  bench.file("rules.yml", 'rules:\n  - "#api ** push pipeline"\n');
  return { slack, bench };
}

/** Delivers one after the other until the server is gone. @returns how many were taken */
async function pound(to: { hook: string; secret: string }, from: number): Promise<number> {
  for (let taken = 0; ; taken++) {
    const answer = await deliver(to, push(from + taken)).catch(() => undefined);
    if (answer?.status !== 202) return taken;
  }
}

/** A request whose body comes one byte at a time, for ever. */
function dawdle(url: string, hook: { hook: string; secret: string }): { cut: Promise<void> } {
  const { hostname, port, pathname } = new URL(hook.hook, url);
  const socket = connect(Number(port), hostname);
  socket.on("error", () => {});
  socket.write(
    `POST ${pathname} HTTP/1.1\r\nhost: ${hostname}\r\nx-gitlab-token: ${hook.secret}\r\nx-gitlab-event: Push Hook\r\ncontent-length: 100000\r\n\r\n`,
  );
  const drip = setInterval(() => socket.write(" "), 50);
  const cut = new Promise<void>((resolve) => {
    socket.once("close", () => {
      clearInterval(drip);
      resolve();
    });
  });
  return { cut };
}

test("under load, with a Slack that never answers and a client that sends byte by byte", async () => {
  const { slack, bench } = await slackBench();
  const belfry = await start(bench.env);
  const to = await firstHook(belfry);
  slack.pause();
  expect((await deliver(to, push(0))).status).toBe(202);
  await until(
    () => slack.calls.length,
    (calls) => calls > 0,
  );
  const slow = dawdle(belfry.url, to);
  const load = Promise.all([1, 2, 3].map((client) => pound(to, client * 100_000)));
  await until(belfry.output, (seen) => seen.split("delivery stored").length > 20);
  expect(await end(belfry)).toEqual({ code: 0, inTime: true });
  await slow.cut;
  const taken = (await load).reduce((sum, one) => sum + one, 1);

  const rows = await bench.json("deliveries", "list", "--limit", "10000");
  expect(rows.length).toBeGreaterThanOrEqual(taken);
  // The one that Slack got and did not answer may be there: written down as such before it was sent.
  const messages = await bench.json("messages", "list", "--limit", "10000");
  expect(messages.filter(({ state }) => state === "uncertain")).toHaveLength(1);
});

test("a second signal ends it at once", async () => {
  const { slack, bench } = await slackBench();
  const belfry = await start(bench.env);
  const to = await firstHook(belfry);
  slack.pause();
  await deliver(to, push(0));
  await until(
    () => slack.calls.length,
    (calls) => calls > 0,
  );
  const ended = belfry.kill("SIGTERM");
  await belfry.printed('"stopping"');
  belfry.process.kill("SIGINT");
  expect(await ended).toBe(130);
});

/** Passes connections on to PostgreSQL until it is told to hold everything back: nobody hears anything any more. */
async function createProxy({ port, hostname }: URL) {
  const sockets: Socket[] = [];
  const server = createServer((client) => {
    const upstream = connect(Number(port), hostname);
    for (const [from, into] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      from.on("error", () => into.destroy());
      from.on("close", () => into.destroy());
      from.pipe(into);
    }
    sockets.push(client, upstream);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  return {
    port: typeof address === "object" && address ? address.port : 0,
    hold: () => {
      for (const socket of sockets) socket.unpipe().pause();
    },
    close: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

describe("with a database that hangs", () => {
  async function startHanging(role: string) {
    const place = await newStorePlace("postgres");
    cleanups.push(place.remove);
    const url = new URL(place.environment["DATABASE_URL"] ?? "");
    const proxy = await createProxy(url);
    cleanups.push(proxy.close);
    url.port = String(proxy.port);
    const bench = newBench({ ...place.environment, DATABASE_URL: url.href });
    const store = await place.open();
    await ensureWorkspace(store, previewWorkspace);
    const hook = await addHook(store, gitlabHook(previewWorkspace.id, "gitlab", secret));
    const belfry = await start(bench.env, [role]);
    return { belfry, proxy, to: { hook: `${belfry.url}/hooks/${hook.id}`, secret } };
  }

  test.each(["start", "web"])("%s", async (role) => {
    const { belfry, proxy, to } = await startHanging(role);
    proxy.hold();
    const waiting = deliver(to, push(0)).catch(() => undefined);
    // Its workers look at the store all the time: by now something is under way that does not come back.
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(await end(belfry)).toEqual({ code: 0, inTime: true });
    await waiting;
  });

  test("before it has ever answered", async () => {
    const server = createServer(() => {});
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    cleanups.push(() => server.close());
    const address = server.address();
    const port = typeof address === "object" && address ? address.port : 0;
    const place = await newStorePlace("postgres");
    cleanups.push(place.remove);
    const bench = newBench({ ...place.environment, DATABASE_URL: `postgres://belfry:x@127.0.0.1:${port}/belfry` });
    const belfry = await start(bench.env, ["worker"], "Waiting for it");
    expect(await end(belfry)).toEqual({ code: 0, inTime: true });
  });
});

describe("a mistake of ours ends the process with 1, and its error is told without what hangs on it", () => {
  const error = `Object.assign(new Error("at postgres://belfry:CANARY@db/belfry"), { config: { secret: "CANARY" } })`;
  test.each([
    ["an exception", `throw ${error}`],
    ["a rejection", `Promise.reject(${error})`],
    ["something that is no error", `Promise.reject("at postgres://belfry:CANARY@db/belfry")`],
  ])("%s", async (_, code) => {
    const bench = newBench();
    const later = bench.file("later.mjs", `process.once("SIGUSR2", () => { ${code} })`);
    const belfry = await start({
      ...bench.env,
      LOG_LEVEL: "silent",
      NODE_OPTIONS: `--import ${later}`,
    });
    expect(await belfry.kill("SIGUSR2")).toBe(1);
    expect(belfry.output()).toContain('"ended by a mistake of ours"');
    expect(belfry.output()).toContain("at postgres://[removed]@db/belfry");
    expect(belfry.output()).not.toContain("CANARY");
  });
});

test("what was taken before the signal is told after the next start", async () => {
  const { slack, bench } = await slackBench();
  const belfry = await start(bench.env);
  const to = await firstHook(belfry);
  const load = pound(to, 1);
  await until(belfry.output, (seen) => seen.split("delivery stored").length > 10);
  expect(await end(belfry)).toEqual({ code: 0, inTime: true });
  expect(await load).toBeGreaterThanOrEqual(9);

  await start({ ...bench.env, BELFRY_PACE_CHANNEL: "off", BELFRY_PACE_POSTS: "off" });
  const listed = () => bench.json("messages", "list", "--limit", "10000");
  const messages = await until(listed, (seen) => seen.every(({ state }) => state === "sent"), 40);
  expect(messages.length).toBeGreaterThanOrEqual(9);
  expect(slack.messages("#api")).toHaveLength(messages.length);
});
