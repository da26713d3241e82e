import type { Ids } from "./world.ts";

/**
 * What is typed of each command, with ids in all the places that take one. A command without a line here fails the walk.
 * Beside these each command is typed with each id alone.
 */
export const examples: Record<string, (ids: Ids) => readonly string[]> = {
  subscribe: ({ project, rule }) => [
    `subscribe ${project} merge_request`,
    `subscribe gitlab.acme.example/${project} push confidential:yes`,
    `subscribe ${project.split("/")[0]}/** -${project} pipeline label:${rule}`,
  ],
  unsubscribe: ({ rule, otherRule, project }) => [
    `unsubscribe ${rule} ${otherRule}`,
    `unsubscribe ${project} merge_request`,
    `unsubscribe ${rule.toUpperCase()}`,
  ],
  list: () => ["list", "list here", "list all", "list here 2"],
  show: ({ rule }) => [`show ${rule}`, `show ${rule} ${rule}`],
  pause: ({ rule }) => [`pause ${rule}`],
  resume: ({ rule }) => [`resume ${rule}`],
  edit: ({ rule, project }) => [`edit ${rule} ${project} push`, `edit ${rule}`],
  mute: ({ project }) => [`mute ${project} for 1h`, "mute pipeline for 30m"],
  unmute: ({ mute }) => [`unmute ${mute}`, "unmute"],
  connect: ({ project, hookName }) => [`connect gitlab https://gitlab.acme.example/${project}`, `connect ${hookName}`],
  connections: ({ hookName, hook }) => [
    "connections",
    ...["rotate", "finish", "disconnect"].flatMap((verb) => [
      `connections ${verb} ${hookName}`,
      `connections ${verb} ${hook}`,
    ]),
  ],
  rotate: ({ hookName }) => [`rotate ${hookName}`],
  disconnect: ({ hookName }) => [`disconnect ${hookName}`],
  test: ({ rule }) => [`test ${rule}`, `test ${rule} pipeline:failed`],
  explain: ({ link, delivery, project }) => [
    `explain ${link}`,
    `explain <${link}|text>`,
    `explain ${delivery}`,
    `explain https://gitlab.acme.example/${project}/-/merge_requests/12#note_1244`,
  ],
  deliveries: ({ project }) => ["deliveries", `deliveries ${project}`, `deliveries gitlab.acme.example/${project}`],
  replay: ({ delivery, delivered }) => [`replay ${delivery}`, `replay ${delivered}`],
  audit: ({ rule }) => ["audit", `audit ${rule}`],
  whoami: () => ["whoami"],
  help: ({ rule }) => ["help", `help ${rule}`],
};

/** Every command with every id, in the same order for all ids. */
export const linesOf = (commands: readonly string[], ids: Ids): string[] =>
  commands.flatMap((name) => [
    ...Object.entries(ids)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([, id]) => `${name} ${id}`),
    ...(examples[name]?.(ids) ?? []),
  ]);
