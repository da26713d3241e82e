import type { RootOperationNode } from "kysely";
import type { Store } from "../../src/store/store.ts";

/** The store, with its queries seen as they are compiled: their plans and how many rows they returned. */
export function watchQueries(store: Store) {
  const asked: RootOperationNode[] = [];
  const returned: number[] = [];
  const db = store.db.withPlugin({
    transformQuery: ({ node }) => {
      asked.push(node);
      return node;
    },
    transformResult: async ({ result }) => {
      returned.push(result.rows.length);
      return result;
    },
  });

  /**
   * SQLite's steps for all queries so far (https://sqlite.org/eqp.html), whatever the values are: none is bound, because
   * SQLite plans a query anew where a bound value would let it use a partial index.
   */
  async function plan(): Promise<string[]> {
    const steps: string[] = [];
    for (const node of asked) {
      const query = store.db.getExecutor().compileQuery(node, { queryId: "plan" });
      const explain = {
        ...query,
        sql: `explain query plan ${query.sql}`,
        parameters: query.parameters.map(() => null),
      };
      const { rows } = await store.db.executeQuery<{ detail: string }>(explain);
      steps.push(...rows.map(({ detail }) => detail));
    }
    return steps;
  }

  return { watched: { ...store, db }, plan, rows: () => returned };
}
