import { connect } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { serveHttp } from "../../src/http-server.ts";
import { createOperation } from "../../src/operation/operation.ts";
import { deliver, firstHook, runBelfry, startBelfry, until } from "../support/belfry.ts";
import { createBench } from "../support/commands.ts";
import { createFakeSlack } from "../support/fake-slack.ts";
import { engines, newStorePlace } from "../support/stores.ts";

/** /healthz, /readyz and /metrics, as the outside sees them. */

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function start(environment: Record<string, string> = {}, args?: string[], ready?: string) {
  const bench = createBench({ PORT: "0", HOST: "127.0.0.1", ...environment });
  cleanups.push(bench.remove);
  const belfry = await startBelfry(bench.env, args, ready);
  cleanups.push(() => belfry.kill("SIGKILL"));
  return belfry;
}

async function freePort(): Promise<string> {
  const { port, stop } = await serveHttp(() => {}, { host: "127.0.0.1", port: 0, settings: "" });
  await stop();
  return String(port);
}

const textOf = async (url: string, headers: Record<string, string> = {}) => (await fetch(url, { headers })).text();

const push = (number: number) => ({
  header: "Push Hook",
  // Each to another branch: what goes to one within a minute is one message.
  body: JSON.stringify({
    ref: `refs/heads/change-${number}`,
    project: { id: 7, path_with_namespace: "acme/secret-api" },
    number,
  }),
});

describe("a server", () => {
  test("says how it is, and names nobody", async () => {
    const belfry = await start();
    const healthy = await fetch(`${belfry.url}/healthz`);
    expect([healthy.status, await healthy.text()]).toEqual([200, "ok\n"]);

    const to = await firstHook(belfry);
    await deliver(to, push(1));
    const ready = await fetch(`${belfry.url}/readyz?x=1`);
    expect(ready.headers.get("cache-control")).toBe("no-store");
    const text = await ready.text();
    expect([ready.status, JSON.parse(text)]).toMatchObject([
      200,
      {
        ready: true,
        store: { engine: "sqlite", reachable: true, durable: true },
        slack: { reachable: null },
        spool: null,
      },
    ]);
    expect(text).not.toMatch(/acme|api|preview/);

    const head = await fetch(`${belfry.url}/healthz`, { method: "HEAD" });
    expect([head.status, await head.text()]).toEqual([200, ""]);
    const post = await fetch(`${belfry.url}/healthz`, { method: "POST" });
    expect([post.status, await post.text()]).toEqual([404, '{"error":"not found"}']);
  });

  test("counts what it takes and what it refuses", async () => {
    const belfry = await start();
    const to = await firstHook(belfry);
    await deliver(to, push(1));
    await deliver(to, push(2));
    await deliver(to, push(2));
    await deliver({ ...to, secret: "wrong" }, push(3));
    await deliver({ ...to, hook: `${to.hook}0` }, push(3));
    const page = await until(
      () => textOf(`${belfry.url}/metrics`),
      (seen) => seen.includes("belfry_receive_seconds_count 5"),
    );
    expect(page).toContain('belfry_deliveries_total{forge="gitlab",outcome="stored"} 2');
    expect(page).toContain('belfry_deliveries_total{forge="gitlab",outcome="duplicate"} 1');
    expect(page).toContain('belfry_refused_requests_total{status="401"} 2');
    expect(page).toMatch(/^belfry_store_seconds_count [123]$/m);
    expect(page).toMatch(/^belfry_store_up 1$/m);
    expect(page).toMatch(/^belfry_store_durable 1$/m);
    expect(page).toMatch(/^belfry_pending_deliveries \d+$/m);
    expect(page).not.toMatch(/^belfry_(slack_up|spool\w+) /m);
    expect(page).not.toMatch(/secret-api|acme/);
  });

  test("shows its metrics to this machine only, and to everybody else a page that is not there", async () => {
    const belfry = await start();
    const missing = await fetch(`${belfry.url}/nothing`);
    const nothing = [missing.status, await missing.text(), [...missing.headers.keys()]];
    const through = await fetch(`${belfry.url}/metrics`, { headers: { "x-forwarded-for": "10.0.0.1" } });
    expect([through.status, await through.text(), [...through.headers.keys()]]).toEqual(nothing);
    expect((await fetch(`${belfry.url}/metrics`)).headers.get("content-type")).toMatch(/^text\/plain; version=0\.0\.4/);
  });

  test("with a token shows them to whoever has it", async () => {
    const token = "0123456789abcdef";
    const belfry = await start({ BELFRY_METRICS_TOKEN: token });
    const statusWith = async (headers: Record<string, string>) =>
      (await fetch(`${belfry.url}/metrics`, { headers })).status;
    expect(await statusWith({})).toBe(404);
    expect(await statusWith({ authorization: "Bearer wrong" })).toBe(404);
    expect(await statusWith({ authorization: `Bearer ${token}`, "x-forwarded-for": "10.0.0.1" })).toBe(200);
  });
});

