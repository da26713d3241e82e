import { type Kysely, sql } from "kysely";
import { columnsOf } from "../engine/columns.ts";

/**
 * Several processes on one store: who is at work, who holds which lane and hook, and the pace that all keep together.
 * Only adds, so that nothing of what is there changes its meaning.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  const { text, binary } = columnsOf(db);
  const table = (name: string) => db.schema.createTable(name);
  const add = (name: string, ...columns: [string, typeof text | "integer", string?][]) =>
    columns.reduce(
      (before, [column, type, value]) =>
        before.then(() =>
          db.schema
            .alterTable(name)
            .addColumn(column, type, (made) => (value === undefined ? made : made.notNull().defaultTo(sql.raw(value))))
            .execute(),
        ),
      Promise.resolve(),
    );

  await table("belfry_schema")
    .addColumn("version", "integer", (column) => column.notNull())
    .addColumn("readable_from", "integer", (column) => column.notNull())
    .execute();
  await sql`insert into belfry_schema (version, readable_from) values (2, 2)`.execute(db);

  await table("workers")
    .addColumn("id", text, (column) => column.primaryKey())
    .addColumn("started_at", text, (column) => column.notNull())
    .addColumn("seen_at", text, (column) => column.notNull())
    .execute();

  await table("hook_leases")
    .addColumn("workspace_id", text, (column) => column.notNull())
    .addColumn("hook_id", text, (column) => column.notNull())
    .addColumn("owner", text)
    .addColumn("fence", "integer", (column) => column.notNull())
    .addPrimaryKeyConstraint("hook_leases_pk", ["workspace_id", "hook_id"])
    .execute();

  await table("paces")
    .addColumn("workspace_id", text, (column) => column.notNull())
    .addColumn("method", text, (column) => column.notNull())
    .addColumn("full_at", text, (column) => column.notNull())
    .addColumn("next_at", text, (column) => column.notNull())
    .addColumn("paced_at", text, (column) => column.notNull())
    .addColumn("refusals", "integer", (column) => column.notNull())
    .addColumn("sent_at", text)
    .addPrimaryKeyConstraint("paces_pk", ["workspace_id", "method"])
    .execute();

  await add("lanes", ["owner", text], ["fence", "integer", "0"], ["full_at", text], ["paced_at", text]);
  await add("lanes", ["channel_id", text]);
  await add(
    "messages",
    ["failures", "integer", "0"],
    ["failed_at", text],
    ["queued_at", text],
    ["collected", "integer"],
  );
  await add("deliveries", ["event_key", text]);
  await db.schema.alterTable("workspaces").addColumn("token", binary).execute();

  await sql`update messages set queued_at = created_at`.execute(db);
  await sql`create index lanes_owner on lanes (owner) where owner is not null`.execute(db);
  await sql`create index deliveries_event on deliveries (workspace_id, event_key) where event_key is not null`.execute(
    db,
  );
  // An event that another hook told is a duplicate, too, and keeps its key.
  await sql`drop index deliveries_key`.execute(db);
  await sql`create unique index deliveries_key on deliveries (workspace_id, hook_id, key)
    where (state <> 'duplicate' or event_key is not null)`.execute(db);
  await sql`create index deliveries_received on deliveries (received_at)`.execute(db);
  await sql`create index deliveries_bodies on deliveries (received_at) where body is not null`.execute(db);
  await sql`create index messages_contents on messages (created_at) where length(event) > 0`.execute(db);
  await sql`create index messages_created on messages (created_at)`.execute(db);
}
