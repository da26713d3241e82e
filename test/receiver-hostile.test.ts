import type { ServerOptions } from "node:http";
import { afterEach, describe, expect, test } from "vitest";
import { httpLimits } from "../src/http-server.ts";
import { mostBytes } from "../src/receive/read-body.ts";
import { bytesOf, open, pushTo, send, startReceiver } from "./support/receiver.ts";

/** Requests that no HTTP client would send. */

const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of cleanups.splice(0)) await close();
});

async function start(limits?: ServerOptions) {
  const belfry = await startReceiver({}, limits);
  cleanups.push(belfry.close);
  return belfry;
}

/** The real limits, ten times as fast and more. */
const short = { headersTimeout: 300, requestTimeout: 600, connectionsCheckingInterval: 50 };

test("the real limits are far below Node's own", () => {
  expect(httpLimits).toMatchObject({ headersTimeout: 10_000, requestTimeout: 15_000, maxHeaderSize: 16_384 });
  expect(httpLimits.connectionsCheckingInterval).toBeLessThanOrEqual(1_000);
});

describe("slow clients", () => {
  test("a header that never ends is cut with 408", async () => {
    const belfry = await start(short);
    const slow = await open(belfry.port);
    await slow.write("POST /hooks/x HTTP/1.1\r\nHost: ");
    expect(await slow.answer()).toMatchObject({ status: 408, body: "" });
    await slow.ended;
  });

  test("a body that never ends is cut with 408, and nothing is stored", async () => {
    const belfry = await start(short);
    const slow = await open(belfry.port);
    await slow.write(bytesOf({ ...pushTo(belfry.hook, 0, { "content-length": "1000" }), body: "{" }));
    expect(await slow.answer()).toMatchObject({ status: 408, body: "" });
    await slow.ended;
    expect(await belfry.stored()).toEqual([]);
  });

  test("a wrong secret is answered at once, and its endless body is cut", async () => {
    const belfry = await start(short);
    const slow = await open(belfry.port);
    const headers = { "x-gitlab-token": "wrong", "content-length": "1000000" };
    await slow.write(bytesOf({ ...pushTo(belfry.hook, 0, headers), body: "{" }));
    expect((await slow.answer()).status).toBe(401);
    await slow.ended;
  });

  test("others are served while a hundred hang", async () => {
    const belfry = await start();
    const hanging = await Promise.all(Array.from({ length: 100 }, () => open(belfry.port)));
    for (const { write } of hanging) await write("POST /hooks/x HTTP/1.1\r\n");
    expect((await send(belfry.port, pushTo(belfry.hook))).status).toBe(202);
    for (const { socket } of hanging) socket.destroy();
  });

  test("one that hangs up in the middle leaves nothing behind", async () => {
    const belfry = await start();
    const gone = await open(belfry.port);
    await gone.write(bytesOf({ ...pushTo(belfry.hook, 0, { "content-length": "1000" }), body: "{" }));
    gone.socket.destroy();
    await gone.ended;
    expect((await send(belfry.port, pushTo(belfry.hook))).status).toBe(202);
    expect(await belfry.stored()).toHaveLength(1);
  });
});

describe("large bodies", () => {
  test("one byte too many by its length: 413 before any of it is taken, and the connection is closed", async () => {
    const belfry = await start();
    const large = await open(belfry.port);
    await large.write(bytesOf(pushTo(belfry.hook, 0, { "content-length": String(mostBytes + 1) })));
    const answer = await large.answer();
    expect(answer).toMatchObject({ status: 413, body: '{"error":"too large"}' });
    expect(answer.headers["connection"]).toBe("close");
    await large.ended;
    expect(belfry.mostBytes()).toBeLessThan(2_000);
  });

  test("chunks without end: 413 at the limit, and the connection is closed", async () => {
    const belfry = await start();
    const endless = await open(belfry.port);
    await endless.write(bytesOf({ ...pushTo(belfry.hook, 0, { "transfer-encoding": "chunked" }), body: "" }));
    const size = 1_000_000;
    const chunk = Buffer.concat([
      Buffer.from(`${size.toString(16)}\r\n`),
      Buffer.alloc(size, " "),
      Buffer.from("\r\n"),
    ]);
    for (let sent = 0; sent < 100 && !endless.socket.destroyed; sent += 1) await endless.write(chunk);
    expect((await endless.answer()).status).toBe(413);
    await endless.ended;
    expect(belfry.mostBytes()).toBeGreaterThan(mostBytes);
    expect(belfry.mostBytes()).toBeLessThan(mostBytes + 4_000_000);
    expect(await belfry.stored()).toEqual([]);
  });

  test("a compressed body is not opened: 415 before any of it is taken", async () => {
    const belfry = await start();
    const bomb = await open(belfry.port);
    const headers = { "content-encoding": "gzip", "content-length": "50000" };
    await bomb.write(bytesOf(pushTo(belfry.hook, 0, headers)).subarray(0, 400));
    expect(await bomb.answer()).toMatchObject({ status: 415, body: '{"error":"unsupported encoding"}' });
    await bomb.ended;
  });
});

