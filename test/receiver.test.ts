import { createHmac } from "node:crypto";
import { afterEach, describe, expect, test } from "vitest";
import { gitlabFamily } from "../src/forges/gitlab/index.ts";
import { forges } from "../src/forges/index.ts";
import { createBudget } from "../src/receive/budget.ts";
import type { NewDelivery, Stored } from "../src/store/add-deliveries.ts";
import type { Hook } from "../src/store/hooks.ts";
import { until } from "./support/belfry.ts";
import {
  type Answer,
  bytesOf,
  open,
  pushTo,
  type RawRequest,
  secret,
  send,
  startReceiver,
} from "./support/receiver.ts";

const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of cleanups.splice(0)) await close();
});

async function start(...args: Parameters<typeof startReceiver>) {
  const belfry = await startReceiver(...args);
  cleanups.push(belfry.close);
  return belfry;
}

const statuses = (answers: Answer[]) => answers.map(({ status }) => status);

describe("a delivery with the right secret", () => {
  test("is stored as it came, then answered 202; a repeat is answered 200", async () => {
    const belfry = await start();
    const request = pushTo(belfry.hook);
    const first = await send(belfry.port, request);
    const [delivery] = await belfry.stored();
    expect(first.status).toBe(202);
    expect(JSON.parse(first.body)).toEqual({ delivery: delivery?.id, duplicate: false });
    expect(delivery).toMatchObject({ state: "pending", hook_id: belfry.hook.id, bytes: request.body?.length });
    expect(delivery?.body?.toString()).toBe(request.body);

    const second = await send(belfry.port, request);
    expect(second.status).toBe(200);
    expect(JSON.parse(second.body)).toMatchObject({ duplicate: true });
    const rows = await belfry.stored();
    expect(rows.map(({ state, duplicate_of, body }) => [state, duplicate_of, body === null])).toEqual([
      ["pending", null, false],
      ["duplicate", delivery?.id, true],
    ]);
    expect(belfry.woken()).toBe(1);
  });

  test.each<[name: string, change: Partial<RawRequest>]>([
    ["no JSON", { body: "not JSON" }],
    ["an empty body", { body: "" }],
    ["JSON that is no object", { body: "null" }],
    ["a kind that nobody knows", { headers: { "x-gitlab-event": "Foo Hook" } }],
    ["no event header", { headers: { "x-gitlab-event": undefined } }],
    ["a form", { body: "payload=%7B%7D", headers: { "content-type": "application/x-www-form-urlencoded" } }],
    ["plain text", { headers: { "content-type": "text/plain" } }],
    ["no content type", { headers: { "content-type": undefined } }],
    ["an unknown charset", { headers: { "content-type": "application/json; charset=evil" } }],
    ["UTF-16", { body: Buffer.from("{}", "utf16le"), headers: { "content-type": "application/json; charset=utf-16" } }],
    ["a content type that is none", { headers: { "content-type": ";;;" } }],
    ["deep nesting", { body: "[".repeat(100_000) }],
    ["chunks", { headers: { "transfer-encoding": "chunked" }, body: "2\r\n{}\r\n0\r\n\r\n" }],
  ])("%s: 202 and stored", async (_name, change) => {
    const belfry = await start();
    const request = pushTo(belfry.hook);
    const answer = await send(belfry.port, {
      ...request,
      ...change,
      headers: { ...request.headers, ...change.headers },
    });
    expect(answer.status).toBe(202);
    expect(await belfry.stored()).toMatchObject([{ state: "pending" }]);
  });

  test("without a body at all is stored as empty", async () => {
    const belfry = await start();
    const { path, headers } = pushTo(belfry.hook);
    expect((await send(belfry.port, { path, headers: { ...headers, "content-length": undefined } })).status).toBe(202);
    expect(await belfry.stored()).toMatchObject([{ bytes: 0 }]);
  });

  test("only listed headers are stored, and never the secret", async () => {
    const belfry = await start();
    await send(
      belfry.port,
      pushTo(belfry.hook, 0, {
        "idempotency-key": "key-1",
        "x-gitlab-instance": "https://gitlab.acme.example",
        "user-agent": `GitLab/19.0\tx${"y".repeat(600)}`,
        cookie: "CANARY",
        authorization: "Basic CANARY",
        "x-github-encoded-secret": "CANARY",
      }),
    );
    const [delivery] = await belfry.stored();
    const headers = JSON.parse(delivery?.headers ?? "{}");
    expect(Object.keys(headers).sort()).toEqual([
      "content-type",
      "idempotency-key",
      "user-agent",
      "x-gitlab-event",
      "x-gitlab-instance",
    ]);
    expect(headers["user-agent"]).toHaveLength(512);
    expect(delivery?.headers).not.toMatch(/CANARY|s3cret|\\t/);
    expect(delivery?.key).toBe("idempotency-key:key-1");
  });

  test("24.9 MB are taken", async () => {
    const belfry = await start();
    const body = Buffer.alloc(24_900_000, "[1],");
    const answer = await send(belfry.port, { ...pushTo(belfry.hook), body });
    expect(answer.status).toBe(202);
    const [delivery] = await belfry.stored();
    expect(delivery?.body?.equals(body)).toBe(true);
  });
});

