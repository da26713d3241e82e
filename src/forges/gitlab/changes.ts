import { z } from "zod";
import type { Change } from "../../events.ts";
import { optional, said, toPeople, type User } from "./common.ts";

export type Both<T> = { previous?: T | null | undefined; current?: T | null | undefined } | null | undefined;

/** A field of `changes`: what it was and what it is. */
export const both = <T extends z.ZodType>(value: T) =>
  optional(z.object({ previous: optional(value), current: optional(value) }));

export const namesOf = (users: readonly User[]) => toPeople(users).map(({ name }) => name);

export const titlesOf = (items: readonly { title?: string | null | undefined }[]) =>
  items.map(({ title }) => said(title)).filter((title) => title !== undefined);

/** A change of one value. */
export const value = (field: string, change: Both<string>): Change[] =>
  change ? [{ field, from: said(change.previous), to: said(change.current) }] : [];

/** A change of a list: `from` names what was taken away, `to` what was added. */
export function list<T>(field: string, change: Both<T[]>, names: (items: T[]) => string[]): Change[] {
  if (!change) return [];
  const before = names(change.previous ?? []);
  const after = names(change.current ?? []);
  const removed = before.filter((name) => !after.includes(name));
  const added = after.filter((name) => !before.includes(name));
  if (removed.length + added.length === 0) return [];
  return [{ field, from: said(removed.join(", ")), to: said(added.join(", ")) }];
}
