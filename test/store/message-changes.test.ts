import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { listChanges } from "../../src/store/audit.ts";
import { dropMessage, listMessages, retryMessage } from "../../src/store/messages.ts";
import { addMessages } from "../../src/store/open-messages.ts";
import { retryMessages } from "../../src/store/retry-messages.ts";
import type { Store } from "../../src/store/store.ts";
import { push } from "../rules/events.ts";
import { engines, newStorePlace, type StorePlace } from "../support/stores.ts";

const workspace = "acme";

describe.each(engines)("%s: who dropped and retried messages is written down", (engine) => {
  let place: StorePlace;
  let store: Store;
  beforeAll(async () => {
    place = await newStorePlace(engine);
    store = await place.open();
    const message = { workspace, channel: "#api", delivery: "d", rule: "r", event: push() };
    await store.db.transaction().execute((trx) => addMessages(store, trx, [message, { ...message, rule: "s" }]));
  });
  afterAll(() => place.remove());

  const changes = async () =>
    (await listChanges(store, workspace, { limit: 9 })).map(({ at: _, ...change }) => change).reverse();

  test("once for each time that something was done, and never where nothing was", async () => {
    const [second, first] = await listMessages(store, { workspace, limit: 9 });
    const id = first?.id ?? "";
    expect(await retryMessage(store, workspace, id)).toBe(false);
    expect(await dropMessage(store, workspace, "none")).toBe(false);
    expect(await retryMessages(store, workspace, { channel: "#api" })).toBe(0);
    expect(await changes()).toEqual([]);
    await dropMessage(store, workspace, id);
    expect(await dropMessage(store, workspace, id)).toBe(false);
    await retryMessage(store, workspace, id);
    for (const one of [id, second?.id ?? ""]) await dropMessage(store, workspace, one, { actor: "UADA" });
    await retryMessages(store, workspace, { channel: "#api" });
    await dropMessage(store, workspace, id);
    await retryMessages(store, workspace, { rule: "r" });
    const terminal = { actor: "terminal", channel: "#api", object: id, words: null };
    expect(await changes()).toEqual([
      { ...terminal, action: "drop" },
      { ...terminal, action: "retry" },
      { ...terminal, actor: "UADA", action: "drop" },
      { ...terminal, actor: "UADA", action: "drop", object: second?.id },
      { ...terminal, action: "retry", object: "#api", words: "2 messages" },
      { ...terminal, action: "drop" },
      { ...terminal, action: "retry", channel: null, object: "r", words: "1 message" },
    ]);
  });
});