describe("keys", () => {
  const keyed = (key: string) => ({ "idempotency-key": key });

  test("200 at once with one key: one is stored, in few transactions", async () => {
    const belfry = await start();
    const request = pushTo(belfry.hook, 1, keyed("same"));
    const answers = await Promise.all(Array.from({ length: 200 }, () => send(belfry.port, request)));
    expect(statuses(answers).sort()).toEqual([...Array(199).fill(200), 202]);
    const rows = await belfry.stored();
    expect(rows.map(({ state }) => state).sort()).toEqual([...Array(199).fill("duplicate"), "pending"]);
    expect(new Set(rows.flatMap(({ duplicate_of }) => duplicate_of ?? []))).toEqual(
      new Set(rows.flatMap(({ state, id }) => (state === "pending" ? id : []))),
    );
    expect(belfry.transactions()).toBeLessThan(50);
  });

  test("a known key with another body is a duplicate that keeps its body and says so", async () => {
    const belfry = await start();
    const answers = [
      await send(belfry.port, pushTo(belfry.hook, 1, keyed("k"))),
      await send(belfry.port, pushTo(belfry.hook, 2, keyed("k"))),
    ];
    expect(statuses(answers)).toEqual([202, 200]);
    const [first, second] = await belfry.stored();
    expect(second).toMatchObject({ state: "duplicate", duplicate_of: first?.id });
    expect(second?.reason).toContain("different body");
    expect(second?.body?.toString()).toBe(pushTo(belfry.hook, 2).body);
  });

  test("one key at two hooks makes two deliveries, each in its hook's workspace", async () => {
    const belfry = await start();
    const other = await belfry.addHook({ workspace: "other" });
    const second = await belfry.addHook({ name: "second" });
    const answers = await Promise.all(
      [belfry.hook, other, second].map((hook) => send(belfry.port, pushTo(hook, 1, keyed("k")))),
    );
    expect(statuses(answers)).toEqual([202, 202, 202]);
    expect((await belfry.stored("acme")).map(({ hook_id }) => hook_id).sort()).toEqual(
      [belfry.hook.id, second.id].sort(),
    );
    expect(await belfry.stored("other")).toMatchObject([{ workspace_id: "other", hook_id: other.id }]);
  });

  test("without a key the body and the event header tell deliveries apart", async () => {
    const belfry = await start();
    const answers = [
      await send(belfry.port, pushTo(belfry.hook, 1)),
      await send(belfry.port, pushTo(belfry.hook, 2)),
      await send(belfry.port, pushTo(belfry.hook, 1, { "x-gitlab-event": "Tag Push Hook" })),
      await send(belfry.port, pushTo(belfry.hook, 1, { "x-gitlab-webhook-uuid": "new for each attempt" })),
    ];
    expect(statuses(answers)).toEqual([202, 202, 202, 200]);
  });
});

