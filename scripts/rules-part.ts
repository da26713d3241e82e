import { kinds } from "../src/events.ts";
import { conditionKeys, conditionOf } from "../src/rules/conditions.ts";
import { defaultKinds } from "../src/rules/kinds.ts";
import { table } from "./table.ts";

const code = (text: string) => `\`${text}\``;

/** Kinds, actions and conditions for README.md, from the tables that the parser uses. */
export function rulesPart(): string {
  const actions = Object.entries(kinds).map(([kind, names]) => [
    code(kind),
    [...names, ...(kind === "push" ? ["default"] : [])].map(code).join(" "),
  ]);
  const conditions = conditionKeys.map((key) => {
    const { example, help } = conditionOf(key);
    return [code(example), help];
  });
  return [
    table(["kind", "actions"], actions),
    `\`push:default\` is a push of a person to the default branch. A rule without kinds gets ${defaultKinds.map(code).join(" ")}.`,
    table(["condition", "looks at"], conditions),
  ].join("\n\n");
}
