import { type Kysely, sql } from "kysely";
import { columnsOf } from "../engine/columns.ts";

/** Every table leads with its workspace; partial indexes keep the queues cheap however long the history grows. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const { text, binary, sequence } = columnsOf(db);
  const table = (name: string) => db.schema.createTable(name);

  await table("workspaces")
    .addColumn("id", text, (column) => column.primaryKey())
    .addColumn("chat", text, (column) => column.notNull())
    .addColumn("created_at", text, (column) => column.notNull())
    .execute();

  await table("hooks")
    .addColumn("workspace_id", text, (column) => column.notNull())
    .addColumn("id", text, (column) => column.notNull().unique())
    .addColumn("name", text, (column) => column.notNull())
    .addColumn("forge", text, (column) => column.notNull())
    .addColumn("brand", text)
    .addColumn("scheme", text, (column) => column.notNull())
    .addColumn("secrets", binary, (column) => column.notNull())
    .addColumn("origin", text, (column) => column.notNull())
    .addColumn("created_at", text, (column) => column.notNull())
    .addPrimaryKeyConstraint("hooks_pk", ["workspace_id", "id"])
    .addUniqueConstraint("hooks_name", ["workspace_id", "name"])
    .execute();

  await sequence(table("deliveries"))
    .addColumn("workspace_id", text, (column) => column.notNull())
    .addColumn("id", text, (column) => column.notNull())
    .addColumn("hook_id", text, (column) => column.notNull())
    .addColumn("forge", text, (column) => column.notNull())
    .addColumn("brand", text)
    .addColumn("key", text, (column) => column.notNull())
    .addColumn("state", text, (column) => column.notNull())
    .addColumn("reason", text)
    .addColumn("duplicate_of", text)
    .addColumn("headers", text, (column) => column.notNull())
    .addColumn("body", binary)
    .addColumn("body_hash", text, (column) => column.notNull())
    .addColumn("bytes", "integer", (column) => column.notNull())
    .addColumn("kind", text)
    .addColumn("action", text)
    .addColumn("project", text)
    .addColumn("decisions", binary)
    .addColumn("received_at", text, (column) => column.notNull())
    .addColumn("finished_at", text)
    .addUniqueConstraint("deliveries_id", ["workspace_id", "id"])
    .execute();
  await sql`create unique index deliveries_key on deliveries (workspace_id, hook_id, key) where state <> 'duplicate'`.execute(
    db,
  );
  await sql`create index deliveries_pending on deliveries (workspace_id, hook_id, seq) where state = 'pending'`.execute(
    db,
  );

  await table("rules")
    .addColumn("workspace_id", text, (column) => column.notNull())
    .addColumn("id", text, (column) => column.notNull())
    .addColumn("channel", text, (column) => column.notNull())
    .addColumn("words", text, (column) => column.notNull())
    .addColumn("origin", text, (column) => column.notNull())
    .addColumn("paused", text)
    .addColumn("created_at", text, (column) => column.notNull())
    .addPrimaryKeyConstraint("rules_pk", ["workspace_id", "id"])
    .execute();

  await table("rule_anchors")
    .addColumn("workspace_id", text, (column) => column.notNull())
    .addColumn("anchor", text, (column) => column.notNull())
    .addColumn("rule_id", text, (column) => column.notNull())
    .addPrimaryKeyConstraint("rule_anchors_pk", ["workspace_id", "anchor", "rule_id"])
    .execute();
  await sql`create index rule_anchors_rule on rule_anchors (workspace_id, rule_id)`.execute(db);

  await sequence(table("messages"))
    .addColumn("workspace_id", text, (column) => column.notNull())
    .addColumn("id", text, (column) => column.notNull())
    .addColumn("channel", text, (column) => column.notNull())
    .addColumn("delivery_id", text, (column) => column.notNull())
    .addColumn("rule_id", text, (column) => column.notNull())
    .addColumn("state", text, (column) => column.notNull())
    .addColumn("reason", text)
    .addColumn("attempts", "integer", (column) => column.notNull())
    .addColumn("lost_answers", "integer", (column) => column.notNull())
    .addColumn("event", binary, (column) => column.notNull())
    .addColumn("event_format", "integer", (column) => column.notNull())
    .addColumn("sent", binary)
    .addColumn("ts", text)
    .addColumn("created_at", text, (column) => column.notNull())
    .addColumn("finished_at", text)
    .addUniqueConstraint("messages_id", ["workspace_id", "id"])
    .execute();
  await sql`create index messages_open on messages (workspace_id, channel, seq)
    where state in ('pending', 'retry', 'uncertain')`.execute(db);
  await sql`create index messages_delivery on messages (workspace_id, delivery_id)`.execute(db);

  await table("lanes")
    .addColumn("workspace_id", text, (column) => column.notNull())
    .addColumn("channel", text, (column) => column.notNull())
    .addColumn("ready_at", text)
    .addColumn("failures", "integer", (column) => column.notNull())
    .addPrimaryKeyConstraint("lanes_pk", ["workspace_id", "channel"])
    .execute();
  await sql`create index lanes_ready on lanes (ready_at) where ready_at is not null`.execute(db);
}
