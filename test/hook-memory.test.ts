import { afterEach, describe, expect, test } from "vitest";
import { createHookMemory } from "../src/receive/hook-memory.ts";
import { changeHook, findHook, type Hook, removeHook } from "../src/store/hooks.ts";
import { pushTo, send, startReceiver } from "./support/receiver.ts";

const hook = (id: string) => ({ id }) as Hook;

function createWatched(found: (id: string) => Promise<Hook | undefined> = async (id) => hook(id)) {
  const asked: string[] = [];
  const clock = { now: 0 };
  const find = (id: string) => {
    asked.push(id);
    return found(id);
  };
  const memory = createHookMemory(find, { age: 1_000, hooks: 3 }, () => clock.now);
  return { memory, asked, clock };
}

describe("the memory of hooks", () => {
  test("keeps one for a second from the moment it was asked for, not from the answer", async () => {
    const { promise, resolve } = Promise.withResolvers<Hook>();
    const { memory, clock } = createWatched(() => promise);
    const found = memory.find("a");
    clock.now = 600;
    resolve(hook("a"));
    await found;
    clock.now = 999;
    expect(memory.recent("a")).toEqual({ id: "a" });
    clock.now = 1_000;
    expect(memory.recent("a")).toBeUndefined();
  });

  test("keeps no id without a hook, and no failure", async () => {
    const answers = [async () => undefined, () => Promise.reject(new Error("away"))];
    const { memory } = createWatched(() => (answers.shift() ?? (async () => undefined))());
    expect(await memory.find("a")).toBeUndefined();
    expect(memory.recent("a")).toBeUndefined();
    await expect(memory.find("a")).rejects.toThrow("away");
    expect(memory.recent("a")).toBeUndefined();
  });

  test("forgets one that is not there any more", async () => {
    const answers = [hook("a"), undefined];
    const { memory } = createWatched(async () => answers.shift());
    await memory.find("a");
    await memory.find("a");
    expect(memory.recent("a")).toBeUndefined();
  });

  test("is bounded; ids that nobody knows push nothing out", async () => {
    const { memory } = createWatched(async (id) => (id.startsWith("no") ? undefined : hook(id)));
    for (const id of ["a", "b", "no 1", "no 2", "no 3", "c"]) await memory.find(id);
    expect(["a", "b", "c"].map(memory.recent)).toEqual([hook("a"), hook("b"), hook("c")]);
    await memory.find("d");
    expect(["a", "b", "c", "d"].map(memory.recent)).toEqual([undefined, hook("b"), hook("c"), hook("d")]);
  });
});

describe("a receiver that remembers hooks", () => {
  const cleanups: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const close of cleanups.splice(0)) await close();
  });

  async function start() {
    let asked = 0;
    const belfry = await startReceiver({
      findHook: (id) => {
        asked += 1;
        return findHook(belfry.store, id);
      },
    });
    cleanups.push(belfry.close);
    let sent = 0;
    const status = async (to: Hook, headers = {}) => (await send(belfry.port, pushTo(to, ++sent, headers))).status;
    return { ...belfry, status, asked: () => asked };
  }

  test("asks once for deliveries of one second", async () => {
    const { hook, status, asked } = await start();
    const began = performance.now();
    for (let count = 0; count < 5; count++) expect(await status(hook)).toBe(202);
    expect(asked()).toBeLessThanOrEqual(1 + Math.floor((performance.now() - began) / 1_000));
  });

  test("a new secret is taken at once, and the old one is gone with it", async () => {
    const { hook, status, store } = await start();
    expect(await status(hook)).toBe(202);
    await changeHook(store, "acme", hook.id, () => ({ secrets: ["renewed"] }));
    expect(await status(hook, { "x-gitlab-token": "renewed" })).toBe(202);
    expect(await status(hook)).toBe(401);
  });

  test("a new scheme is taken at once", async () => {
    const { hook, status, store } = await start();
    expect(await status(hook)).toBe(202);
    await changeHook(store, "acme", hook.id, () => ({ scheme: "basic", secrets: ["gitlab:renewed"] }));
    const authorization = `Basic ${Buffer.from("gitlab:renewed").toString("base64")}`;
    expect(await status(hook, { "x-gitlab-token": undefined, authorization })).toBe(202);
    expect(await status(hook)).toBe(401);
  });

  test("a wrong secret is looked up each time, as an unknown id is", async () => {
    const { hook, status, asked } = await start();
    await status(hook);
    const before = asked();
    expect(await status(hook, { "x-gitlab-token": "wrong" })).toBe(401);
    expect(await status({ ...hook, id: "0".repeat(32) })).toBe(401);
    expect(asked()).toBe(before + 2);
  });

  test("a hook that was removed is gone within a second", async () => {
    const { hook, status, store } = await start();
    expect(await status(hook)).toBe(202);
    await removeHook(store, "acme", hook.id);
    const removed = performance.now();
    while ((await status(hook)) !== 401) expect(performance.now() - removed).toBeLessThan(2_000);
  });
});