describe("who may not", () => {
  const refused = { status: 401, body: '{"error":"unauthorized"}' };

  test.each<[name: string, headers: RawRequest["headers"]]>([
    ["no token", { "x-gitlab-token": undefined }],
    ["an empty token", { "x-gitlab-token": "" }],
    ["a wrong token", { "x-gitlab-token": "wrong" }],
    ["part of the token", { "x-gitlab-token": "s3cre" }],
    ["8 kB of token", { "x-gitlab-token": "s".repeat(8_000) }],
    ["the token twice", { "x-gitlab-token": [secret, "wrong"] }],
    ["another forge's header", { "x-gitlab-token": undefined, "x-acme-token": secret }],
    ["basic instead", { "x-gitlab-token": undefined, authorization: "Basic dTpzM2NyZXQ=" }],
    ["broken basic", { "x-gitlab-token": undefined, authorization: "Basic %%%" }],
  ])("%s: 401 and nothing stored", async (_name, headers) => {
    const belfry = await start();
    for (const body of ["{}", "not JSON"]) {
      expect(await send(belfry.port, { ...pushTo(belfry.hook, 0, headers), body })).toMatchObject(refused);
    }
    expect(await belfry.stored()).toEqual([]);
    expect(belfry.transactions()).toBe(0);
  });

  test("a token in the address counts for nothing", async () => {
    const belfry = await start();
    const request = pushTo(belfry.hook, 0, { "x-gitlab-token": undefined });
    expect(await send(belfry.port, { ...request, path: `${request.path}?token=${secret}` })).toMatchObject(refused);
    const right = pushTo(belfry.hook);
    expect((await send(belfry.port, { ...right, path: `${right.path}?token=x` })).status).toBe(202);
  });

  test("an unknown hook is answered as a wrong secret is, byte for byte", async () => {
    const belfry = await start();
    const wrong = await send(belfry.port, pushTo(belfry.hook, 0, { "x-gitlab-token": "wrong" }));
    for (const id of ["0".repeat(32), "x", "__proto__", "a%2Fb", "%F0%9F%94%91"]) {
      const unknown = await send(belfry.port, pushTo({ ...belfry.hook, id }));
      expect(unknown).toMatchObject({ head: wrong.head, body: wrong.body });
    }
  });

  test("a hook of one brand or forge does not take another's headers", async () => {
    const wvs = gitlabFamily({ name: "wvs", title: "WVS", brands: ["WVS"] });
    const belfry = await start({ forges: { ...forges, wvs } });
    const hooks = [
      await belfry.addHook({ name: "b", brand: "Acme" }),
      await belfry.addHook({ name: "w", forge: "wvs" }),
    ];
    const tokens = ["x-gitlab-token", "x-acme-token", "x-wvs-token"];
    const table = await Promise.all(
      [belfry.hook, ...hooks].map((hook) =>
        Promise.all(
          tokens.map(async (name) => {
            const headers = { "x-gitlab-token": undefined, [name]: secret };
            return (await send(belfry.port, pushTo(hook, tokens.indexOf(name), headers))).status;
          }),
        ),
      ),
    );
    expect(table).toEqual([
      [202, 401, 401],
      [202, 202, 401],
      [401, 401, 202],
    ]);
  });

  test("a signed hook takes the signature over the bytes only, and once within its key", async () => {
    const belfry = await start();
    const key = Buffer.alloc(32, 9);
    const whsec = `whsec_${key.toString("base64")}`;
    const hook = await belfry.addHook({ name: "s", scheme: "signed", secrets: [whsec] });
    const time = String(Math.floor(Date.now() / 1000));
    const sign = (body: string) => `v1,${createHmac("sha256", key).update(`id-1.${time}.${body}`).digest("base64")}`;
    const request = pushTo(hook, 0, { "x-gitlab-token": whsec });
    const signed = (signature: string, body = request.body) => ({
      ...request,
      body: body ?? "",
      headers: { ...request.headers, "webhook-id": "id-1", "webhook-timestamp": time, "webhook-signature": signature },
    });
    const good = sign(String(request.body));
    expect(await send(belfry.port, request)).toMatchObject(refused);
    expect(await send(belfry.port, signed("v1,"))).toMatchObject(refused);
    expect(await send(belfry.port, signed(good, ` ${request.body}`))).toMatchObject(refused);
    expect((await send(belfry.port, signed(good))).status).toBe(202);
    expect((await send(belfry.port, signed(`v1,old ${good}`))).status).toBe(200);
  });

  test("after many wrong secrets 429, while the right one still passes", async () => {
    const belfry = await start();
    const wrong = pushTo(belfry.hook, 0, { "x-gitlab-token": "wrong" });
    const answers: Answer[] = [];
    for (let n = 0; n < 25; n += 1) answers.push(await send(belfry.port, wrong));
    expect(statuses(answers)).toEqual([...Array(20).fill(401), ...Array(5).fill(429)]);
    const last = answers.at(-1);
    expect(last?.body).toBe('{"error":"too many requests"}');
    expect(Number(last?.headers["retry-after"])).toBeGreaterThan(0);
    expect(Number(last?.headers["retry-after"])).toBeLessThanOrEqual(60);
    expect((await send(belfry.port, pushTo({ ...belfry.hook, id: "unknown" }))).status).toBe(429);
    expect((await send(belfry.port, pushTo(belfry.hook))).status).toBe(202);
  });

  test("behind a trusted proxy each address has its own count", async () => {
    const belfry = await start({ trustProxy: 1 });
    const from = (address: string) =>
      send(belfry.port, pushTo(belfry.hook, 0, { "x-gitlab-token": "wrong", "x-forwarded-for": address }));
    for (let n = 0; n < 20; n += 1) await from("192.0.2.1");
    expect([(await from("192.0.2.1")).status, (await from("192.0.2.2")).status]).toEqual([429, 401]);
  });
});

