import { expect } from "vitest";
import { addDeliveries } from "../../src/store/add-deliveries.ts";
import { listChanges } from "../../src/store/audit.ts";
import { findCards } from "../../src/store/cards.ts";
import { addRule } from "../../src/store/change-rules.ts";
import { listDeliveries } from "../../src/store/deliveries.ts";
import { mendTimes, untilNextLane } from "../../src/store/lanes.ts";
import { markCards } from "../../src/store/mark-cards.ts";
import { listMutes } from "../../src/store/mutes.ts";
import { addMessages } from "../../src/store/open-messages.ts";
import { findUntold } from "../../src/store/pause-rules.ts";
import { hooksWithPending, pendingDeliveries } from "../../src/store/pending-deliveries.ts";
import { hookActivity, lastSeen } from "../../src/store/seen.ts";
import type { Store } from "../../src/store/store.ts";
import { takeCards, untilNextCard } from "../../src/store/take-cards.ts";
import { takeMessages } from "../../src/store/take-message.ts";
import { push } from "../rules/events.ts";
import { watchQueries } from "../support/plans.ts";
import { testOn } from "../support/stores.ts";
import { cardBench, project } from "./card-bench.ts";

/**
 * The queues stay fast however long the history is, because their queries go through partial indexes. SQLite takes one
 * only where the query says its condition in so many words (https://sqlite.org/partialindex.html): with a bound value
 * in its place these plans change.
 */

const test = testOn("sqlite");

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
const unpaced = { channel: undefined, posts: undefined };
const message = { workspace, channel: "#api", delivery: "d", rule: "r", event: push() };

test.for<[name: string, act: (store: Store) => Promise<unknown>, plan: string[]]>([
  [
    "when the next lane wants to send",
    (watched) => untilNextLane(watched, "post", new Date()),
    [
      "SEARCH lanes USING INDEX lanes_ready (ready_at>?)",
      "SEARCH paces",
      "SEARCH lanes EXISTS USING INDEX sqlite_autoindex_lanes_1 (workspace_id=?)",
    ],
  ],
  [
    "the hooks with something to read: from hook to hook",
    (watched) => hooksWithPending(watched),
    [
      "CO-ROUTINE heads",
      "SETUP",
      "CO-ROUTINE first",
      "SCAN deliveries USING COVERING INDEX deliveries_pending",
      "SCAN first",
      "RECURSIVE STEP",
      "SCAN heads",
      "SEARCH next USING INTEGER PRIMARY KEY (rowid=?)",
      "CORRELATED SCALAR SUBQUERY 3",
      "SEARCH deliveries USING COVERING INDEX deliveries_pending (workspace_id=? AND hook_id>?)",
      "CORRELATED SCALAR SUBQUERY 4",
      "SEARCH deliveries USING COVERING INDEX deliveries_pending (workspace_id>?)",
      "SCAN heads",
      "CORRELATED SCALAR SUBQUERY 6",
      "SEARCH hook_leases USING INDEX sqlite_autoindex_hook_leases_1 (workspace_id=? AND hook_id=?)",
      "USE TEMP B-TREE FOR ORDER BY",
    ],
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
    [
      "SEARCH deliveries USING INDEX sqlite_autoindex_deliveries_1 (workspace_id=? AND id=?)",
      "SEARCH deliveries USING INDEX deliveries_key (workspace_id=? AND hook_id=? AND key=?)",
    ],
  ],
  [
    "the newest delivery of a rule's projects: from project to project",
    (watched) => lastSeen(watched, workspace, { projects: [{ pattern: "acme/**", not: false }] }),
    [
      "CO-ROUTINE names",
      "SETUP",
      "CO-ROUTINE first",
      "SEARCH deliveries USING INDEX deliveries_project (workspace_id=? AND <expr>>? AND <expr><?)",
      "SCAN first",
      "RECURSIVE STEP",
      "SCAN names",
      "CORRELATED SCALAR SUBQUERY 3",
      "SEARCH deliveries USING INDEX deliveries_project (workspace_id=? AND <expr>>? AND <expr><?)",
      "SCAN names",
      "CORRELATED SCALAR SUBQUERY 5",
      "SEARCH deliveries USING INDEX deliveries_project (workspace_id=? AND <expr>=?)",
    ],
  ],
  [
    "a project's newest deliveries",
    (watched) => listDeliveries(watched, { workspace, project: "acme/api", limit: 9 }),
    ["SEARCH deliveries USING INDEX deliveries_project (workspace_id=? AND <expr>=?)"],
  ],
  [
    "the last delivery of each hook",
    (watched) => hookActivity(watched, workspace),
    [
      "SEARCH hooks USING COVERING INDEX sqlite_autoindex_hooks_2 (workspace_id=?)",
      "SEARCH last USING INTEGER PRIMARY KEY (rowid=?)",
      "CORRELATED SCALAR SUBQUERY 1",
      "SEARCH deliveries USING COVERING INDEX deliveries_hook (workspace_id=? AND hook_id=?)",
    ],
  ],
  [
    "the mutes of channels",
    (watched) => listMutes(watched, workspace, ["C1", "#api"]),
    [
      // All of a workspace's, which are few: they go when they end.
      "SEARCH mutes USING INDEX mutes_channel (workspace_id=?)",
      "USE TEMP B-TREE FOR ORDER BY",
    ],
  ],
  [
    "the changes of one rule",
    (watched) => listChanges(watched, workspace, { object: "r", limit: 9 }),
    ["SEARCH audit USING INDEX audit_object (workspace_id=? AND object=?)"],
  ],
  [
    "rules that were paused and nobody knows",
    (watched) => findUntold(watched),
    ["SCAN rules USING INDEX rules_untold"],
  ],
])("%s: through its index, and no other step", async ([, act, steps], { store }) => {
  await addDeliveries(store, [delivery]);
  await store.db.transaction().execute((trx) => addMessages(store, trx, [message]));
  const { watched, plan } = watchQueries(store);
  await act(watched);
  expect(await plan()).toEqual(steps);
});

