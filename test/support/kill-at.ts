import { StatementSync } from "node:sqlite";
import { pathToFileURL } from "node:url";
import pg from "pg";

/** A place where a process dies at once, as by `kill -9`. */
export interface KillPlace {
  /**
   * parts of SQL statements: when each has been run in this order, the last one is the place. `commit` is that of the
   * statement before it, not of another connection.
   */
  after: readonly string[];
  /** dies before the last one is run instead of after it */
  before?: boolean;
}

/** Environment with which a process, of either engine, dies at the place. */
export const killAt = (place: KillPlace) => ({
  NODE_OPTIONS: `--import ${pathToFileURL(import.meta.filename).href}`,
  KILL_AT: JSON.stringify(place),
});

/** In that process, which loads this file before anything else. */
function arm({ after, before = false }: KillPlace): void {
  let met = 0;
  let last: unknown;
  const die = () => process.kill(process.pid, "SIGKILL");

  function watch<T>(connection: unknown, statement: string, run: () => T): T {
    const wanted = after[met];
    if (wanted === undefined || !statement.includes(wanted)) return run();
    if (wanted === "commit" && connection !== last) return run();
    met += 1;
    last = connection;
    const isThere = met === after.length;
    if (isThere && before) die();
    const result = run();
    if (isThere && result instanceof Promise) void result.then(die);
    else if (isThere) die();
    return result;
  }

  const { all, run } = StatementSync.prototype;
  StatementSync.prototype.all = function (this: StatementSync, ...given: unknown[]) {
    return watch("SQLite", this.sourceSQL, () => Reflect.apply(all, this, given));
  } as typeof all;
  StatementSync.prototype.run = function (this: StatementSync, ...given: unknown[]) {
    return watch("SQLite", this.sourceSQL, () => Reflect.apply(run, this, given));
  } as typeof run;
  const { query } = pg.Client.prototype;
  pg.Client.prototype.query = function (this: pg.Client, ...given: unknown[]) {
    const text = typeof given[0] === "string" ? given[0] : "";
    return watch(this, text, () => Reflect.apply(query, this, given));
  } as typeof query;
}

const place = process.env["KILL_AT"];
if (place !== undefined) arm(JSON.parse(place) as KillPlace);
