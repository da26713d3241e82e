import { z } from "zod";
import type { Person } from "../../events.ts";
import { titlesOf } from "./changes.ts";
import { distinct, Id, optional, toPerson, User } from "./common.ts";

/** What issues, work items and merge requests have in common. */

const mostLabels = 50;

export const Label = z.object({ title: optional(z.string()) });

/** Parts of their schemas: what `object_attributes` has first and last, and what stands beside it. */
export const described = {
  iid: optional(Id),
  title: optional(z.string()),
  description: optional(z.string()),
  state: optional(z.string()),
  action: optional(z.string()),
};
export const planned = {
  labels: optional(z.array(Label)),
  milestone: optional(z.object({ title: optional(z.string()) })),
};
export const assigned = {
  labels: optional(z.array(Label)),
  assignee: optional(User),
  assignees: optional(z.array(User)),
};

/** The number of an object. Custom webhook templates may leave it out, and the address of its page has it too. */
export const numberIn =
  (page: RegExp) =>
  ({ iid, url }: { iid?: string | number | null | undefined; url?: string | null | undefined }): string | undefined =>
    iid == null ? page.exec(url ?? "")?.[1] : String(iid);

/** Titles of labels, each once. */
export const toLabels = (labels: readonly z.infer<typeof Label>[] | null | undefined) =>
  distinct(titlesOf(labels ?? []), mostLabels);

/** Payloads name authors by id only: who they are is known where they also act, are assigned or review. */
export const authorAmong = (
  id: string | number | null | undefined,
  people: readonly (User | null | undefined)[],
): Person | undefined => toPerson(people.find((person) => person?.id != null && String(person.id) === String(id)));
