import { basename } from "node:path";
import { type Kind, kinds } from "../src/events.ts";
import type { Forge } from "../src/forges/forge.ts";
import { forges } from "../src/forges/index.ts";
import { type Fixture, fixtures } from "../test/support/fixtures.ts";
import { since } from "./since.ts";
import { table } from "./table.ts";

/** An action of a kind, and the fixtures of a forge that show it. */
export interface Shown {
  kind: Kind;
  action: string;
  fixtures: Fixture[];
}

const all = fixtures();

/** The event that a fixture is, or undefined where it is none. */
function eventOf(forge: Forge, { header, body }: Fixture) {
  const reading = forge.parse({ headers: { [forge.eventHeaders()[0] ?? ""]: header }, body });
  return reading.state === "event" ? reading.event : undefined;
}

/** Every action of every kind in the order of the vocabulary, then actions that only fixtures know. */
export function shownBy(forge: Forge): Shown[] {
  const events = all
    .filter((fixture) => fixture.forge === forge.name)
    .map((fixture) => ({ fixture, event: eventOf(forge, fixture) }));
  return (Object.keys(kinds) as Kind[]).flatMap((kind) => {
    const ours = events.filter(({ event }) => event?.kind === kind);
    const actions = new Set([...kinds[kind], ...ours.flatMap(({ event }) => event?.action ?? [])]);
    return [...actions].map((action) => ({
      kind,
      action,
      fixtures: ours.flatMap(({ event, fixture }) => (event?.action === action ? [fixture] : [])),
    }));
  });
}

/** `merge_request_hook__open_fork` as `open_fork`, with the event header where it is not the kind's own. */
const labelOf = (kind: Kind, name: string) => name.replace(`${kind}_hook__`, "").replace("_hook__", " ");

const link = (kind: Kind, { forge, name, file }: Fixture) =>
  `[${labelOf(kind, name)}](../test/forges/${forge}/${basename(file)})`;

/** GitLab with all there is, its relatives with what their fixtures show. */
function section(forge: Forge): string {
  const rows = shownBy(forge)
    .filter((row) => forge.name === "gitlab" || row.fixtures.length > 0)
    .map(({ kind, action, fixtures }) => [
      `\`${kind}\``,
      `\`${action}\``,
      since[kind].actions?.[action] ?? since[kind].kind,
      fixtures.map((fixture) => link(kind, fixture)).join(", ") || "—",
    ]);
  return `## ${forge.title}\n\n${table(["kind", "action", "since GitLab", "fixtures"], rows)}`;
}

/** forge × kind × action × since × fixtures, from the vocabulary and the fixtures on disk. */
export const kindsPart = (): string => Object.values(forges).map(section).join("\n\n");
