import type { Document } from "yaml";
import { isAlias, isNode, isScalar, isSeq, LineCounter, parseDocument, visit } from "yaml";
import { readChannel } from "./channel.ts";
import type { Places } from "./file-places.ts";
import { createPlaces } from "./file-places.ts";
import type { FileProblem } from "./file-problem.ts";
import type { FileHook, Known } from "./file-schema.ts";
import { rulesFile } from "./file-schema.ts";
import { shapeProblems } from "./file-shape.ts";
import { formatRule } from "./format.ts";
import type { RuleGrammar } from "./grammar.ts";
import { parseRule } from "./parse.ts";

/** Largest rules file in UTF-16 units. */
export const fileLimit = 1_048_576;

export interface FileRule {
  /** `#name` or the id of a channel */
  channel: string;
  /** canonical words */
  words: string;
  grammar: RuleGrammar;
  /** 1-based line in the file */
  line: number;
}

/** A hook and its 1-based line in the file. */
export type HookLine<Scheme extends string> = FileHook<Scheme> & { line: number };

export type RulesFile<Scheme extends string = string> =
  | { hooks: HookLine<Scheme>[]; rules: FileRule[] }
  | { problems: FileProblem[] };

/** Reads the text of a rules file: hooks and rules, or everything that is wrong with it, in the order of the file. */
export function readRulesFile<Scheme extends string>(text: string, known: Known<Scheme>): RulesFile<Scheme> {
  if (text.length > fileLimit) return { problems: [tooLarge] };
  const counter = new LineCounter();
  const options = { lineCounter: counter, prettyErrors: false, stringKeys: true, logLevel: "error" } as const;
  const document = parseDocument(text, options);
  const places = createPlaces(text, document, counter);
  const broken = [...syntaxProblems(document, places), ...aliasProblems(document, places)];
  if (broken.length > 0) return { problems: broken };
  const shape = rulesFile(known).safeParse(document.toJS({ maxAliasCount: 0 }) ?? {});
  const { rules, problems } = readRules(document, places, counter);
  if (!shape.success) problems.push(...shapeProblems(shape.error.issues, document, places));
  else problems.push(...repeatedHooks(shape.data.hooks, places));
  if (!shape.success || problems.length > 0) return { problems: problems.sort(byPlace) };
  const lineOf = (index: number) => counter.linePos(places.offsetOf(["hooks", index])).line;
  return { hooks: shape.data.hooks.map((hook, index) => ({ ...hook, line: lineOf(index) })), rules };
}

const tooLarge = {
  line: 1,
  column: 1,
  word: "",
  message: `The file is over ${fileLimit.toLocaleString("en")} characters.`,
};

const byPlace = (a: FileProblem, b: FileProblem) => a.line - b.line || a.column - b.column;

/** The first error of each line: one wrong bracket makes many. */
function syntaxProblems(document: Document.Parsed, places: Places): FileProblem[] {
  const byLine = new Map<number, FileProblem>();
  for (const { pos, message } of [...document.errors, ...document.warnings]) {
    // Behind the colon the parser quotes the file, which may hold a secret.
    const says = `This is not YAML: ${message.replace(/:.*$/s, "")}.`;
    const { excerpt: _, ...problem } = places.problemAt(pos[0], "", says);
    if (!byLine.has(problem.line)) byLine.set(problem.line, problem);
  }
  return [...byLine.values()].sort(byPlace).slice(0, 20);
}

/** Anchors and aliases are not needed here, and a few lines of them can grow to gigabytes. */
function aliasProblems(document: Document.Parsed, places: Places): FileProblem[] {
  const problems: FileProblem[] = [];
  visit(document, (_key, node) => {
    if (!isNode(node) || !(isAlias(node) || node.anchor)) return;
    problems.push(places.problemAt(node.range?.[0] ?? 0, "", "Anchors (&) and aliases (*) are not read here."));
  });
  return problems;
}

/** Reads every rule that is a text. What is not a text, the shape tells. */
function readRules(document: Document.Parsed, places: Places, counter: LineCounter) {
  const list = document.hasIn(["rules"]) ? document.getIn(["rules"], true) : undefined;
  const rules: FileRule[] = [];
  const problems: FileProblem[] = [];
  const lineOf = new Map<string, number>();
  for (const node of isSeq(list) ? list.items : []) {
    if (!isScalar(node) || typeof node.value !== "string") continue;
    const read = readRule(node.value);
    if ("problem" in read) {
      const { at, word, message } = read.problem;
      problems.push(places.problemAt(places.offsetIn(node, at), word, message));
      continue;
    }
    const offset = node.range?.[0] ?? 0;
    const { line } = counter.linePos(offset);
    const text = `${read.channel} ${read.words}`;
    const first = lineOf.get(text);
    if (first !== undefined) problems.push(places.problemAt(offset, "", `This rule is the same as in line ${first}.`));
    lineOf.set(text, first ?? line);
    rules.push({ ...read, line });
  }
  return { rules, problems };
}

function readRule(value: string) {
  const at = value.search(/\S|$/);
  const word = { text: value.slice(at).split(/\s/, 1)[0] ?? "", at };
  const channel = readChannel(word);
  if ("problem" in channel) return channel;
  const behind = at + word.text.length;
  const parsed = parseRule(value.slice(behind));
  if ("problem" in parsed) return { problem: { ...parsed.problem, at: parsed.problem.at + behind } };
  return { ...channel, words: formatRule(parsed.rule), grammar: parsed.rule };
}

function repeatedHooks(hooks: readonly FileHook[], places: Places): FileProblem[] {
  return hooks.flatMap(({ name }, index) => {
    if (hooks.findIndex((hook) => hook.name === name) === index) return [];
    return [places.problemAt(places.offsetOf(["hooks", index, "name"]), name, `Another hook has the name ${name}.`)];
  });
}
