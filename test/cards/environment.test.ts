import { describe, expect, test } from "vitest";
import { touchedDeployments } from "../../src/cards/environment.ts";
import { opaque } from "../../src/cards/names.ts";
import type { Deployment, Event, Release } from "../../src/events.ts";
import { deployment } from "../rules/events.ts";
import { at, factsIn, learn, nameOf, shown } from "./learn.ts";
import { ana, bo, chen } from "./stories.ts";

/** What the cards of deployments and releases say. */

const commit = (id: string) => ({ id, title: `Commit ${id}` });
const deploy = (number: number, status: string, seconds: number, fields: Partial<Deployment> = {}): Deployment =>
  deployment({
    ...{ number: String(number), action: status, status, at: at(seconds), actor: ana, commit: commit(`c${number}`) },
    ...fields,
  });
const prod = nameOf(deployment({ environment: "prod" }));
const card = (number: number, ...events: Event[]) => shown(learn(events), prod, String(number));

describe("a deployment", () => {
  test("who approved it, each once, while the one who deploys is its actor", () => {
    const approved = (seconds: number, approver: typeof bo) => deploy(9, "approved", seconds, { approver });
    const events = [deploy(9, "blocked", 0), approved(5, chen), approved(6, bo), approved(7, bo)];
    expect(card(9, ...events)).toMatchObject({ status: "approved", approvals: [bo, chen], actor: ana });
  });

  test("who rejected it", () => {
    const rejected = deploy(9, "rejected", 5, { approver: bo });
    expect(card(9, deploy(9, "blocked", 0), rejected)).toMatchObject({
      status: "rejected",
      rejectedBy: bo,
      approvals: [],
    });
  });

  test("approvals are those of its own number: 1 is not 11", () => {
    const events = [deploy(11, "approved", 5, { approver: bo }), deploy(1, "running", 6)];
    expect(card(1, ...events)).toMatchObject({ approvals: [] });
  });

  test("its duration counts from its start to its end, and is absent while it runs", () => {
    expect(card(9, deploy(9, "running", 10), deploy(9, "success", 95))).toMatchObject({ duration: 85 });
    expect(card(9, deploy(9, "running", 10))).toMatchObject({ duration: undefined });
    expect(card(9, deploy(9, "success", 95))).toMatchObject({ duration: undefined });
  });

  test("it replaces what was there, failed ones not counted", () => {
    const events = [deploy(7, "success", 0), deploy(8, "failed", 5), deploy(9, "success", 9)];
    expect(card(9, ...events)).toMatchObject({ replaces: { id: "c7" }, rollback: false });
    expect(card(7, ...events)).toMatchObject({ replaces: undefined, rollback: false });
  });

  test("the same commit once more replaces nothing and is no rollback", () => {
    const again = deploy(9, "success", 9, { commit: commit("c8") });
    expect(card(9, deploy(8, "success", 5), again)).toMatchObject({ replaces: undefined, rollback: false });
  });

  test("a commit that was there before the one before is a rollback", () => {
    const back = deploy(9, "success", 9, { commit: commit("c7") });
    expect(card(9, deploy(7, "success", 0), deploy(8, "success", 5), back)).toMatchObject({
      ...{ replaces: { id: "c8" }, rollback: true },
    });
  });

  test("an earlier one that is heard of late changes all after it", () => {
    const [seventh, eighth, ninth] = [deploy(7, "success", 0), deploy(8, "failed", 5), deploy(9, "success", 9)];
    const known = learn([ninth, eighth, seventh]);
    expect(touchedDeployments(factsIn(known, prod), "7")).toEqual(["7", "8", "9"]);
    expect(shown(known, prod, "9")).toMatchObject({ replaces: { id: "c7" } });
  });

  test("without a number the commit tells it from others", () => {
    const known = learn([deploy(9, "success", 5, { number: undefined })]);
    expect(shown(known, prod, opaque("c9"))).toMatchObject({ status: "success" });
  });

  test.each(["constructor", "__proto__"])("an environment, number and status named %s", (word) => {
    const known = learn([deploy(9, word, 5, { number: word, environment: word, approver: { ...bo, username: word } })]);
    expect(shown(known, nameOf(deployment({ environment: word })), opaque(word))).toMatchObject({ status: word });
    expect(shown(learn([deploy(9, "success", 5)]), prod, word)).toBeUndefined();
  });
});

describe("a release", () => {
  const release = (action: string, fields: Partial<Release> = {}): Release => ({
    ...{ kind: "release", action, project: deployment().project, key: "release v1", confidential: false },
    ...{ at: at(0), tag: "v1", name: "One", assetCount: 0 },
    ...fields,
  });
  const cardOf = (...events: Event[]) => shown(learn(events), nameOf(release("create")));

  test("published, changed, removed: its time is that of its making, so what was done counts", () => {
    expect(cardOf(release("create"))).toMatchObject({ state: "published", changed: false });
    const changed = release("update", { name: "Two" });
    expect(cardOf(release("create"), changed)).toMatchObject({ state: "published", changed: true, name: "Two" });
    expect(cardOf(changed, release("create"))).toMatchObject({ changed: true, name: "Two" });
    expect(cardOf(release("create"), release("delete"), changed)).toMatchObject({ state: "deleted", changed: false });
  });

  test("two changes of one release: the later one", () => {
    expect(cardOf(release("update", { name: "Two" }), release("update", { name: "Three" }))).toMatchObject({
      name: "Three",
    });
  });

  test("one made anew after it was removed is another one", () => {
    expect(cardOf(release("create"), release("delete"), release("create", { at: at(9) }))).toMatchObject({
      state: "published",
    });
  });
});
