import { describe, expect, test } from "vitest";
import { homeOf } from "../../src/cards/home.ts";
import { opaque } from "../../src/cards/names.ts";
import type { Event, MergeRequest, Note, Push } from "../../src/events.ts";
import { bot, mergeRequest, note, push } from "../rules/events.ts";
import { at, factsIn, type Known, learn, nameOf, shown } from "./learn.ts";
import { ana, bo } from "./stories.ts";

/** What one person does within a moment is one message. */

/** The card that each event belongs to, as it is learned. */
function homesOf(events: readonly { event: Event; arrived: string }[]) {
  const known: Known = new Map();
  const homes = events.map((one) => {
    learn([one], known);
    return homeOf(one.event, (object) => factsIn(known, object), { wantsNews: false, arrived: one.arrived });
  });
  return { known, homes, episodes: homes.map((home) => home?.episode) };
}

describe("comments", () => {
  const written = (id: string, seconds: number, fields: Partial<Note> = {}) => ({
    event: note({
      ...{ note: id, reference: "!12", actor: ana, at: at(seconds), createdAt: at(seconds), text: `Comment ${id}` },
      ...fields,
    }),
    arrived: at(seconds + 1),
  });
  const talk = nameOf(written("1", 0).event);

  test("one is told as it is", () => {
    const one = written("1", 0);
    const { known, homes } = homesOf([one]);
    expect(homes[0]).toMatchObject({ object: talk, episode: "1" });
    expect(shown(known, talk, "1")).toEqual(one.event);
  });

  test("those within ten seconds of each other are one message, in the order they were written", () => {
    const all = [written("1", 0), written("2", 10), written("3", 20), written("4", 31)];
    const { known, episodes } = homesOf(all);
    expect(episodes).toEqual(["1", "1", "1", "4"]);
    expect(shown(known, talk, "1")).toMatchObject({
      ...{ action: "talk", commentCount: 3 },
      comments: ["1", "2", "3"].map((id) => ({ text: `Comment ${id}`, edited: false })),
    });
    expect(shown(known, talk, "4")).toMatchObject({ action: "create", text: "Comment 4" });
  });

  test("they may come in another order", () => {
    const { known, episodes } = homesOf([written("2", 8), written("1", 0), written("3", 16)]);
    expect(episodes).toEqual(["2", "2", "2"]);
    expect(shown(known, talk, "2")).toMatchObject({ comments: [1, 2, 3].map((id) => ({ text: `Comment ${id}` })) });
  });

  test("an edit shows in the comment's own message, however late, and the newest text counts", () => {
    const edited = { ...written("1", 0, { action: "update", at: at(900), text: "Edited" }), arrived: at(901) };
    const { known, episodes } = homesOf([written("1", 0), written("2", 5), edited]);
    expect(episodes).toEqual(["1", "1", "1"]);
    expect(shown(known, talk, "1")).toMatchObject({
      comments: [
        { text: "Edited", edited: true },
        { text: "Comment 2", edited: false },
      ],
    });
    const late = homesOf([edited, written("1", 0)]);
    expect(shown(late.known, talk, "1")).toMatchObject({ comments: [{ text: "Edited", edited: true }] });
  });

  test("others' comments, other objects and confidential ones are messages of their own", () => {
    const { homes } = homesOf([
      ...[written("1", 0), written("2", 1, { actor: bo }), written("3", 2, { reference: "!13" })],
      ...[written("4", 3, { confidential: true })],
    ]);
    expect(homes.map((home) => home?.episode)).toEqual(["1", "2", "3", "4"]);
    expect(new Set(homes.map((home) => home?.object)).size).toBe(4);
    expect(homes[0]?.under).toEqual([{ object: "!12", episode: "" }]);
  });

  test("of many the last twenty are listed, and all are counted", () => {
    const { known } = homesOf(Array.from({ length: 25 }, (_, index) => written(String(index + 10), index)));
    expect(shown(known, talk, "10")).toMatchObject({ commentCount: 25 });
    const { comments } = shown(known, talk, "10") as { comments: { text: string }[] };
    expect(comments.map(({ text }) => text)).toEqual(Array.from({ length: 20 }, (_, index) => `Comment ${index + 15}`));
  });

  test("without an id or a time each is a message of its own", () => {
    const bare = { note: undefined, createdAt: undefined };
    const { episodes } = homesOf([
      written("1", 0, bare),
      written("2", 1, bare),
      written("3", 2, { ...bare, at: undefined }),
    ]);
    expect(new Set(episodes).size).toBe(2);
    expect(homesOf([written("1", 0, { note: undefined })]).episodes[0]).toBe(opaque(`create ${at(0)}`));
  });

  test.each(["constructor", "__proto__"])("an id named %s", (word) => {
    const { known, episodes } = homesOf([written("1", 0), written(word, 60)]);
    expect(episodes).toEqual(["1", opaque(word)]);
    expect(shown(known, talk, opaque(word))).toMatchObject({ text: `Comment ${word}` });
  });

  test("one that is about no object, or that the forge itself wrote, has no card", () => {
    expect(homesOf([written("1", 0, { reference: undefined }), written("2", 0, { automatic: true })]).homes).toEqual([
      ...[undefined, undefined],
    ]);
  });
});

