import { sql } from "kysely";
import { deliveryRow } from "../src/store/add-deliveries.ts";
import { addHook } from "../src/store/hooks.ts";
import { openStore } from "../src/store/store.ts";
import { ensureWorkspace, previewWorkspace } from "../src/store/workspaces.ts";
import { gitlabHook } from "../test/support/hook.ts";
import type { Run } from "./run.ts";
import type { Place, StoreName } from "./workplace.ts";

const seeds = 1_000;
/** Statements of one doubling. */
const parts = 8;
const doublings = { usual: 10, quick: 3 };
const body = Buffer.from(JSON.stringify({ object_kind: "push", text: "and so on ".repeat(100) }));
/** Milliseconds over which they are spread: younger than what the retention removes. */
const age = 5 * 86_400_000;

/** A store with a million deliveries. */
export interface FullStore {
  place: Place;
  deliveries: number;
}

const made = new Map<StoreName, Promise<FullStore>>();

/** Made once in a run, because it takes a while; it goes with the workplace. */
export function fullStore(run: Run, name: StoreName): Promise<FullStore> {
  const known = made.get(name) ?? fill(run, name);
  made.set(name, known);
  return known;
}

/**
 * A million deliveries of a kilobyte that were read: a thousand are written, then doubled in the database, which takes a
 * fraction of the time. Copies have bodies that would not open, which nothing here asks for.
 */
async function fill(run: Run, name: StoreName): Promise<FullStore> {
  const place = await run.workplace.newPlace(name);
  run.say(`${name}: a million deliveries are written`);
  const store = await openStore(place.options);
  await ensureWorkspace(store, previewWorkspace);
  const { id: hook } = await addHook(store, gitlabHook(previewWorkspace.id, "full", "a secret of nobody"));
  const rows = Array.from({ length: seeds }, (_, at) => ({
    ...deliveryRow(store, {
      ...{ workspace: previewWorkspace.id, hook, forge: "gitlab", brand: undefined, body },
      ...{ key: `idempotency-key:full-${at}`, headers: { "x-gitlab-event": "Push Hook" } },
    }),
    ...{ state: "event" as const, kind: "push", action: "push", project: `group/project-${at}` },
    received_at: new Date(Date.now() - age + (at * age) / seeds).toISOString(),
  }));
  for (const row of rows) Object.assign(row, { finished_at: row.received_at });
  for (let at = 0; at < rows.length; at += 100)
    await store.db
      .insertInto("deliveries")
      .values(rows.slice(at, at + 100))
      .execute();
  const columns = Object.keys(rows[0] ?? {}).filter((column) => column !== "id" && column !== "key");
  // Without it SQLite reads and writes the same pages of its indexes again and again.
  if (name === "sqlite") await sql`pragma cache_size = -500000`.execute(store.db);
  for (let turn = 0; turn < (run.quick ? doublings.quick : doublings.usual); turn++) {
    const more = sql.lit(String.fromCharCode(97 + turn));
    const others = sql.join(columns.map((column) => sql.ref(column)));
    const { last } = await store.db
      .selectFrom("deliveries")
      .select((select) => select.fn.max("seq").as("last"))
      .executeTakeFirstOrThrow();
    // In parts, each within the time that a statement of ours may take.
    for (let part = 0; part < parts; part++)
      await sql`insert into deliveries (id, key, ${others})
        select id || ${more}, key || ${more}, ${others} from deliveries
        where seq <= ${last} and seq % ${sql.lit(parts)} = ${sql.lit(part)}`.execute(store.db);
  }
  // As they would be after a while: PostgreSQL does this by itself, at a time of its own.
  await sql`analyze`.execute(store.db);
  const { many } = await store.db
    .selectFrom("deliveries")
    .select((select) => select.fn.countAll().as("many"))
    .executeTakeFirstOrThrow();
  await store.close();
  return { place, deliveries: Number(many) };
}
