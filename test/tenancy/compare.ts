import { expect } from "vitest";
import type { DumpedRow } from "../support/dump.ts";
import { private_, type Tenants } from "./world.ts";

/** An answer without what is made anew for each: ids, secrets, times. */
export function plain(reply: unknown, { theirs, nobodys, other, twin }: Tenants): string {
  let text = JSON.stringify(reply, (key, value: unknown) => (["at", "ts", "value"].includes(key) ? undefined : value));
  // Of two rules that are not there either may be named.
  // What begins with a minus leaves something out, and is named without it.
  const named = [theirs, nobodys].flatMap((ids) =>
    Object.entries(ids).flatMap(([key, id]) => [[key, id] as const, [key, id.replace(/^-+/, "")] as const]),
  );
  // Zero-width spaces make what was typed inert.
  text = text.replaceAll("\u200B", "");
  // A long one is clipped where it is repeated.
  text = text.replaceAll(/[^\s“`]{8,}(?=…)/g, (word) => named.find(([, id]) => id.startsWith(word))?.[0] ?? word);
  for (const [key, id] of named.toSorted(([, a], [, b]) => b.length - a.length))
    text = text.replaceAll(new RegExp(escaped(id), "gi"), key === "otherRule" ? "<rule>" : `<${key}>`);
  return text
    .replace(new RegExp(`${other}|${twin}`, "g"), "<team>")
    .replace(/owners|nobody/gi, "<whose>")
    .replace(/whsec_[\w+/=-]+|`[\w-]{32}`|[0-9a-f]{32}/g, "<secret>")
    .replace(/`[a-z0-9]{7}`|(?<=(?:resume|pause|unmute|show|test) )[a-z0-9]{7}\b/g, "<rule>")
    .replace(/[0-9a-f]{8}-[0-9a-f-]{4,27}/g, "<id>")
    .replace(/\d{4}-\d\d-\d\d \d\d:\d\d UTC|just now|\d+ (?:min|h) ago/g, "<time>");
}

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

/** No value that only the owner has is in a text; what is shared (ids of people and channels, words) says nothing. */
export function expectNothingOf(rows: Record<string, DumpedRow[]>, text: string): void {
  const columns = /^(id|hook_id|rule_id|delivery_id|line|words|name|project|secrets|address|key|event_key|anchor)$/;
  for (const [table, all] of Object.entries(rows))
    for (const row of all)
      for (const [column, value] of Object.entries(row))
        if (columns.test(column) && value && value.length > 6 && table !== "workspaces")
          expect(text.includes(value), `${table}.${column} ${value} in ${text}`).toBe(false);
  for (const value of Object.values(private_)) expect(text).not.toContain(value);
}