describe("pushes", () => {
  const pushed = (number: number, seconds: number, fields: Partial<Push> = {}) => ({
    event: push({
      ...{ actor: ana, before: `b${number}`, after: `b${number + 1}`, commitCount: 2 },
      commits: [1, 2].map((one) => ({ id: `c${number}.${one}`, title: `Commit ${number}.${one}` })),
      ...fields,
    }),
    arrived: at(seconds),
  });
  const pushes = nameOf(pushed(1, 0).event);

  test("one is told as it is, as long as its commits are few", () => {
    const one = pushed(1, 0);
    const { known, episodes } = homesOf([one]);
    expect(shown(known, pushes, episodes[0])).toEqual(one.event);
  });

  test("those within a minute of each other are one message with the commits of all", () => {
    const { known, episodes } = homesOf([pushed(1, 0), pushed(2, 60), pushed(3, 120), pushed(4, 181)]);
    expect(new Set(episodes.slice(0, 3)).size).toBe(1);
    expect(episodes[3]).not.toBe(episodes[0]);
    expect(shown(known, pushes, episodes[0])).toMatchObject({
      ...{ action: "several", pushes: 3, commitCount: 6, before: "b1", after: "b4" },
      commits: ["1.1", "1.2", "2.1", "2.2", "3.1", "3.2"].map((id) => ({ id: `c${id}` })),
    });
  });

  test("after thirty a new message begins", () => {
    const { known, episodes } = homesOf(Array.from({ length: 35 }, (_, index) => pushed(index, index)));
    expect(episodes.filter((episode) => episode === episodes[0])).toHaveLength(30);
    expect(shown(known, pushes, episodes[0])).toMatchObject({ pushes: 30, commitCount: 60 });
    expect(shown(known, pushes, episodes[34])).toMatchObject({ pushes: 5 });
  });

  test("the same push once more is the same push", () => {
    const { known, episodes } = homesOf([pushed(1, 0), pushed(2, 10), { ...pushed(2, 10), arrived: at(70) }]);
    expect(new Set(episodes).size).toBe(1);
    expect(shown(known, pushes, episodes[0])).toMatchObject({ pushes: 2 });
  });

  test("what somebody else pushed back meanwhile is pushed once more, and told so", () => {
    const { known, episodes } = homesOf([pushed(1, 0), pushed(1, 300)]);
    expect(new Set(episodes).size).toBe(2);
    expect(shown(known, pushes, episodes[1])).toMatchObject({ commitCount: 2 });
  });

  test("without ids each is a push of its own", () => {
    const bare = { before: undefined, after: undefined };
    const { known, episodes } = homesOf([pushed(1, 0, bare), pushed(2, 9, bare), pushed(3, 200, bare)]);
    expect(shown(known, pushes, episodes[0])).toMatchObject({ pushes: 2 });
    expect(episodes[2]).not.toBe(episodes[0]);
  });

  test("a branch that goes there, back and there again was pushed three times", () => {
    const back = { event: { ...pushed(1, 0).event, before: "b2", after: "b1" }, arrived: at(10) };
    const { known, episodes } = homesOf([pushed(1, 0), back, pushed(1, 20)]);
    expect(shown(known, pushes, episodes[0])).toMatchObject({ pushes: 3 });
  });

  test("other people's and other branches' pushes are messages of their own; so are new and removed branches", () => {
    const { homes } = homesOf([
      ...[pushed(1, 0), pushed(2, 1, { actor: bo }), pushed(3, 2, { branch: "dev" })],
      ...[pushed(4, 3, { action: "create" }), pushed(5, 4, { action: "delete" })],
    ]);
    expect(new Set(homes.slice(0, 3).map((home) => home?.object)).size).toBe(3);
    expect(homes.slice(3)).toEqual([undefined, undefined]);
  });
});

describe("merge requests of bots", () => {
  const opened = (number: number, seconds: number, fields: Partial<MergeRequest> = {}) => ({
    event: mergeRequest({
      ...{ number: String(number), action: "open", state: "opened", at: at(seconds), actor: bot, author: bot },
      ...fields,
    }),
    arrived: at(seconds),
  });

  test("the first has a card of its own, the others within ten minutes are a list", () => {
    const { homes, known } = homesOf([opened(1, 0), opened(2, 60), opened(3, 600), opened(4, 1300)]);
    expect(homes.map((home) => [home?.object, home?.episode, home?.isList])).toEqual([
      ["!1", "", false],
      ["updates", "1", true],
      ["updates", "1", true],
      ["!4", "", false],
    ]);
    expect(shown(known, "updates", "1")).toMatchObject({ count: 3, mergeRequests: [{ number: "1" }, {}, {}] });
  });

  test("what becomes of one changes the list, whoever does it", () => {
    const merged = opened(2, 99, { action: "merge", state: "merged", actor: ana, author: undefined });
    const { known, homes } = homesOf([opened(1, 0), opened(2, 60), merged]);
    expect(homes[2]).toMatchObject({ object: "updates", episode: "1" });
    expect(shown(known, "updates", "1")).toMatchObject({ merged: 1, closed: 0, count: 2 });
  });

  test.each(["constructor", "__proto__"])("people's are never a list, also where a number is %s", (word) => {
    const { homes } = homesOf([opened(1, 0), opened(2, 1), opened(3, 5, { number: word, actor: ana, author: ana })]);
    expect(homes[2]).toMatchObject({ object: `!${opaque(word)}`, episode: "", isList: false });
  });
});
