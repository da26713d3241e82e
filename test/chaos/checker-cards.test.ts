import { describe, expect, test } from "vitest";
import { check } from "../../chaos/checker.ts";
import type { SentDelivery } from "../../chaos/history.ts";
import { both, type Change, carded, change, edit, post, remove, sent, settings, show, stored } from "./histories.ts";

/** Each kind of wrong that a card can be, put into a history where all is well. */

test("cards as they should be are no problem, and their figures add up", () => {
  const { problems, figures } = check(carded(), settings);
  expect(problems).toEqual([]);
  expect(figures).toMatchObject({ sent: 9, accepted: 9, owed: 5, posted: 6, cards: 1, edits: 2 });
});

const secondCard: Change = ({ calls }) => void calls.push(show(4, 40_000, { ts: "5.9" }));
const unshown: Change = ({ calls }) => remove(calls, ({ at }) => at === 3_000);

describe("what is wrong with a card is found", () => {
  test.each<[name: string, kind: string, says: string, wrong: Change]>([
    ["posted again", "second card", "was posted 2 times, with 0 lost answers and 0 deleted", secondCard],
    [
      "posted three times, one on record",
      "second card",
      "3 times, with 1 lost",
      both(
        secondCard,
        ({ calls }) => void calls.push(show(4, 50_000, { ts: "5.10" })),
        ({ stored: rows }) => change(rows.messages, { id: "m11" }, { lostAnswers: 1 }),
      ),
    ],
    [
      "a lost answer of a reply is none of the card",
      "second card",
      "with 0 lost",
      both(secondCard, ({ stored: rows }) => change(rows.messages, { id: "m12" }, { lostAnswers: 1 })),
    ],
    [
      "an older state after a newer one",
      "backwards",
      "shows state 2 after 3",
      ({ calls }) => void calls.push(edit(2, 18_000)),
    ],
    [
      "an older state in the end",
      "stale",
      "shows state 2 in the end, not 4",
      ({ calls }) => change(calls, { at: 29_000 }, { shows: { card: 1, state: 2 } }),
    ],
    [
      "never edited again",
      "stale",
      "shows state 3 in the end",
      ({ calls }) => remove(calls, ({ at }) => at === 29_000),
    ],
    [
      "Slack did not take the last edit",
      "stale",
      "shows state 3 in the end",
      ({ calls }) => change(calls, { at: 29_000 }, { result: "500", edited: false }),
    ],
    [
      "the newest is stored, though its answer was lost",
      "stale",
      "not 5",
      ({ deliveries, stored: rows }) => {
        const [last] = deliveries.filter(({ number }) => number === 15);
        deliveries.push({ ...(last as SentDelivery), number: 16, attempts: [{ web: "web-1", begun: 30_000 }] });
        change(deliveries, { number: 16 }, { tells: { card: 1, kind: "merge_request", state: 5, news: false } });
        rows.deliveries.push(stored(16));
      },
    ],
    [
      "still to be edited",
      "stale",
      "is still to be edited",
      ({ stored: rows }) => change(rows.cards, { id: "k1" }, { due: true }),
    ],
    [
      "the store thinks that it shows less",
      "stale",
      "revision 2 of 3",
      ({ stored: rows }) => change(rows.cards, { id: "k1" }, { shown: 2 }),
    ],
    ["no card", "lost", "is not in the store", ({ stored: rows }) => remove(rows.cards, ({ id }) => id === "k1")],
    ["posted by nobody", "lost", "which nobody posted", unshown],
    [
      "given up at once",
      "given up",
      "its message is “dead” (http_500)",
      both(unshown, ({ stored: rows }) => {
        change(rows.cards, { id: "k1" }, { ts: undefined });
        change(rows.messages, { id: "m11" }, { state: "dead", reason: "http_500" });
      }),
    ],
    ["frozen", "given up", "is frozen", ({ stored: rows }) => change(rows.cards, { id: "k1" }, { state: "frozen" })],
    [
      "an object of nobody",
      "invented",
      "State 1 of object 7 was shown in C5, but nobody sent it",
      ({ calls }) => void calls.push(show(1, 50_000, { shows: { card: 7, state: 1 }, ts: "5.9" })),
    ],
    [
      "a state that nobody sent",
      "invented",
      "State 9 of object 1",
      ({ calls }) => change(calls, { at: 29_000 }, { shows: { card: 1, state: 9 } }),
    ],
    [
      "in a channel too many",
      "invented",
      "which no rule names",
      ({ calls }) => void calls.push(show(1, 50_000, { channel: "C6", ts: "6.1" })),
    ],
    [
      "in another workspace",
      "workspace",
      "State 3 of object 1 of team T0A was told to team T0B",
      ({ calls }) => change(calls, { at: 10_500 }, { team: "T0B" }),
    ],
    [
      "its row in another workspace",
      "workspace",
      "is in workspace other",
      ({ stored: rows }) => change(rows.cards, { id: "k1" }, { workspace: "other" }),
    ],
    [
      "edited too early after the post",
      "pace",
      "was edited 6000 ms after",
      ({ calls }) => change(calls, { at: 10_500 }, { at: 9_000, ended: 9_005 }),
    ],
    [
      "a failed edit is one as well",
      "pace",
      "was edited 6900 ms after",
      ({ calls }) => change(calls, { at: 29_000 }, { at: 28_900, ended: 28_905 }),
    ],
    [
      "edited by two at once",
      "two senders",
      "worker-2 called chat.update for C5 while a call of worker-1",
      ({ calls }) => {
        change(calls, { at: 22_000 }, { ended: 30_000 });
        change(calls, { at: 29_000 }, { caller: "worker-2" });
      },
    ],
    [
      "news in no thread",
      "thread",
      "news in no thread: those of delivery 12",
      ({ calls }) => change(calls, { at: 9_000 }, { thread: undefined }),
    ],
    [
      "news in another thread",
      "thread",
      "news in another thread",
      ({ calls }) => change(calls, { at: 9_000 }, { thread: "9.9" }),
    ],
    [
      "news that nobody told",
      "lost",
      "Delivery 12 was never posted in C5",
      ({ calls }) => remove(calls, ({ at }) => at === 9_000),
    ],
    [
      "the same event told by two hooks' deliveries",
      "double",
      "Delivery 12 was posted 2 times",
      ({ calls }) => void calls.push(post(12, 31_000, { channel: "C5", ts: "5.3", thread: "5.1" })),
    ],
    [
      "both deliveries of an event are duplicates",
      "lost",
      "only duplicates",
      ({ stored: rows }) => change(rows.deliveries, { id: "d13" }, { state: "duplicate", duplicateOf: "d14" }),
    ],
  ])("%s: %s", (_name, kind, says, wrong) => {
    const history = carded();
    wrong(history);
    expect(check(history, settings).problems).toContainEqual({ kind, says: expect.stringContaining(says) });
  });
});

