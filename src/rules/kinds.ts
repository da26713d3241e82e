import type { Event, Kind } from "../events.ts";
import { kinds } from "../events.ts";
import { actionAliases, bothAliases, kindAliases } from "./aliases.ts";

interface Derived {
  /** what it is, as a line of help goes on after its name */
  help: string;
  /** the action of the event */
  of: string;
  /** whether the event counts as the derived action too */
  when: (event: Event) => boolean;
}

/** Actions that no forge sends: narrower names for some events of a kind. */
const derivedActions: Partial<Record<Kind, Record<string, Derived>>> = {
  push: {
    default: {
      help: "a push of a person to the default branch",
      of: "update",
      when: (event) =>
        event.kind === "push" &&
        event.branch !== undefined &&
        event.branch === event.project.defaultBranch &&
        event.actor?.bot !== true,
    },
  },
  merge_request: {
    ready: {
      help: "an update that marks a draft as ready",
      of: "update",
      when: (event) =>
        event.kind === "merge_request" && !event.draft && event.changes.some(({ field }) => field === "draft"),
    },
    commits: {
      help: "an update that brings new commits",
      of: "update",
      when: (event) => event.kind === "merge_request" && event.newCommits,
    },
  },
  pipeline: {
    broken: {
      help: "the first pipeline of a branch that fails after one that passed",
      of: "failed",
      when: (event) => event.kind === "pipeline" && event.news?.word === "broken",
    },
    fixed: {
      help: "the first that passes after that",
      of: "success",
      when: (event) => event.kind === "pipeline" && event.news?.word === "fixed",
    },
  },
};

/** What a rule without any kind gets, spelled out when it is made: a change here touches only new rules. */
export const defaultKinds = [
  "merge_request:open,ready,close,reopen,merge,approved",
  "pipeline:broken,fixed",
  "deployment",
  "release",
  "tag_push",
  "push:default",
] as const;

const isKind = (word: string): word is Kind => Object.hasOwn(kinds, word);

/** The actions that a rule may name for a kind, the derived ones last. */
export function actionNames(kind: Kind): string[] {
  return [...kinds[kind], ...Object.keys(derivedActions[kind] ?? {})];
}

/** The derived actions of a kind, each with what it is. */
export const derivedOf = (kind: Kind): { name: string; help: string }[] =>
  Object.entries(derivedActions[kind] ?? {}).map(([name, { help }]) => ({ name, help }));

/** The actions that an event counts as: its own, then the derived ones that hold. */
export function actionsOf(event: Event): string[] {
  const derived = Object.entries(derivedActions[event.kind] ?? {});
  const holds = derived.filter(([, { of, when }]) => of === event.action && when(event));
  return [event.action, ...holds.map(([name]) => name)];
}

/** The action that a derived one is a part of. */
export function wholeOf(kind: Kind, action: string): string | undefined {
  return derivedActions[kind]?.[action]?.of;
}

/** The kind that a word names, by its own name or another. */
export function kindNamed(word: string): Kind | undefined {
  const name = word.toLowerCase();
  if (isKind(name)) return name;
  return Object.hasOwn(kindAliases, name) ? kindAliases[name] : undefined;
}

/** Of these actions the one that a word names, by its own name or another. */
export function actionNamed(word: string, names: readonly string[]): string | undefined {
  const name = word.toLowerCase();
  if (names.includes(name)) return name;
  const others = Object.hasOwn(actionAliases, name) ? actionAliases[name] : undefined;
  return others?.find((other) => names.includes(other));
}

/**
 * Whether `key:value` says a kind and its actions. `job`, `tag` and `milestone` are kinds and conditions both:
 * `job:failed` is the kind, `job:lint` the condition, and so is `job:"failed"`.
 */
export function isKindWithActions(key: string, value: string): boolean {
  const kind = kindNamed(key);
  return kind !== undefined && value.split(",").every((word) => actionNamed(word, actionNames(kind)) !== undefined);
}

/** Every word that names a kind. */
export const kindWords: readonly string[] = [
  ...Object.keys(kinds),
  ...Object.keys(kindAliases),
  ...Object.keys(bothAliases),
];

/** `kind:action` for a word that is only the name of an action, for a suggestion. */
export function kindOfAction(word: string): string | undefined {
  for (const kind of Object.keys(kinds).filter(isKind)) {
    const action = actionNamed(word, actionNames(kind));
    if (action !== undefined) return `${kind}:${action}`;
  }
  return undefined;
}
