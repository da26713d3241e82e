import { conditionKeys, conditionNamed, conditionOf } from "./conditions.ts";
import { readKind } from "./kind-choice.ts";
import { kindOfAction, kindWords } from "./kinds.ts";
import { nearest } from "./nearest.ts";
import { isOptionKey, optionKeys, options } from "./options.ts";
import type { Piece, Problem } from "./problem.ts";
import { problemAt, quoted } from "./problem.ts";

/** The error for a word that is nothing, with the nearest thing that it could be. */
export function unknownWord(word: Piece, key: string | undefined, hasProject: boolean): { problem: Problem } {
  const keys: string[] = [...conditionKeys, ...optionKeys];
  if (key !== undefined) {
    const wrong = { text: key, at: word.at };
    return problemAt(wrong, `${quoted(key)} is not a kind or condition.`, nearest(key, [...kindWords, ...keys]));
  }
  const says = `${quoted(word.text)} is not a project, kind or condition.`;
  const rewritten = [word.text.replaceAll(",", " "), word.text.replace(".", ":")].find(
    (text) => text !== word.text && text.split(" ").every((part) => isKindWord(part)),
  );
  if (rewritten !== undefined) return problemAt(word, says, rewritten);
  const example = exampleOf(word.text.toLowerCase());
  if (example !== undefined) return problemAt(word, `${quoted(word.text)} needs a value, such as \`${example}\`.`);
  const near = kindOfAction(word.text) ?? nearest(word.text, [...kindWords, ...keys]);
  const group = !hasProject && /^[\w.-]+$/.test(word.text) ? `${word.text}/**` : undefined;
  return problemAt(word, says, near ?? group);
}

function exampleOf(key: string): string | undefined {
  if (isOptionKey(key)) return options[key].example;
  const condition = conditionNamed(key);
  return condition && conditionOf(condition).example;
}

function isKindWord(text: string): boolean {
  const read = readKind({ text, at: 0 });
  return read !== undefined && !("problem" in read);
}
