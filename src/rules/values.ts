import type { ConditionKey } from "./conditions.ts";
import { conditionOf, statuses, switchValues } from "./conditions.ts";
import { patternLimit } from "./glob.ts";
import type { Condition } from "./grammar.ts";
import { actionNamed } from "./kinds.ts";
import { nearest } from "./nearest.ts";
import type { OptionKey, Options } from "./options.ts";
import { options } from "./options.ts";
import type { Piece, Problem } from "./problem.ts";
import { problemAt, quoted } from "./problem.ts";
import { hasOutsideQuotes, plain, splitAt } from "./words.ts";

/** Reads the value of `key:value` or `-key:value`. */
export function readCondition(
  key: ConditionKey,
  value: Piece,
  not: boolean,
): { condition: Condition } | { problem: Problem } {
  const row = conditionOf(key);
  if (plain(value.text) === "") return problemAt(value, `${key}: needs a value, such as \`${row.example}\`.`);
  if (row.value === "switch") return readSwitch(key, value, not);
  if (hasOutsideQuotes(value.text, ",") && hasOutsideQuotes(value.text, "+")) {
    return problemAt(value, "Write , for any of them or + for all of them, not both.");
  }
  const values: string[] = [];
  for (const part of splitAt(value, ",+")) {
    const read = readValue(part, row.value);
    if ("problem" in read) return read;
    if (!values.includes(read.text)) values.push(read.text);
  }
  const how = hasOutsideQuotes(value.text, "+") && values.length > 1 ? "all" : "any";
  return { condition: { key, how: not ? "none" : how, values } };
}

function readValue(part: Piece, value: "text" | "person" | "status"): { text: string } | { problem: Problem } {
  const text = value === "person" ? plain(part.text).replace(/^@+/, "") : plain(part.text);
  if (text === "") return problemAt(part, 'A value is missing here. One with a comma or plus needs quotes: "c++".');
  if (text.length > patternLimit) return problemAt(part, `A value has at most ${patternLimit} characters.`);
  if (value !== "status" || text.includes("*")) return { text };
  const status = actionNamed(text, statuses);
  return status ? { text: status } : problemAt(part, `${quoted(text)} is not a status.`, nearest(text, statuses));
}

function readSwitch(key: ConditionKey, value: Piece, not: boolean): { condition: Condition } | { problem: Problem } {
  const text = plain(value.text).toLowerCase();
  const says = `${key} is yes, no or only, not ${quoted(value.text)}.`;
  if (!switchValues.some((known) => known === text)) return problemAt(value, says, nearest(text, switchValues));
  if (!not) return { condition: { key, how: "any", values: [text] } };
  const whole = { text: `-${key}:${value.text}`, at: value.at - key.length - 2 };
  return problemAt(whole, `${key} has no opposite with a minus.`, `${key}:${text === "no" ? "only" : "no"}`);
}

/** Reads the value of an option. */
export function readOption(key: OptionKey, value: Piece): { options: Options } | { problem: Problem } {
  const { example, read } = options[key];
  if (plain(value.text) === "") return problemAt(value, `${key}: needs a value, such as \`${example}\`.`);
  const found = read(value, splitAt(value, ","));
  return "problem" in found ? found : { options: found };
}