test("lanes are taken with the next message of each, and no table is gone through", async ({ store }) => {
  const { id } = await addRule(store, workspace, "command", { channel: "#api", words: "** push" });
  await store.db.transaction().execute((trx) => addMessages(store, trx, [{ ...message, rule: id }]));
  const { watched, plan } = watchQueries(store);
  const options = { worker: "w", pace: unpaced, collectBefore: undefined };
  const { taken } = await takeMessages(watched, { most: 9, without: [] }, options);
  expect(taken).toHaveLength(1);
  const steps = await plan();
  expect(steps).toContain("SEARCH lanes USING INDEX lanes_ready (ready_at>? AND ready_at<?)");
  expect(steps).toContain("SEARCH messages USING INDEX messages_open (workspace_id=? AND channel=?)");
  expect(steps.filter((step) => /^SCAN (lanes?|messages|paces|rules)\b/.test(step))).toEqual([]);
});

test("cards are taken, looked for, marked and mended, and no table is gone through", async ({ store }) => {
  const bench = cardBench(store);
  await bench.posted();
  await bench.learn("acme", "Second");
  bench.pass(10_000);
  const { watched, plan } = watchQueries(bench.store);
  const { taken } = await takeCards(watched, { most: 9, without: [] }, { worker: "w", pace: undefined });
  expect(taken).toHaveLength(1);
  await untilNextCard(watched, bench.store.now());
  await mendTimes(watched);
  await watched.db.transaction().execute(async (trx) => {
    await findCards({ ...watched, db: trx }, "acme", [{ project, object: "!1", channel: "#api" }]);
    await markCards(watched, trx, "acme", [{ project, object: "!1", episodes: [""] }]);
  });
  const steps = await plan();
  expect(steps).toContain("SEARCH card USING INDEX cards_edit (edit_at>? AND edit_at<?)");
  expect(
    steps.filter((step) => /^SCAN (cards?|objects|messages|rules)\b(?! USING INDEX cards_edit)/.test(step)),
  ).toEqual([]);
});

test("a bound limit is not seen by SQLite, which would plan the statement anew at each call", ({ store }) => {
  const query = store.db.selectFrom("lanes").select("channel").limit(1).compile();
  expect(query.sql).toBe('select "channel" from "lanes" limit ? + 0');
});
