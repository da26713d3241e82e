import { type KyselyPlugin, type RootOperationNode, SqliteQueryCompiler } from "kysely";
import { afterAll, beforeAll, expect, test } from "vitest";
import { commands, run } from "../src/commands/index.ts";
import type { Store } from "../src/store/store.ts";
import { asker, openDesk, putDelivery, putHook, putRule } from "./commands/desk.ts";
import { tenantTables } from "./support/dump.ts";
import { linesOf } from "./tenancy/lines.ts";
import type { Ids } from "./tenancy/world.ts";

/** Every statement that a command makes about a table of workspaces names the asker's workspace, and no other. */

let desk: Awaited<ReturnType<typeof openDesk>>;
let tables: string[];
beforeAll(async () => {
  desk = await openDesk();
  tables = await tenantTables(desk.store);
});
afterAll(() => desk.close());

interface Statement {
  sql: string;
  values: readonly unknown[];
}

/** The same store; what it is asked is written down. */
function listening(store: Store, heard: Statement[]): Store {
  const plugin: KyselyPlugin = {
    transformQuery: ({ node, queryId }) => {
      const { sql, parameters } = new SqliteQueryCompiler().compileQuery(node as RootOperationNode, queryId);
      heard.push({ sql, values: parameters });
      return node;
    },
    transformResult: async ({ result }) => result,
  };
  return { ...store, db: store.db.withPlugin(plugin) };
}

/** Tables of workspaces that a statement is about, each as often as it stands there. */
const tablesIn = (statement: string): string[] =>
  [...statement.matchAll(/(?:from|join|into|update) "(\w+)"/g)].flatMap(([, name = ""]) =>
    tables.includes(name) ? [name] : [],
  );

const isOf = ({ sql, values }: Statement, workspace: string): boolean => {
  const named = sql.match(/"workspace_id" (?:=|in|is)|\("workspace_id"|workspace_id =/g) ?? [];
  return named.length >= tablesIn(sql).length && values.includes(workspace);
};

test("whatever is typed", async () => {
  const { store } = desk;
  const words = "acme/api merge_request";
  for (const workspace of ["T0MINE", "T0OTHER"]) {
    await putRule(store, workspace, { id: "abc2345", words });
    await putHook(store, workspace);
    await putDelivery(store, workspace, "acme/api", 5);
  }
  const delivery = (
    await store.db.selectFrom("deliveries").select("id").where("workspace_id", "=", "T0MINE").execute()
  )[0];
  const id = delivery?.id ?? "";
  const ids: Ids = {
    ...{ hook: "0".repeat(32), hookName: "gitlab", hookAddress: "https://belfry.acme.io/hooks/0", rule: "abc2345" },
    ...{ otherRule: "abc2346", delivery: id, delivered: id.slice(0, 13), message: id, confirmation: "x", mute: "m23" },
    ...{ channel: "C2", project: "acme/api", link: "https://gitlab.acme.io/acme/api/-/merge_requests/1" },
  };
  const heard: Statement[] = [];
  const listened = { ...desk.desk, store: listening(store, heard) };
  for (const line of linesOf(Object.keys(commands), ids))
    for (const confirmed of [false, true])
      for (const user of ["UADA", "UBOSS"]) await run(listened, asker("T0MINE", { user, confirmed }), line);

  const about = heard.filter(({ sql }) => tablesIn(sql).length > 0);
  expect(about.length).toBeGreaterThan(500);
  expect(about.filter((statement) => !isOf(statement, "T0MINE"))).toEqual([]);
  expect(about.filter(({ values }) => values.includes("T0OTHER"))).toEqual([]);
  const touched = new Set(about.flatMap(({ sql }) => tablesIn(sql)));
  expect([...touched].sort()).toEqual(
    expect.arrayContaining(["audit", "deliveries", "hooks", "messages", "mutes", "rule_anchors", "rules"]),
  );
});