test("a request that ends before it is complete is counted", async () => {
  const belfry = await start();
  const { hook, secret } = await firstHook(belfry);
  const { hostname, port, pathname } = new URL(hook);
  const socket = connect(Number(port), hostname);
  const head = `POST ${pathname} HTTP/1.1\r\nhost: x\r\nx-gitlab-token: ${secret}\r\ncontent-length: 10\r\n\r\n`;
  socket.write(`${head}{`, () => socket.end());
  const page = await until(
    () => textOf(`${belfry.url}/metrics`),
    (seen) => seen.includes("belfry_refused_requests_total{"),
  );
  expect(page).toContain('belfry_refused_requests_total{status="none"} 1');
  expect(page).toContain("belfry_receive_seconds_count 0");
});

test("calls to Slack are counted, and tell whether it can be reached", async () => {
  const slack = await createFakeSlack();
  cleanups.push(() => slack.close());
  const bench = createBench({
    PORT: "0",
    HOST: "127.0.0.1",
    SLACK_BOT_TOKEN: "xoxb-acme",
    SLACK_API_URL: slack.url,
    LOG_LEVEL: "silent",
  });
  cleanups.push(bench.remove);
  bench.file("rules.yml", 'rules:\n  - "#api ** push"\n');
  const belfry = await startBelfry(bench.env);
  cleanups.push(() => belfry.kill("SIGKILL"));
  const to = await firstHook(belfry);
  const reachable = async () => JSON.parse(await textOf(`${belfry.url}/readyz`)).slack.reachable;
  // A start asks whether the token is taken.
  await until(reachable, (seen) => seen === true);
  await deliver(to, push(1));
  await until(
    () => textOf(`${belfry.url}/metrics`),
    (seen) => seen.includes('belfry_slack_call_seconds_count{call="post",outcome="ok"} 1'),
  );
  slack.failNext("chat.postMessage", 503);
  await deliver(to, push(2));
  await until(
    () => textOf(`${belfry.url}/metrics`),
    (seen) => seen.includes('belfry_slack_call_seconds_count{call="post",outcome="refused"} 1'),
  );
});

describe("a worker", () => {
  test("answers on a port of its own, where it is given one", async () => {
    const port = await freePort();
    const worker = await start({ BELFRY_METRICS_PORT: port }, ["worker"], "is ready");
    const at = `http://127.0.0.1:${port}`;
    expect(await textOf(`${at}/healthz`)).toBe("ok\n");
    expect(JSON.parse(await textOf(`${at}/readyz`))).toMatchObject({ ready: true });
    expect(await textOf(`${at}/metrics`)).toContain("belfry_store_up 1");
    const missing = await fetch(`${at}/hooks/x`, { method: "POST" });
    expect([missing.status, await missing.text()]).toEqual([404, '{"error":"not found"}']);
    expect(await worker.kill("SIGTERM")).toBe(0);
  });

  test("says which setting to change where the port is taken", async () => {
    const taken = await serveHttp(() => {}, { host: "127.0.0.1", port: 0, settings: "" });
    cleanups.push(taken.stop);
    const bench = createBench({ HOST: "127.0.0.1", BELFRY_METRICS_PORT: String(taken.port) });
    cleanups.push(bench.remove);
    const { code, err } = await runBelfry(["worker"], bench.env);
    expect([code, err]).toEqual([
      1,
      `Cannot listen on 127.0.0.1:${taken.port} (EADDRINUSE). Set BELFRY_METRICS_PORT or HOST.\n`,
    ]);
  });
});

test.each(engines)("on %s, a store that goes away makes it not ready, and its gauges absent", async (engine) => {
  const place = await newStorePlace(engine);
  cleanups.push(place.remove);
  const store = await place.open();
  const { routes } = await createOperation({
    store,
    metricsToken: undefined,
    known: { forges: [], kinds: [] },
    spool: () => undefined,
    onError: () => {},
  });
  const { port, stop } = await serveHttp((request, response) => void routes(request, response), {
    host: "127.0.0.1",
    port: 0,
    settings: "",
  });
  cleanups.push(stop);
  const at = `http://127.0.0.1:${port}`;
  expect(await (await fetch(`${at}/readyz`)).json()).toMatchObject({ ready: true, store: { engine, durable: true } });
  await store.close();
  const gone = await until(
    () => fetch(`${at}/readyz`),
    ({ status }) => status === 503,
  );
  expect(await gone.json()).toMatchObject({ ready: false, store: { reachable: false, durable: null }, messages: null });
  const page = await textOf(`${at}/metrics`);
  expect(page).toMatch(/^belfry_store_up 0$/m);
  expect(page).not.toMatch(/^belfry_(open_messages|store_durable) /m);
  expect(await textOf(`${at}/healthz`)).toBe("ok\n");
});

test("a page that cannot be made is 503, and told", async () => {
  const place = await newStorePlace("sqlite");
  cleanups.push(place.remove);
  const told: unknown[] = [];
  const error = new Error("the spool is closed");
  const { routes } = await createOperation({
    store: await place.open(),
    metricsToken: undefined,
    known: { forges: [], kinds: [] },
    spool: () => {
      throw error;
    },
    onError: (one) => told.push(one),
  });
  const { port, stop } = await serveHttp((request, response) => void routes(request, response), {
    host: "127.0.0.1",
    port: 0,
    settings: "",
  });
  cleanups.push(stop);
  const answer = await fetch(`http://127.0.0.1:${port}/readyz`);
  expect([answer.status, await answer.text(), told]).toEqual([503, "try again later\n", [error]]);
});
