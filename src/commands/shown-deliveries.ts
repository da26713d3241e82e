import type { RuleGrammar } from "../rules/grammar.ts";
import { namesProject } from "../rules/names-project.ts";
import type { DeliverySummary } from "../store/deliveries.ts";
import { decisionsOf } from "../store/find-deliveries.ts";
import type { StoredRule } from "../store/rules.ts";
import type { Asker, Desk } from "./command.ts";
import { rulesHere } from "./here.ts";
import { isAdmin } from "./is-admin.ts";

/**
 * Of these deliveries those that may be told of where the asker is: a rule of this channel names their project. Others
 * belong to channels that the asker may not be in, so they are as good as absent.
 * @param orAdmin whether an admin of the workspace sees them all
 */
export async function shownHere(
  desk: Desk,
  asker: Asker,
  rows: readonly DeliverySummary[],
  { orAdmin }: { orAdmin: boolean },
): Promise<DeliverySummary[]> {
  const rules = await rulesHere(desk, asker);
  const named = new Set(rows.filter(({ project }) => project !== null && isNamed(rules, project)));
  const others = rows.filter((row) => !named.has(row));
  for (const row of await namedByHost(desk, asker, rules, others)) named.add(row);
  if (named.size === rows.length || !orAdmin || !(await isAdmin(desk, asker))) return [...named];
  return [...rows];
}

const isNamed = (rules: readonly StoredRule[], path: string): boolean =>
  rules.some(({ grammar }) => namesProject(grammar, { path, name: "" }));

/**
 * A delivery's row has the path of its project, but not its host, nor that it is a group. Rules that name it by those
 * were asked about it, so they are among its decisions.
 */
async function namedByHost(
  { store }: Desk,
  { workspace }: Asker,
  rules: readonly StoredRule[],
  rows: readonly DeliverySummary[],
): Promise<DeliverySummary[]> {
  const fitting = rows.flatMap((row) => {
    const { project } = row;
    const fit = project === null ? [] : rules.filter(({ grammar }) => namesOnSomeHost(grammar, project));
    return fit.length > 0 ? [{ row, ids: fit.map(({ id }) => id) }] : [];
  });
  const decisions = await decisionsOf(
    store,
    workspace,
    fitting.map(({ row }) => row.id),
  );
  return fitting
    .filter(({ row, ids }) => decisions.get(row.id)?.rules.some(({ rule }) => ids.includes(rule)))
    .map(({ row }) => row);
}

/** Whether the rule would name the path if it were a group's, or on the host that one of its patterns begins with. */
function namesOnSomeHost({ projects }: RuleGrammar, path: string): boolean {
  const hosts = projects.flatMap(({ not, pattern }) => (not ? [] : [pattern.split("/", 1)[0]]));
  return hosts.some((host) => namesProject({ projects }, { path, name: "", host, group: true }));
}
