import { conditionNamed, conditionOf } from "./conditions.ts";
import { formatRule } from "./format.ts";
import type { Condition, KindChoice, ProjectPattern, RuleGrammar } from "./grammar.ts";
import { addKind, readKind, spelledDefaults, without } from "./kind-choice.ts";
import { isKindWithActions } from "./kinds.ts";
import { isOptionKey } from "./options.ts";
import type { Piece, Problem } from "./problem.ts";
import { problemAt } from "./problem.ts";
import { looksLikeProject, readProject } from "./projects.ts";
import { unknownWord } from "./unknown-word.ts";
import { unwrapped } from "./unwrapped.ts";
import { readCondition, readOption } from "./values.ts";
import { plain, splitWords } from "./words.ts";

/** Longest line in UTF-16 units, and the most words in it; both also hold for the canonical text. */
export const ruleLimit = { characters: 2_000, words: 50 } as const;

export type Failed = { problem: Problem };

/** A rule while its words are read. */
export interface Draft extends RuleGrammar {
  /** kinds with a `-`, and the word of each */
  unwanted: { choice: KindChoice; word: Piece }[];
  /** the word of each condition */
  places: Piece[];
  /** the words of options */
  optionPlaces: Piece[];
}

/**
 * Reads the words of a rule: projects, kinds, conditions and options in any order. A rule without a wanted kind gets
 * the default kinds. The problem is the first one in the line.
 */
export function parseRule(text: string): { rule: RuleGrammar } | Failed {
  const read = readWords(text);
  return "problem" in read ? read : finish(read.draft, text);
}

/** Reads words one by one, without a look at the whole. */
export function readWords(text: string): { draft: Draft } | Failed {
  if (text.length > ruleLimit.characters) return tooLong(text);
  const control = /[^\P{Cc}\s]|\p{Cs}/u.exec(text);
  if (control) return problemAt({ text: control[0], at: control.index }, "There is an unreadable character here.");
  const split = splitWords(text);
  if ("problem" in split) return split;
  if (split.words.length > ruleLimit.words) return tooLong(text, split.words[ruleLimit.words]);
  const rule: RuleGrammar = { projects: [], kinds: [], conditions: [], options: {} };
  const draft: Draft = { ...rule, unwanted: [], places: [], optionPlaces: [] };
  for (const word of split.words) {
    const failed = readWord(draft, { text: unwrapped(word.text), at: word.at });
    if (failed) return failed;
  }
  return { draft };
}

function readWord(draft: Draft, typed: Piece): Failed | undefined {
  const not = typed.text.startsWith("-");
  const word = not ? { text: typed.text.slice(1), at: typed.at + 1 } : typed;
  const colon = word.text.indexOf(":");
  const key = word.text.slice(0, Math.max(colon, 0)).toLowerCase();
  const value = { text: word.text.slice(colon + 1), at: word.at + colon + 1 };
  const condition = conditionNamed(key);
  if (condition !== undefined && !isKindWithActions(key, value.text)) {
    const read = readCondition(condition, value, not);
    if ("problem" in read) return read;
    draft.conditions.push(read.condition);
    draft.places.push(typed);
    return undefined;
  }
  if (isOptionKey(key)) {
    const read = not ? problemAt(typed, "An option is not taken away.", word.text) : readOption(key, value);
    if ("problem" in read) return read;
    if (draft.options[key] !== undefined) return problemAt(word, `${key} is here twice.`);
    Object.assign(draft.options, read.options);
    draft.optionPlaces.push(typed);
    return undefined;
  }
  const bare = { text: plain(word.text), at: word.at };
  const choice = readKind(bare);
  if (choice && "problem" in choice) return choice;
  if (choice && not) draft.unwanted.push({ choice, word: typed });
  else if (choice) addKind(draft.kinds, choice);
  else return readProjectWord(draft.projects, bare, not);
  return undefined;
}

function readProjectWord(projects: ProjectPattern[], word: Piece, not: boolean): Failed | undefined {
  // A colon with a slash behind it may be a mistyped condition: brnch:feature/x. Only a port may follow a host.
  const key = /^([a-z_]+):(?!\d+\/|\/\/)/i.exec(word.text)?.[1];
  if (key !== undefined || !looksLikeProject(word.text)) return unknownWord(word, key, projects.length > 0);
  const read = readProject(word);
  if ("problem" in read) return read;
  if (!projects.some((other) => other.pattern === read.pattern && other.not === not)) projects.push({ ...read, not });
  return undefined;
}

/** Fills in the default kinds, takes the unwanted ones away and looks at the whole. */
function finish(draft: Draft, text: string): { rule: RuleGrammar } | Failed {
  const { unwanted, places, optionPlaces: _, ...rule } = draft;
  const end = { text: "", at: text.length };
  if (!rule.projects.some((project) => !project.not)) {
    return problemAt(end, "Name a project, such as `group/name`; `**` means every project.");
  }
  if (rule.kinds.length === 0) rule.kinds = spelledDefaults();
  for (const { choice } of unwanted) rule.kinds = rule.kinds.flatMap((kind) => without(kind, choice));
  const last = unwanted.at(-1);
  if (rule.kinds.length === 0 && last) return problemAt(last.word, "No kind is left to post.");
  const idle = idleCondition(rule);
  if (idle) return problemAt(places[rule.conditions.indexOf(idle.condition)] ?? end, idle.says);
  if (formatRule(rule).length > ruleLimit.characters || wordCount(rule) > ruleLimit.words) return tooLong(text);
  return { rule };
}

/** A condition that no kind of the rule can meet: the rule would be silent for ever. */
function idleCondition({ kinds, conditions }: RuleGrammar): { condition: Condition; says: string } | undefined {
  for (const condition of conditions) {
    const row = conditionOf(condition.key);
    if (row.value === "switch" || condition.how === "none") continue;
    if (kinds.some(({ kind }) => row.kinds.includes(kind))) continue;
    const says = `This rule would never post: ${condition.key} is known of ${row.kinds.join(", ")} only.`;
    return { condition, says };
  }
  return undefined;
}

const wordCount = (rule: RuleGrammar) => {
  const kinds = rule.kinds.reduce((sum, kind) => sum + (kind.except.length > 0 ? 2 : 1), 0);
  return rule.projects.length + kinds + rule.conditions.length + Object.keys(rule.options).length;
};

function tooLong(text: string, word: Piece = { text: "", at: Math.min(text.length, ruleLimit.characters) }): Failed {
  const { characters, words } = ruleLimit;
  return problemAt(word, `A rule has at most ${characters.toLocaleString("en")} characters and ${words} words.`);
}
