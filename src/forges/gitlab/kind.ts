import type { z } from "zod";
import type { Event, Project } from "../../events.ts";
import type { Reading } from "../forge.ts";
import { type Sources, toProject } from "./common.ts";

/** Reads the JSON of one kind of delivery. */
export type ReadKind = (json: unknown) => Reading;

const mostIssues = 20;

/**
 * One kind of delivery: the schema of its payload, where the payload names its project, and what event it is.
 * `toEvent` is pure and may trust the schema.
 */
export function defineKind<Payload>(kind: {
  schema: z.ZodType<Payload>;
  sources: (payload: Payload) => Sources;
  toEvent: (payload: Payload, project: Project) => Event;
}): ReadKind {
  return (json) => {
    const parsed = kind.schema.safeParse(json);
    if (!parsed.success) return { state: "unreadable", reason: describe(parsed.error) };
    const project = toProject(kind.sources(parsed.data));
    if (!project) return { state: "unreadable", reason: "project: the payload names no project" };
    return { state: "event", event: kind.toEvent(parsed.data, project) };
  };
}

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
