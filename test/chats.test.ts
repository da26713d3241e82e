import { describe, expect } from "vitest";
import { createChats } from "../src/send/chats.ts";
import type { Chat } from "../src/slack/chat.ts";
import type { Store } from "../src/store/store.ts";
import { putWorkspace } from "../src/store/workspaces.ts";
import { engines, testOn } from "./support/stores.ts";

/** The store, and how often a token was looked up in it: each is opened. */
function counted(store: Store) {
  const looks = { made: 0 };
  const open: Store["sealer"]["open"] = (...sealed) => {
    looks.made += 1;
    return store.sealer.open(...sealed);
  };
  return { looks, store: { ...store, sealer: { ...store.sealer, open } } };
}

const connect = async (): Promise<Chat> => ({ post: async (channel) => ({ ts: "1.0", channel }) });

describe.each(engines)("on %s:", (engine) => {
  const test = testOn(engine);

  test("whoever asks while a token is looked up waits for that look", async ({ store: plain }) => {
    const { store, looks } = counted(plain);
    for (const id of ["T1", "T2"]) await putWorkspace(store, { id, token: `xoxb-${id}` });
    const chatOf = createChats(store, {}, connect);
    const asked = ["T1", "T1", "T2", "T1", "T2"].map((id) => chatOf(id));
    const [first, second, third, fourth, fifth] = await Promise.all(asked);
    expect(looks.made).toBe(2);
    expect(new Set([first, second, fourth]).size).toBe(1);
    expect(third).toBe(fifth);
    expect(third).not.toBe(first);
    expect(await chatOf("T1")).toBe(first);
    expect(looks.made).toBe(2);
  });

  test("a fresh look never is one that has begun before, and is shared from then on", async ({ store: plain }) => {
    const { store, looks } = counted(plain);
    await putWorkspace(store, { id: "T1", token: "xoxb-T1" });
    const chatOf = createChats(store, {}, connect);
    const asked = [chatOf("T1"), chatOf("T1", { isFresh: true }), chatOf("T1", { isFresh: true }), chatOf("T1")];
    const chats = await Promise.all(asked);
    expect(looks.made).toBe(3);
    // The same token is the same way to post, whichever look was faster.
    expect(new Set(chats).size).toBe(1);
  });

  test("a look that fails fails for all who waited, and for nobody after", async ({ store }) => {
    await putWorkspace(store, { id: "T1", token: "xoxb-T1" });
    let isDown = true;
    const chatOf = createChats(store, {}, async () => {
      if (isDown) throw new Error("down");
      return connect();
    });
    const asked = await Promise.allSettled([chatOf("T1"), chatOf("T1")]);
    expect(asked.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    isDown = false;
    expect(await chatOf("T1")).toBeDefined();
  });
});
