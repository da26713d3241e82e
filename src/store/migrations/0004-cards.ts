import { type Kysely, sql } from "kysely";
import { columnsOf } from "../engine/columns.ts";

/** Live cards: what is known of objects, and where their cards are. Only adds. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const { text, binary } = columnsOf(db);
  const table = (name: string) => db.schema.createTable(name);

  await table("objects")
    .addColumn("workspace_id", text, (column) => column.notNull())
    .addColumn("project", text, (column) => column.notNull())
    .addColumn("object", text, (column) => column.notNull())
    .addColumn("facts", binary, (column) => column.notNull())
    .addColumn("format", "integer", (column) => column.notNull())
    .addColumn("revision", "integer", (column) => column.notNull())
    .addColumn("updated_at", text, (column) => column.notNull())
    .addPrimaryKeyConstraint("objects_pk", ["workspace_id", "project", "object"])
    .execute();

  await table("cards")
    .addColumn("workspace_id", text, (column) => column.notNull())
    .addColumn("id", text, (column) => column.notNull())
    .addColumn("channel", text, (column) => column.notNull())
    .addColumn("project", text, (column) => column.notNull())
    .addColumn("object", text, (column) => column.notNull())
    .addColumn("episode", text, (column) => column.notNull())
    .addColumn("rule_id", text, (column) => column.notNull())
    .addColumn("message_id", text, (column) => column.notNull())
    .addColumn("thread_id", text)
    .addColumn("ts", text)
    .addColumn("channel_id", text)
    .addColumn("posts", "integer", (column) => column.notNull())
    .addColumn("state", text, (column) => column.notNull())
    .addColumn("shown", "integer", (column) => column.notNull())
    .addColumn("edit_at", text)
    .addColumn("rests_until", text)
    .addColumn("paced_at", text)
    .addColumn("owner", text)
    .addColumn("fence", "integer", (column) => column.notNull())
    .addColumn("failures", "integer", (column) => column.notNull())
    .addColumn("created_at", text, (column) => column.notNull())
    .addColumn("updated_at", text, (column) => column.notNull())
    .addPrimaryKeyConstraint("cards_pk", ["workspace_id", "id"])
    .addUniqueConstraint("cards_object", ["workspace_id", "channel", "project", "object", "episode"])
    .execute();

  for (const column of ["card_id", "thread_id", "thread_ts", "edited_at"])
    await db.schema.alterTable("messages").addColumn(column, text).execute();
  for (const column of ["broadcast", "edits"])
    await db.schema
      .alterTable("messages")
      .addColumn(column, "integer", (made) => made.notNull().defaultTo(0))
      .execute();

  await sql`create index objects_updated on objects (updated_at)`.execute(db);
  await sql`create index objects_said on objects (updated_at)
    where substr(object, 1, 5) in ('talk ', 'pushe')`.execute(db);
  await sql`create index cards_about on cards (workspace_id, project, object)`.execute(db);
  await sql`create index cards_edit on cards (edit_at) where edit_at is not null and ts is not null`.execute(db);
  await sql`create index cards_owner on cards (owner) where owner is not null`.execute(db);
  await sql`create index cards_updated on cards (updated_at)`.execute(db);
  // They were added to 0002 for a time: databases made then have them.
  await sql`create index if not exists deliveries_list on deliveries (workspace_id, seq)`.execute(db);
  await sql`create index if not exists messages_list on messages (workspace_id, seq)`.execute(db);
  await sql`update belfry_schema set version = 4, readable_from = 2`.execute(db);
}
