import { z } from "zod";
import type { Person } from "../../events.ts";
import { titlesOf } from "./changes.ts";
import { distinct, optional, toPerson, type User } from "./common.ts";

/** What issues, work items and merge requests have in common. */

const mostLabels = 50;

export const Label = z.object({ title: optional(z.string()) });

/** Titles of labels, each once. */
export const toLabels = (labels: readonly z.infer<typeof Label>[] | null | undefined) =>
  distinct(titlesOf(labels ?? []), mostLabels);

/** Payloads name authors by id only: who they are is known where they also act, are assigned or review. */
export const authorAmong = (
  id: string | number | null | undefined,
  people: readonly (User | null | undefined)[],
): Person | undefined => toPerson(people.find((person) => person?.id != null && String(person.id) === String(id)));
