import type { RuleGrammar } from "../rules/grammar.ts";
import { nearest } from "../rules/nearest.ts";
import { parseRule } from "../rules/parse.ts";
import { type Problem, problemAt, quoted } from "../rules/problem.ts";
import { plain, splitWords } from "../rules/words.ts";
import { presetNames } from "../templates/presets.ts";
import type { Templates } from "../templates/templates.ts";

type Read = { rule: RuleGrammar } | { problem: Problem };

/**
 * Reads a rule that somebody types now. Stricter than `parseRule`, which also reads what is stored: that stays readable
 * when its template is gone.
 */
export function readRule(templates: Templates, words: string): Read {
  const read = parseRule(words);
  if ("problem" in read) return read;
  return strayStar(read.rule, words) ?? strayTemplate(templates, read.rule, words) ?? read;
}

const isStar = (text: string): boolean => /^\*+$/.test(text);

/** Who wants all of a project types a star behind it, which is one more project here. */
function strayStar({ projects: [first, ...more] }: RuleGrammar, words: string): Read | undefined {
  if (first === undefined || isStar(first.pattern) || !more.some(({ not, pattern }) => !not && isStar(pattern))) return;
  const says =
    "A star of its own means other projects, too. For the usual events leave it out; for more name their kinds, such as `push issue`. `/belfry help kinds` lists them.";
  return problemAt(placeOf(words, isStar), says);
}

function strayTemplate(templates: Templates, { options: { template } }: RuleGrammar, words: string): Read | undefined {
  if (template === undefined || presetNames.includes(template)) return;
  const names = [...templates.keys()];
  if (names.some((name) => name === template || name.startsWith(`${template}/`))) return;
  const folders = names.flatMap((name) => (name.includes("/") ? [name.slice(0, name.lastIndexOf("/"))] : []));
  const known = [...new Set([...presetNames, ...folders])];
  const near = nearest(template, known);
  const says = `There is no template ${quoted(template)}.`;
  const place = placeOf(words, (word) => /^template:/i.test(word));
  return near ? problemAt(place, says, near) : problemAt(place, `${says} Choose one of: ${known.join(", ")}.`);
}

/** The first word that is so. */
function placeOf(words: string, isIt: (word: string) => boolean) {
  const split = splitWords(words);
  const found = "words" in split ? split.words.find(({ text }) => isIt(plain(text))) : undefined;
  return found ?? { text: "", at: words.length };
}
