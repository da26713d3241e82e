import type { Event } from "../events.ts";
import type { ListCondition } from "./condition.ts";
import { conditionKeys, conditionOf } from "./conditions.ts";
import { formatCondition, formatKind } from "./format.ts";
import { globMatches } from "./glob.ts";
import type { Condition, KindChoice, RuleGrammar } from "./grammar.ts";
import { actionsOf } from "./kinds.ts";
import { projectMatches } from "./projects.ts";

/** Steps taken so far for one event, by all rules that were asked about it. */
export interface Work {
  steps: number;
}

/** Why a rule does not post an event, in a short sentence for a user; undefined where it does. */
export function whyNot(
  event: Event,
  rule: { grammar: RuleGrammar; paused?: string | undefined },
  work: Work = { steps: 0 },
): string | undefined {
  const { grammar, paused } = rule;
  // Paused comes last: a rule that would not match anyway is not silent because it is paused.
  return (
    whyNotProject(event, grammar) ??
    whyNotKind(event, grammar) ??
    whyNotSwitches(event, grammar) ??
    whyNotConditions(event, grammar, work) ??
    (paused === undefined ? undefined : `paused: ${paused}`)
  );
}

function whyNotProject({ project }: Event, { projects }: RuleGrammar): string | undefined {
  const unwanted = projects.find(({ not, pattern }) => not && projectMatches(pattern, project));
  if (unwanted) return `project ${short([project.path])} is excluded by -${unwanted.pattern}`;
  const wanted = projects.filter(({ not }) => !not).map(({ pattern }) => pattern);
  if (wanted.some((pattern) => projectMatches(pattern, project))) return undefined;
  return `project ${short([project.path])} does not match ${short(wanted)}`;
}

function whyNotKind(event: Event, { kinds }: RuleGrammar): string | undefined {
  const name = `kind ${event.kind}:${short([event.action])}`;
  const choice = kinds.find(({ kind }) => kind === event.kind);
  if (!choice) return `${name} is not among ${kinds.map(({ kind }) => kind).join(", ")}`;
  return isChosen(event, choice) ? undefined : `${name} is not among ${formatKind(choice)}`;
}

/** Whether an event is of this kind and one of its wanted actions. */
export function isChosen(event: Event, { kind, actions, except }: KindChoice): boolean {
  const found = actionsOf(event);
  const wanted = actions.length === 0 || actions.some((action) => found.includes(action));
  return kind === event.kind && wanted && !except.some((action) => found.includes(action));
}

function whyNotSwitches(event: Event, { conditions }: RuleGrammar): string | undefined {
  for (const key of conditionKeys) {
    const row = conditionOf(key);
    if (row.value !== "switch") continue;
    const said = conditions.filter((condition) => condition.key === key).flatMap(({ values }) => values);
    const holds = row.holds(event);
    if (holds && said.length === 0 && row.absent === "no") return `${row.many} need ${key}:yes`;
    if (holds && said.includes("no")) return `${row.many} are left out by ${key}:no`;
    if (!holds && said.includes("only")) return `only ${row.many} are wanted by ${key}:only`;
  }
  return undefined;
}

/** Steps that all rules together may take for one event: some 100 ms. A thousand paths against a usual pattern take 100,000. */
const stepLimit = 20_000_000;

function whyNotConditions(event: Event, { conditions }: RuleGrammar, work: Work): string | undefined {
  for (const condition of conditions) {
    const row = conditionOf(condition.key);
    const against = row.value === "switch" ? undefined : whyNotList(event, condition, row, work);
    if (work.steps > stepLimit) return `${condition.key} has too much to compare`;
    if (against !== undefined) return against;
  }
  return undefined;
}

function whyNotList(event: Event, condition: Condition, row: ListCondition, work: Work): string | undefined {
  const { key, how, values } = condition;
  const found = row.read(event);
  const fits = (value: string) =>
    found?.some((text) => work.steps <= stepLimit && globMatches(value, text, work)) === true;
  if (how === "none") {
    return values.some(fits) ? `${key} ${short(found ?? [])} is excluded by ${formatCondition(condition)}` : undefined;
  }
  if (how === "all" ? values.every(fits) : values.some(fits)) return undefined;
  if (found === undefined)
    return `${/^[aeiou]/.test(event.kind) ? "an" : "a"} ${event.kind.replace("_", " ")} has no ${key}`;
  if (found.length === 0) return `${key} is not known here and must match ${short(values)}`;
  return `${key} ${short(found)} does not match ${values.join(how === "all" ? "+" : ", ")}`;
}

/** The first three of some texts, each cut to 80 characters. */
function short(texts: readonly string[]): string {
  const cut = texts.slice(0, 3).map((text) => (text.length > 80 ? `${text.slice(0, 79)}…` : text));
  return texts.length > 3 ? `${cut.join(", ")} and ${texts.length - 3} more` : cut.join(", ");
}
