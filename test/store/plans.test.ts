import { afterEach, beforeEach, expect, test } from "vitest";
import { addDeliveries } from "../../src/store/add-deliveries.ts";
import { restLane } from "../../src/store/lanes.ts";
import { addMessage, nextMessage } from "../../src/store/open-messages.ts";
import { hooksWithPending, pendingDeliveries } from "../../src/store/pending-deliveries.ts";
import { openStore, type Store } from "../../src/store/store.ts";
import { push } from "../rules/events.ts";
import { temporaryFolder } from "../support/belfry.ts";
import { watchQueries } from "../support/plans.ts";

/**
 * The queues stay fast however long the history is, because their queries go through partial indexes. SQLite takes one
 * only where the query says its condition in so many words (https://sqlite.org/partialindex.html): with a bound value
 * in its place these plans change.
 */

let store: Store;
let remove: () => void;
beforeEach(async () => {
  const made = temporaryFolder();
  remove = made.remove;
  store = await openStore({ data: made.folder });
});
afterEach(async () => {
  await store.close();
  remove();
});

const workspace = "acme";
const delivery = {
  workspace,
  hook: "h",
  forge: "gitlab",
  brand: undefined,
  key: "k",
  headers: {},
  body: Buffer.from("{}"),
};
const message = { workspace, channel: "#api", delivery: "d", rule: "r", event: push() };

test.each<[name: string, act: (store: Store) => Promise<unknown>, plan: string[]]>([
  [
    "the next message of a lane",
    (watched) => nextMessage(watched, workspace, "#api"),
    ["SEARCH messages USING INDEX messages_open (workspace_id=? AND channel=?)"],
  ],
  [
    "the look for messages before a lane rests",
    (watched) => restLane(watched, { workspace, channel: "#api", failures: 0 }),
    [
      "SEARCH lanes USING INDEX sqlite_autoindex_lanes_1 (workspace_id=? AND channel=?)",
      "SCALAR SUBQUERY 1",
      "SEARCH messages USING INDEX messages_open (workspace_id=? AND channel=?)",
    ],
  ],
  [
    "the hooks with something to read",
    (watched) => hooksWithPending(watched),
    ["SCAN deliveries USING COVERING INDEX deliveries_pending", "USE TEMP B-TREE FOR ORDER BY"],
  ],
  [
    "a hook's unread deliveries: their sizes, then themselves",
    (watched) => pendingDeliveries(watched, { workspace, hook: "h", most: 9, bytes: 9 }),
    [
      "SEARCH deliveries USING INDEX deliveries_pending (workspace_id=? AND hook_id=?)",
      "SEARCH deliveries USING INDEX deliveries_pending (workspace_id=? AND hook_id=? AND seq<?)",
    ],
  ],
  [
    "the first delivery of a duplicate",
    (watched) => addDeliveries(watched, [delivery]),
    ["SEARCH deliveries USING INDEX deliveries_key (workspace_id=? AND hook_id=? AND key=?)"],
  ],
])("%s: through its partial index, and no other step", async (_, act, steps) => {
  await addDeliveries(store, [delivery]);
  await store.db.transaction().execute((trx) => addMessage(store, trx, message));
  const { watched, plan } = watchQueries(store);
  await act(watched);
  expect(await plan()).toEqual(steps);
});
