import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { sql } from "kysely";
import type { StoreOptions } from "../src/store/store.ts";
import { gitlabHook } from "../test/support/hook.ts";
import { numberOfKey } from "./delivery.ts";
import type { History } from "./history.ts";
import { cardOf } from "./object-delivery.ts";
import type { Place } from "./topology.ts";

/** What is still to be done; undefined where the store cannot be asked at the moment. */
export interface Left {
  deliveries: number;
  messages: number;
  /** cards that show less than is known */
  cards: number;
  /** deliveries that the store has, repeats not counted */
  stored: number;
}

export interface BenchStore {
  /** writes workspaces, hooks and rules; @returns the ids of the hooks of each place, in its order */
  fill(places: readonly Place[]): Promise<string[][]>;
  left(): Promise<Left | undefined>;
  read(): Promise<History["stored"]>;
  /** lets nobody else write while `work` runs; on SQLite */
  alone(work: () => Promise<void>): Promise<void>;
  close(): Promise<void>;
}

/** The store's functions, of the copy of the project that runs. */
async function load(folder: string) {
  const from = (file: string) => pathToFileURL(join(folder, "src/store", file)).href;
  const [store, hooks, rules, workspaces] = await Promise.all([
    import(from("store.ts")) as Promise<typeof import("../src/store/store.ts")>,
    import(from("hooks.ts")) as Promise<typeof import("../src/store/hooks.ts")>,
    import(from("change-rules.ts")) as Promise<typeof import("../src/store/change-rules.ts")>,
    import(from("workspaces.ts")) as Promise<typeof import("../src/store/workspaces.ts")>,
  ]);
  return { ...store, ...hooks, ...rules, ...workspaces };
}

const open = ["pending", "retry", "uncertain"];

/** Opens the store beside the running Belfry, to fill it before and to read it after. */
export async function openBenchStore(folder: string, options: StoreOptions): Promise<BenchStore> {
  const parts = await load(folder);
  const store = await parts.openStore(options);
  const { db } = store;

  async function fillPlace({ workspace, token, hooks, projects }: Place): Promise<string[]> {
    // The token of this one is in the environment of the processes.
    if (workspace === parts.slackWorkspace.id) await parts.ensureWorkspace(store, parts.slackWorkspace);
    else await parts.putWorkspace(store, { id: workspace, token });
    const ids: string[] = [];
    for (const { name, secret } of hooks) {
      const { id } = await parts.addHook(store, gitlabHook(workspace, name, secret));
      ids.push(id);
    }
    for (const { path, channels } of projects)
      for (const channel of channels)
        await parts.addRule(store, workspace, "command", { channel, words: `${path} push merge_request pipeline` });
    return ids;
  }

  const count = async (table: "deliveries" | "messages", states: readonly string[], is: "in" | "not in" = "in") => {
    const { many } = await db
      .selectFrom(table)
      .select((select) => select.fn.countAll().as("many"))
      .where(sql.ref("state"), is, [...states])
      .executeTakeFirstOrThrow();
    return Number(many);
  };

  const countDue = async () => {
    const { many } = await db
      .selectFrom("cards")
      .select((select) => select.fn.countAll().as("many"))
      .where("edit_at", "is not", null)
      .where("ts", "is not", null)
      .executeTakeFirstOrThrow();
    return Number(many);
  };

  async function readCards(): Promise<Pick<History["stored"], "cards" | "objects">> {
    const cards = await db
      .selectFrom("cards")
      .select(["id", "workspace_id", "channel", "object", "state", "ts", "shown", "edit_at", "message_id"])
      .execute();
    const objects = await db.selectFrom("objects").select(["workspace_id", "object", "revision"]).execute();
    return {
      cards: cards.flatMap(({ id, object, workspace_id, channel, state, ts, shown, edit_at, message_id }) => {
        const card = cardOf(object);
        if (card === undefined) return [];
        const due = ts !== null && edit_at !== null;
        return {
          id,
          card,
          workspace: workspace_id,
          channel,
          state,
          ts: ts ?? undefined,
          shown,
          due,
          message: message_id,
        };
      }),
      objects: objects.flatMap(({ object, workspace_id, revision }) => {
        const card = cardOf(object);
        return card === undefined ? [] : { card, workspace: workspace_id, revision };
      }),
    };
  }

  return {
    async fill(places) {
      const ids: string[][] = [];
      for (const place of places) ids.push(await fillPlace(place));
      return ids;
    },
    async left() {
      try {
        return {
          deliveries: await count("deliveries", ["pending"]),
          messages: await count("messages", open),
          cards: await countDue(),
          stored: await count("deliveries", ["duplicate"], "not in"),
        };
      } catch {
        // The database is stopped or the disk is full: that is one of the faults.
        return undefined;
      }
    },
    async read() {
      const deliveries = await db
        .selectFrom("deliveries")
        .select(["id", "key", "workspace_id", "state", "reason", "duplicate_of"])
        .execute();
      const messages = await db
        .selectFrom("messages")
        .select(["id", "delivery_id", "workspace_id", "channel", "state", "reason", "attempts", "lost_answers"])
        .select("card_id")
        .execute();
      return {
        deliveries: deliveries.map((row) => ({
          id: row.id,
          number: numberOfKey(row.key),
          workspace: row.workspace_id,
          state: row.state,
          reason: row.reason ?? undefined,
          duplicateOf: row.duplicate_of ?? undefined,
        })),
        messages: messages.map((row) => ({
          id: row.id,
          delivery: row.delivery_id,
          workspace: row.workspace_id,
          channel: row.channel,
          state: row.state,
          reason: row.reason ?? undefined,
          attempts: Number(row.attempts),
          lostAnswers: Number(row.lost_answers),
          card: row.card_id ?? undefined,
        })),
        ...(await readCards()),
      };
    },
    alone: (work) => db.transaction().execute(work),
    close: () => store.close(),
  };
}
