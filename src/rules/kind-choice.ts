import type { Kind } from "../events.ts";
import { bothAliases } from "./aliases.ts";
import type { KindChoice } from "./grammar.ts";
import { actionNamed, actionNames, defaultKinds, kindNamed, wholeOf } from "./kinds.ts";
import { nearest } from "./nearest.ts";
import type { Piece, Problem } from "./problem.ts";
import { problemAt, quoted } from "./problem.ts";

/** Reads `kind` or `kind:action,action`. Undefined where the word does not begin with a kind. */
export function readKind(word: Piece): KindChoice | { problem: Problem } | undefined {
  const lower = word.text.toLowerCase();
  const both = Object.hasOwn(bothAliases, lower) ? bothAliases[lower] : undefined;
  const spelled = both === undefined ? word : { text: both, at: word.at };
  const colon = spelled.text.indexOf(":");
  const kind = kindNamed(colon === -1 ? spelled.text : spelled.text.slice(0, colon));
  if (kind === undefined) return undefined;
  if (colon === -1) return { kind, actions: [], except: [] };
  const actions: string[] = [];
  let at = spelled.at + colon + 1;
  for (const text of spelled.text.slice(colon + 1).split(",")) {
    const action = actionNamed(text, actionNames(kind));
    if (action === undefined) return notAnAction(kind, { text, at });
    if (!actions.includes(action)) actions.push(action);
    at += text.length + 1;
  }
  return { kind, actions, except: [] };
}

function notAnAction(kind: Kind, word: Piece): { problem: Problem } {
  const names = actionNames(kind);
  const says = word.text === "" ? "An action is missing here." : `${quoted(word.text)} is not an action of ${kind}.`;
  const meant = word.text === "" ? undefined : nearest(word.text, names);
  return meant ? problemAt(word, says, meant) : problemAt(word, `${says} Its actions: ${names.join(", ")}.`);
}

/** The default kinds, read. */
export function spelledDefaults(): KindChoice[] {
  return defaultKinds.map((word) => readKind({ text: word, at: 0 })).filter(isRead);
}

function isRead(read: ReturnType<typeof readKind>): read is KindChoice {
  return read !== undefined && !("problem" in read);
}

/** Adds a wanted kind to the others, one entry a kind. */
export function addKind(kinds: KindChoice[], choice: KindChoice): void {
  const same = kinds.find((other) => other.kind === choice.kind);
  if (!same) kinds.push(choice);
  else if (choice.actions.length === 0 || same.actions.length === 0) same.actions = [];
  else same.actions = [...new Set([...same.actions, ...choice.actions])];
}

/** The choice less another, as an empty list where nothing is left. */
export function without(choice: KindChoice, less: KindChoice): KindChoice[] {
  if (choice.kind !== less.kind) return [choice];
  if (less.actions.length === 0) return [];
  const gone = (action: string) =>
    [action, wholeOf(choice.kind, action)].some((name) => less.actions.includes(name ?? ""));
  const actions = choice.actions.filter((action) => !gone(action));
  if (choice.actions.length > 0 && actions.length === 0) return [];
  const useful = less.actions.filter(
    (action) => actions.length === 0 || actions.includes(wholeOf(choice.kind, action) ?? ""),
  );
  return [{ kind: choice.kind, actions, except: [...new Set([...choice.except, ...useful])] }];
}
