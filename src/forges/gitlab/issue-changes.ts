import { z } from "zod";
import type { Change } from "../../events.ts";
import { type Both, both, list, namesOf, titlesOf, value } from "./changes.ts";
import { Id, User } from "./common.ts";
import { Label } from "./issuable.ts";

/** The part of `changes` that people care about. Moving a card on a board changes `relative_position`, which is not. */
export const IssueChanges = z.object({
  title: both(z.string()),
  description: both(z.string()),
  confidential: both(z.boolean()),
  assignees: both(z.array(User)),
  labels: both(z.array(Label)),
  milestone_id: both(Id),
  due_date: both(z.string()),
  severity: both(z.string()),
  health_status: both(z.string()),
  weight: both(z.number()),
  total_time_spent: both(z.number()),
  closed_at: both(z.string()),
});
export type IssueChanges = z.infer<typeof IssueChanges>;

/** What an update changed, in the order of how much people care. */
export function toIssueChanges(changes: Partial<IssueChanges>): Change[] {
  const { confidential, due_date: due, health_status: health, weight, total_time_spent: time } = changes;
  return [
    ...value(
      "confidential",
      inWords(confidential, (yes) => (yes ? "yes" : "no")),
    ),
    ...value("title", changes.title),
    ...list("assignees", changes.assignees, namesOf),
    ...list("labels", changes.labels, titlesOf),
    ...(changes.milestone_id ? [{ field: "milestone" }] : []),
    ...value("due date", inWords(due, toDay)),
    ...value("severity", changes.severity),
    ...value(
      "health",
      inWords(health, (status) => status.replaceAll("_", " ")),
    ),
    ...value("weight", inWords(weight, String)),
    ...(changes.description ? [{ field: "description" }] : []),
    ...((time?.previous ?? 0) === (time?.current ?? 0) ? [] : [{ field: "time spent" }]),
  ];
}

/** The day of a date, which GitLab writes with and without a time. */
export const toDay = (date: string) => date.slice(0, 10);

function inWords<T>(change: Both<T>, words: (value: T) => string): Both<string> {
  const told = (value: T | null | undefined) => (value == null ? undefined : words(value));
  return change && { previous: told(change.previous), current: told(change.current) };
}