describe("the store", () => {
  test("cannot take it: 503 with Retry-After, and the error's words stay inside", async () => {
    const belfry = await start({ add: () => Promise.reject(new Error("CANARY: disk full")) });
    const answer = await send(belfry.port, pushTo(belfry.hook));
    expect(answer).toMatchObject({ status: 503, body: '{"error":"try again later"}' });
    expect(answer.headers["retry-after"]).toBe("10");
    expect(belfry.woken()).toBe(0);
  });

  test("throws undefined: still 503, and the process lives on", async () => {
    const belfry = await start({ findHook: () => Promise.reject(undefined) });
    expect((await send(belfry.port, pushTo(belfry.hook))).status).toBe(503);
    expect((await send(belfry.port, pushTo(belfry.hook))).status).toBe(503);
  });

  test("holds the answer back until it is done", async () => {
    const { promise, resolve } = Promise.withResolvers<Stored>();
    const { promise: called, resolve: call } = Promise.withResolvers<NewDelivery>();
    const belfry = await start({
      add: (delivery) => {
        call(delivery);
        return promise;
      },
    });
    let answered = false;
    const answer = send(belfry.port, pushTo(belfry.hook)).then((got) => {
      answered = true;
      return got;
    });
    expect((await called).workspace).toBe("acme");
    // Another request is served meanwhile: the server had every chance to answer the first.
    expect((await send(belfry.port, { method: "GET", path: "/" })).status).toBe(404);
    expect([answered, belfry.woken()]).toEqual([false, 0]);
    resolve({ id: "1", duplicate: false });
    expect((await answer).status).toBe(202);
    expect(belfry.woken()).toBe(1);
  });

  test("takes deliveries that arrive together in one transaction", async () => {
    const { promise: gate, resolve: openGate } = Promise.withResolvers<void>();
    let waiting = 0;
    const belfry = await start({
      findHook: async (id) => {
        waiting += 1;
        if (waiting === 60) openGate();
        await gate;
        return { ...belfry.hook, id };
      },
    });
    const answers = await Promise.all(
      Array.from({ length: 60 }, (_, number) => send(belfry.port, pushTo(belfry.hook, number))),
    );
    expect(new Set(statuses(answers))).toEqual(new Set([202]));
    expect(await belfry.stored()).toHaveLength(60);
    expect(belfry.transactions()).toBeLessThan(10);
  });
});