describe("broken HTTP", () => {
  const head = (lines: string[], path = "/hooks/x") =>
    [`POST ${path} HTTP/1.1`, "Host: x", ...lines, "", ""].join("\r\n");

  test.each<[name: string, bytes: string, status: number]>([
    ["no HTTP", "hello\r\n\r\n", 400],
    ["length and chunks", head(["Content-Length: 5", "Transfer-Encoding: chunked"]), 400],
    ["two lengths", head(["Content-Length: 5", "Content-Length: 6"]), 400],
    ["a length in letters", head(["Content-Length: abc"]), 400],
    ["a negative length", head(["Content-Length: -1"]), 400],
    ["NUL in a header", head(["X-Gitlab-Token: a\0b"]), 400],
    ["a header without a colon", head(["nonsense"]), 400],
    ["an unknown coding", head(["Transfer-Encoding: identity, x"]), 400],
    ["no host", "POST /hooks/x HTTP/1.1\r\n\r\n", 400],
    ["a header of 20 kB", head([`X-Gitlab-Token: ${"x".repeat(20_000)}`]), 431],
    ["100 headers of 8 kB", head(Array.from({ length: 100 }, (_, n) => `X-${n}: ${"x".repeat(8_000)}`)), 431],
  ])("%s: %#", async (_name, bytes, status) => {
    const belfry = await start();
    const connection = await open(belfry.port);
    await connection.write(bytes);
    expect(await connection.answer()).toMatchObject({ status, body: "" });
    await connection.ended;
    expect((await send(belfry.port, pushTo(belfry.hook))).status).toBe(202);
  });

  test("a broken chunk stores nothing", async () => {
    const belfry = await start();
    const connection = await open(belfry.port);
    const request = pushTo(belfry.hook, 0, { "transfer-encoding": "chunked" });
    await connection.write(bytesOf({ ...request, body: "2\r\n{}\r\nzz\r\n" }));
    expect((await connection.answer()).status).toBe(400);
    await connection.ended;
    expect(await belfry.stored()).toEqual([]);
  });

  test("Expect: 100-continue is told to go on", async () => {
    const belfry = await start();
    const connection = await open(belfry.port);
    await connection.write(bytesOf(pushTo(belfry.hook, 0, { expect: "100-continue" })));
    expect((await connection.answer()).status).toBe(100);
    expect((await connection.answer()).status).toBe(202);
    connection.socket.destroy();
  });

  test("requests in one write are answered one by one, in order, a wrong one between right ones too", async () => {
    const belfry = await start();
    const wrong = pushTo(belfry.hook, 2, { "x-gitlab-token": "wrong" });
    const requests = [pushTo(belfry.hook, 1), wrong, pushTo(belfry.hook, 1), pushTo(belfry.hook, 3)];
    const connection = await open(belfry.port);
    await connection.write(Buffer.concat(requests.map(bytesOf)));
    const statuses: number[] = [];
    for (const _request of requests) statuses.push((await connection.answer()).status);
    connection.socket.destroy();
    expect(statuses).toEqual([202, 401, 200, 202]);
    const bodies = (await belfry.stored()).flatMap(({ body }) => body?.toString() ?? []);
    expect(bodies).toEqual([requests[0]?.body, requests[3]?.body]);
  });
});
