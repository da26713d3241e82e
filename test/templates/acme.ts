import type { Person, Project } from "../../src/events.ts";

/** The people and places of the events. */

export const base = "https://gitlab.acme.io/platform/api";

export const project = {
  path: "platform/api",
  name: "API",
  host: "gitlab.acme.io",
  url: base,
  defaultBranch: "main",
};

export const group: Project = {
  path: "acme/platform",
  name: "Platform",
  host: "gitlab.acme.io",
  url: "https://gitlab.acme.io/groups/acme/platform",
  group: true,
};

export const alice: Person = { name: "Alice Okafor", username: "alice", bot: false };
export const bob: Person = { name: "Bob Lindqvist", username: "bob", bot: false };
export const carol: Person = { name: "Carol Díaz", username: "carol", bot: false };

/** What their events have, where a forge says what it can, and where it says next to nothing. */
export const common = { project, actor: alice, at: "2026-11-03T09:12:44Z", confidential: false };
export const nothingKnown = {
  project: { path: "API", name: "API" },
  actor: undefined,
  url: undefined,
  at: undefined,
};
