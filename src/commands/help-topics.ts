import { type Kind, kinds } from "../events.ts";
import { kindAliases } from "../rules/aliases.ts";
import { conditionKeys, conditionNamed, conditionOf } from "../rules/conditions.ts";
import { actionNames, defaultKinds, derivedOf, kindNamed } from "../rules/kinds.ts";
import { isOptionKey, optionKeys, options } from "../rules/options.ts";
import { code } from "../slack/text.ts";

/** What people write in rules, from the tables of src/rules. All of it is inert mrkdwn of ours. */
export const topics: Readonly<Record<string, () => string>> = { rules, kinds: allKinds, conditions: allConditions };

function rules(): string {
  return [
    "*A rule* is a project, then kinds and conditions in any order:",
    "`/belfry subscribe group/project merge_request:open,merge pipeline:failed branch:main`",
    "• project: `group/project`, `group/**` for all below a group, `*/api`, `-group/noisy` to leave one out, a pasted address",
    "• kind: `pipeline` for all of it, `pipeline:failed,success` for some actions, `-push` to leave one out",
    "• condition: `branch:main,release/*` any of them, `label:a+b` all of them, `-author:*bot*` none of them",
    '• `*` stays between two slashes, `**` crosses them; `"quotes"` keep spaces together',
    `Without a kind a rule gets these: ${defaultKinds.map(code).join(" ")}`,
    "More: `/belfry help kinds`, `/belfry help conditions`, and for one of them `/belfry help branch`",
  ].join("\n");
}

const kindNames = Object.keys(kinds).map((name) => kindNamed(name) ?? "push");

function allKinds(): string {
  const lines = kindNames.map((kind) => `${code(kind)}: ${actionNames(kind).join(", ")}`);
  return ["*Kinds* and their actions, as in `merge_request:open,merge`", ...lines].join("\n");
}

function allConditions(): string {
  return [
    "*Conditions*, with `-` in front to leave out",
    ...conditionKeys.map((key) => `${code(conditionOf(key).example)} ${conditionOf(key).help}`),
    "*Options*",
    ...optionKeys.map((key) => `${code(options[key].example)} ${options[key].help}`),
  ].join("\n");
}

/** What one word of a rule means; several lines where it is a kind and a condition, none where it is neither. */
export function wordTopic(word: string): string[] {
  const name = word.toLowerCase();
  const kind = kindNamed(name);
  const key = conditionNamed(name);
  return [
    ...(kind
      ? [`${code(kind)} is a kind. Its actions: ${actionNames(kind).join(", ")}.${narrower(kind)}${alsoTyped(kind)}`]
      : []),
    ...(key
      ? [`${code(key)} is a condition, such as ${code(conditionOf(key).example)}: ${conditionOf(key).help}`]
      : []),
    ...(isOptionKey(name)
      ? [`${code(name)} is an option, such as ${code(options[name].example)}: ${options[name].help}`]
      : []),
  ];
}

const narrower = (kind: Kind): string =>
  derivedOf(kind)
    .map(({ name, help }) => ` ${code(name)}: ${help}.`)
    .join("");

function alsoTyped(kind: string): string {
  const words = Object.keys(kindAliases).filter((alias) => kindAliases[alias] === kind);
  return words.length > 0 ? ` You may also type ${words.join(", ")}.` : "";
}
