import { type Kysely, sql } from "kysely";
import { columnsOf } from "../engine/columns.ts";

/** The Slack app: who installed it, what people do in it, and what is used once only. Only adds. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const { text, binary, sequence } = columnsOf(db);
  const table = (name: string) => db.schema.createTable(name);
  const addText = async (name: string, ...columns: string[]) => {
    for (const column of columns) await db.schema.alterTable(name).addColumn(column, text).execute();
  };

  await addText("workspaces", "name", "parent", "bot_user", "installer", "removed_at");
  await addText("hooks", "created_by");
  await addText("rules", "created_by", "untold_since");
  await db.schema.alterTable("rules").addColumn("is_private", "integer").execute();

  await sequence(table("audit"))
    .addColumn("workspace_id", text, (column) => column.notNull())
    .addColumn("at", text, (column) => column.notNull())
    .addColumn("actor", text, (column) => column.notNull())
    .addColumn("action", text, (column) => column.notNull())
    .addColumn("object", text, (column) => column.notNull())
    .addColumn("channel", text)
    .addColumn("words", text)
    .execute();

  await table("mutes")
    .addColumn("workspace_id", text, (column) => column.notNull())
    .addColumn("id", text, (column) => column.notNull())
    .addColumn("channel", text, (column) => column.notNull())
    .addColumn("channel_name", text)
    .addColumn("words", text, (column) => column.notNull())
    .addColumn("until", text)
    .addColumn("created_by", text, (column) => column.notNull())
    .addColumn("created_at", text, (column) => column.notNull())
    .addPrimaryKeyConstraint("mutes_pk", ["workspace_id", "id"])
    .execute();

  await table("confirmations")
    .addColumn("workspace_id", text, (column) => column.notNull())
    .addColumn("id", text, (column) => column.notNull())
    .addColumn("channel", text, (column) => column.notNull())
    .addColumn("user_id", text, (column) => column.notNull())
    .addColumn("line", text, (column) => column.notNull())
    .addColumn("expires_at", text, (column) => column.notNull())
    .addPrimaryKeyConstraint("confirmations_pk", ["workspace_id", "id"])
    .execute();

  await table("waiting_replies")
    .addColumn("workspace_id", text, (column) => column.notNull())
    .addColumn("rule_id", text, (column) => column.notNull())
    .addColumn("address", binary, (column) => column.notNull())
    .addColumn("created_at", text, (column) => column.notNull())
    .addColumn("expires_at", text, (column) => column.notNull())
    .addPrimaryKeyConstraint("waiting_replies_pk", ["workspace_id", "rule_id"])
    .execute();

  await table("nonces")
    .addColumn("key", text, (column) => column.primaryKey())
    .addColumn("expires_at", text, (column) => column.notNull())
    .execute();

  await sql`create index audit_list on audit (workspace_id, seq)`.execute(db);
  await sql`create index audit_at on audit (at)`.execute(db);
  await sql`create index audit_object on audit (workspace_id, object, seq)`.execute(db);
  await sql`create index mutes_channel on mutes (workspace_id, channel)`.execute(db);
  await sql`create index mutes_until on mutes (until) where until is not null`.execute(db);
  for (const name of ["confirmations", "waiting_replies", "nonces"])
    await sql`create index ${sql.ref(`${name}_expires`)} on ${sql.table(name)} (expires_at)`.execute(db);
  await sql`create index rules_channel on rules (workspace_id, channel)`.execute(db);
  await sql`create index rules_untold on rules (workspace_id, channel) where untold_since is not null`.execute(db);
  await sql`create index lanes_named on lanes (workspace_id, channel_id) where channel_id <> channel`.execute(db);
  // Forges take the path of a project in either case, and so do people.
  await sql`create index deliveries_project on deliveries (workspace_id, lower(project), seq)
    where project is not null`.execute(db);
  // Not by `seq`: SQLite would read a hook's queue through this index, and with it the whole history.
  await sql`create index deliveries_hook on deliveries (workspace_id, hook_id, received_at)`.execute(db);
  await sql`update belfry_schema set version = 3, readable_from = 2`.execute(db);
}
