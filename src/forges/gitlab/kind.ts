import type { z } from "zod";
import type { Event, Project } from "../../events.ts";
import type { Reading } from "../forge.ts";
import { type Sources, toProject } from "./common.ts";
import { onInstance, type PageOf, pagesOn } from "./instance.ts";
import { dropUnsafeLinks } from "./links.ts";

/** Reads the JSON of one kind of delivery. `instance`: address of the GitLab that sends it, where it says so. */
export type ReadKind = (json: unknown, instance?: string) => Reading;

const mostIssues = 20;

/**
 * One kind of delivery: the schema of its payload, where the payload names its project, and what event it is.
 * `toEvent` is pure and may trust the schema; `pageOf` knows the pages of groups and projects on the sender's instance.
 */
export function defineKind<Payload>(kind: {
  schema: z.ZodType<Payload>;
  sources: (payload: Payload) => Sources;
  toEvent: (payload: Payload, project: Project, pageOf: PageOf) => Event;
}): ReadKind {
  return (json, instance) => {
    const parsed = kind.schema.safeParse(json);
    if (!parsed.success) return { state: "unreadable", reason: describe(parsed.error) };
    const project = toProject(kind.sources(parsed.data));
    if (!project) return { state: "unreadable", reason: "project: the payload names no project" };
    const event = kind.toEvent(parsed.data, onInstance(project, instance), pagesOn(instance));
    dropUnsafeLinks(event);
    return { state: "event", event };
  };
}

/** Kinds that share an event header: `object_kind` tells them apart, and `other` is whatever it does not name. */
export const byObjectKind =
  (kinds: Readonly<Record<string, ReadKind>>, other: ReadKind): ReadKind =>
  (json, instance) => {
    const name = typeof json === "object" && json !== null && "object_kind" in json ? String(json.object_kind) : "";
    const read = Object.hasOwn(kinds, name) ? kinds[name] : undefined;
    return (read ?? other)(json, instance);
  };

/** Paths and what was expected; never zod's own text, which may quote values. */
function describe({ issues }: z.ZodError): string {
  return issues
    .slice(0, mostIssues)
    .map(
      (issue) =>
        `${issue.path.join(".") || "body"}: ${"expected" in issue ? `expected ${issue.expected}` : issue.code}`,
    )
    .join("; ");
}