describe("what only looks wrong with a card is let pass", () => {
  test.each<[name: string, harmless: Change]>([
    [
      "a second card, on record",
      both(secondCard, ({ stored: rows }) => change(rows.messages, { id: "m11" }, { lostAnswers: 1 })),
    ],
    [
      "a second card for one that a person deleted",
      both(secondCard, ({ removed, stored: rows }) => {
        removed.push({ channel: "C5", ts: "5.1", at: 35_000 });
        change(rows.cards, { id: "k1" }, { ts: "5.9" });
      }),
    ],
    [
      "deleted, and nothing new since",
      ({ removed, calls, deliveries, stored: rows }) => {
        removed.push({ channel: "C5", ts: "5.1", at: 15_000 });
        change(calls, { at: 29_000 }, { result: "message_not_found", edited: false });
        change(rows.cards, { id: "k1" }, { state: "gone" });
        change(deliveries, { number: 15 }, { tells: { card: 1, kind: "merge_request", state: 4, news: false } });
      },
    ],
    [
      "an edit whose answer was lost, made again",
      ({ calls }) => change(calls, { at: 22_000 }, { result: "lost", edited: true }),
    ],
    [
      "news beside a card that was deleted",
      ({ calls, removed, stored: rows }) => {
        change(calls, { at: 9_000 }, { thread: undefined });
        removed.push({ channel: "C5", ts: "5.1", at: 8_500 });
        change(rows.cards, { id: "k1" }, { state: "gone" });
      },
    ],
    [
      "news that the card told, because it was posted for them",
      ({ calls, stored: rows }) => {
        remove(calls, ({ at }) => at === 9_000);
        change(rows.messages, { id: "m12" }, { card: "k1" });
      },
    ],
    [
      "a card that Slack did not take",
      ({ calls, stored: rows }) => {
        for (const call of calls.filter(({ channel }) => channel === "C5"))
          Object.assign(call, {
            result: "500",
            posted: false,
            edited: false,
            method: "chat.postMessage",
            ts: undefined,
          });
        calls.push(post(12, 9_500, { channel: "C5", result: "500", posted: false }));
        change(rows.cards, { id: "k1" }, { ts: undefined });
        for (const id of ["m11", "m12"]) change(rows.messages, { id }, { state: "dead", reason: "http_500" });
      },
    ],
    [
      "an early edit after a jump of the clock",
      ({ calls, clockJumps }) => {
        change(calls, { at: 10_500 }, { at: 8_000, ended: 8_005 });
        clockJumps.push(7_000);
      },
    ],
    ["an edit beside a post", ({ calls }) => change(calls, { at: 9_000 }, { ended: 11_000 })],
    [
      "a worker that was held still said what was true before",
      ({ calls, interruptions }) => {
        calls.push(edit(2, 20_000, { caller: "worker-2" }));
        interruptions.push({ process: "worker-2", from: 12_000, until: 20_500, frozen: true });
      },
    ],
    [
      "a state that was refused",
      ({ deliveries }) =>
        void deliveries.push(
          sent(16, 30_000, {
            ...{ channels: ["C5"], attempts: [{ web: "web-1", begun: 30_000, answered: 30_010, status: 503 }] },
            tells: { card: 1, kind: "merge_request", state: 5, news: false },
          }),
        ),
    ],
    [
      "one of its hooks got no 2xx",
      ({ deliveries, stored: rows }) => {
        change(
          deliveries,
          { number: 13 },
          { attempts: [{ web: "web-1", begun: 8_100, answered: 8_110, status: 503 }] },
        );
        remove(rows.deliveries, ({ id }) => id === "d13");
        change(rows.deliveries, { id: "d14" }, { state: "event", duplicateOf: undefined });
      },
    ],
  ])("%s", (_name, harmless) => {
    const history = carded();
    harmless(history);
    expect(check(history, settings).problems).toEqual([]);
  });
});
