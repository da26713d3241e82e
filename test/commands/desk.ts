import { test } from "vitest";
import type { Asker, Desk } from "../../src/commands/command.ts";
import { forges } from "../../src/forges/index.ts";
import type { Channel, Person } from "../../src/slack/look.ts";
import { addDeliveries } from "../../src/store/add-deliveries.ts";
import { insertRule, newRow } from "../../src/store/change-rules.ts";
import { addHook } from "../../src/store/hooks.ts";
import { openStore, type Store } from "../../src/store/store.ts";
import { inTransaction } from "../../src/store/transaction.ts";
import { temporaryFolder } from "../support/belfry.ts";

/** The time of all tests of commands. */
export const now = new Date("2026-11-21T22:25:30.000Z");

const person = (id: string, change: Partial<Person> = {}): Person => ({
  ...{ id, name: id.slice(1).toLowerCase(), isAdmin: false, isGuest: false, isStranger: false, isGone: false },
  ...change,
});

const channel = (id: string, name: string, change: Partial<Channel> = {}): Channel => ({
  ...{ id, name, isPrivate: false, isShared: false, isArchived: false, isDirect: false, isMember: true },
  ...change,
});

/** Who is in every workspace of the tests. */
export const people: Record<string, Person> = {
  UADA: person("UADA"),
  UBOSS: person("UBOSS", { isAdmin: true }),
  UGUEST: person("UGUEST", { isGuest: true }),
  USTRANGER: person("USTRANGER", { isStranger: true }),
  UGONE: person("UGONE", { isGone: true }),
};

/** Which channels it has. CHIDDEN is private and our bot is not in it, so Slack does not know it. */
export const channels: Record<string, Channel> = {
  C1: channel("C1", "api"),
  C2: channel("C2", "web"),
  CPRIVATE: channel("CPRIVATE", "private", { isPrivate: true }),
  CSHARED: channel("CSHARED", "shared", { isPrivate: true, isShared: true }),
  CARCHIVED: channel("CARCHIVED", "archived", { isArchived: true }),
};

/** Ada in #api of a workspace; nothing is confirmed. */
export const asker = (workspace: string, change: Partial<Asker> = {}): Asker => ({
  ...{ workspace, channel: "C1", channelName: "api", user: "UADA", confirmed: false },
  ...change,
});

/** What a test works with: a desk on a real store, what it logged, and ways to prepare the store. */
export async function openDesk() {
  const { folder, remove } = temporaryFolder();
  const opened = await openStore({ data: folder });
  const store: Store = { ...opened, now: () => now };
  const logged: unknown[] = [];
  const asked: string[] = [];
  const log = (...words: unknown[]) => void logged.push(words);
  const desk: Desk = {
    store,
    forges,
    templates: new Map(),
    hookUrl: (id) => `https://belfry.acme.io/hooks/${id}`,
    look: {
      person: async (_workspace, user) => people[user],
      channel: async (_workspace, id) => {
        asked.push(id);
        return channels[id];
      },
    },
    post: async () => {},
    log: { debug: log, info: log, warn: log, error: log },
  };
  return {
    desk,
    store,
    logged,
    /** the channels that Slack was asked about */
    asked,
    close: async () => {
      await opened.close();
      remove();
    },
  };
}

interface PutRule {
  id: string;
  words: string;
  channel?: string;
  origin?: "file" | "command";
  paused?: string;
  isPrivate?: boolean;
  at?: Date;
}

/** Puts a rule with an id of the test's choice into the store. */
export async function putRule(store: Store, workspace: string, rule: PutRule): Promise<void> {
  const { id, words, channel: place = "C1", origin = "command", paused = null, isPrivate, at = now } = rule;
  const row = { ...newRow(workspace, origin, { channel: place, words, isPrivate }, at, "UADA"), id, paused };
  await inTransaction(store, (trx) => insertRule(trx, row));
}

let workspaces = 0;

/** `test` at a desk that all tests of a file share, each in a workspace of its own, with `rule` to put one into it. */
export const testAtDesk = test
  // Cleaning up is the second argument, and an empty pattern as the first one is not allowed here.
  .extend("opened", { scope: "file" }, () => openDesk())
  .extend("open", { scope: "file" }, ({ opened }, { onCleanup }) => {
    onCleanup(opened.close);
    return opened;
  })
  .extend("workspace", () => {
    workspaces += 1;
    return `w${workspaces}`;
  })
  .extend(
    "rule",
    ({ open, workspace }) =>
      (id: string, words: string, more: Partial<PutRule> = {}) =>
        putRule(open.store, workspace, { id, words, ...more }),
  );

/** Gives a workspace a hook. */
export const putHook = (store: Store, workspace: string, name = "gitlab") =>
  addHook(store, {
    ...{ workspace, name, forge: "gitlab", brand: undefined, scheme: "token", secrets: ["s3cret"], origin: "command" },
  });

/** A delivery of a project that was read some minutes ago. */
export async function putDelivery(store: Store, workspace: string, project: string, minutesAgo: number): Promise<void> {
  const at = new Date(now.getTime() - minutesAgo * 60_000).toISOString();
  const delivery = { workspace, hook: "h1", forge: "gitlab", brand: undefined, headers: {}, body: Buffer.from("{}") };
  const [stored] = await addDeliveries(store, [{ ...delivery, key: `${project} ${at}` }]);
  await store.db
    .updateTable("deliveries")
    .set({ state: "event", kind: "push", action: "update", project, received_at: at, finished_at: at })
    .where("workspace_id", "=", workspace)
    .where("id", "=", stored?.id ?? "")
    .execute();
}
