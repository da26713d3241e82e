import { kinds } from "../src/events.ts";
import { conditionKeys, conditionOf } from "../src/rules/conditions.ts";
import { actionNames, defaultKinds, derivedOf, kindNamed } from "../src/rules/kinds.ts";
import { table } from "./table.ts";

const code = (text: string) => `\`${text}\``;

/** Kinds, actions and conditions for README.md, from the tables that the parser uses. */
export function rulesPart(): string {
  const named = Object.keys(kinds).flatMap((name) => kindNamed(name) ?? []);
  const actions = named.map((kind) => [code(kind), actionNames(kind).map(code).join(" ")]);
  const derived = named.flatMap((kind) => derivedOf(kind).map(({ name, help }) => [code(`${kind}:${name}`), help]));
  const conditions = conditionKeys.map((key) => {
    const { example, help } = conditionOf(key);
    return [code(example), help];
  });
  return [
    table(["kind", "actions"], actions),
    table(["action of ours", "is"], derived),
    `A rule without kinds gets ${defaultKinds.map(code).join(" ")}.`,
    table(["condition", "looks at"], conditions),
  ].join("\n\n");
}