describe("bodies that are together more than the memory for them", () => {
  const body = Buffer.alloc(60_000, " ");
  const heavy = (hook: Hook, headers: RawRequest["headers"] = {}) => ({ ...pushTo(hook, 0, headers), body });

  /** A receiver with room for one of the bodies, whose store takes the first one when it is told to. */
  async function startSmall() {
    const { promise: gate, resolve: openGate } = Promise.withResolvers<void>();
    const { promise: held, resolve: hold } = Promise.withResolvers<void>();
    const belfry = await start({
      budget: createBudget(100_000),
      add: async () => {
        hold();
        await gate;
        return { id: "1", duplicate: false };
      },
    });
    return { belfry, held, openGate };
  }

  test("503 with Retry-After, until the first one is answered", async () => {
    const { belfry, held, openGate } = await startSmall();
    const first = send(belfry.port, heavy(belfry.hook));
    await held;
    const second = await send(belfry.port, heavy(belfry.hook));
    expect(second).toMatchObject({ status: 503, body: '{"error":"try again later"}' });
    expect(second.headers["retry-after"]).toBe("5");
    openGate();
    expect((await first).status).toBe(202);
    expect((await send(belfry.port, heavy(belfry.hook))).status).toBe(202);
  });

  test("a body whose client went away counts until the store has it", async () => {
    const { belfry, held, openGate } = await startSmall();
    const gone = await open(belfry.port);
    await gone.write(bytesOf(heavy(belfry.hook)));
    await held;
    gone.socket.destroy();
    await gone.ended;
    for (let n = 0; n < 5; n += 1) expect((await send(belfry.port, heavy(belfry.hook))).status).toBe(503);
    openGate();
    await until(
      () => send(belfry.port, heavy(belfry.hook)),
      ({ status }) => status === 202,
    );
  });

  test("a body of chunks counts as it comes", async () => {
    const { belfry, openGate } = await startSmall();
    openGate();
    const chunk = `ea60\r\n${body}\r\n`;
    const request = {
      ...pushTo(belfry.hook, 0, { "transfer-encoding": "chunked" }),
      body: `${chunk}${chunk}0\r\n\r\n`,
    };
    expect((await send(belfry.port, request)).status).toBe(503);
    expect((await send(belfry.port, { ...request, body: `${chunk}0\r\n\r\n` })).status).toBe(202);
  });

  test("every way for a request to end gives back what it took", async () => {
    let broken = true;
    const belfry = await start({
      budget: createBudget(100_000),
      add: async () => {
        if (broken) throw new Error("disk full");
        return { id: "1", duplicate: false };
      },
    });
    const key = Buffer.alloc(32, 9).toString("base64");
    const signed = await belfry.addHook({ name: "s", scheme: "signed", secrets: [`whsec_${key}`] });
    const ends = async () => {
      const failed = await send(belfry.port, heavy(belfry.hook));
      const unsigned = await send(belfry.port, heavy(signed));
      const gone = await open(belfry.port);
      await gone.write(bytesOf(heavy(belfry.hook, { "content-length": "90000" })));
      gone.socket.destroy();
      await gone.ended;
      return statuses([failed, unsigned]);
    };
    for (let n = 0; n < 5; n += 1) {
      // The server may hear of the client that went away a moment later.
      expect(await until(ends, ([, status]) => status !== 503)).toEqual([503, 401]);
    }
    broken = false;
    await until(
      () => send(belfry.port, heavy(belfry.hook)),
      ({ status }) => status === 202,
    );
  });
});

describe("no answer tells more than it must", () => {
  test.each<[name: string, status: number, request: Partial<RawRequest>]>([
    ["another path", 404, { path: "/" }],
    ["another method", 404, { method: "GET" }],
    ["a path below", 404, { path: "/hooks/x/y" }],
    ["a path that does not decode", 400, { path: "/hooks/%E0%A4%A" }],
    ["a wrong secret", 401, { headers: { "x-gitlab-token": "CANARY" } }],
    ["gzip", 415, { headers: { "x-gitlab-token": secret, "content-encoding": "gzip" } }],
    ["brotli", 415, { headers: { "x-gitlab-token": secret, "content-encoding": "br" } }],
    ["an encoding that is none", 415, { headers: { "x-gitlab-token": secret, "content-encoding": "CANARY" } }],
    ["too many bytes", 413, { headers: { "x-gitlab-token": secret, "content-length": "26214401" } }],
    ["far too many bytes", 413, { headers: { "x-gitlab-token": secret, "content-length": "1000000000000" } }],
  ])("%s: %i with one word", async (_name, status, request) => {
    const belfry = await start();
    const answer = await send(belfry.port, { ...pushTo(belfry.hook), body: "CANARY", ...request });
    expect(answer.status).toBe(status);
    expect(answer.body).toMatch(/^\{"error":"[a-z ]+"\}$/);
    expect(Object.keys(answer.headers).sort()).toEqual(
      expect.arrayContaining(["connection", "content-length", "content-type", "date"]),
    );
    expect(answer.head + answer.body).not.toMatch(/CANARY|express|node|x-powered|etag|server:|\.ts|at /i);
    expect(await belfry.stored()).toEqual([]);
  });
});
