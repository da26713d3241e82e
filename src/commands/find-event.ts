import type { Event } from "../events.ts";
import { type DeliverySummary, findDelivery, listDeliveries } from "../store/deliveries.ts";
import type { Asker, Desk } from "./command.ts";
import type { LinkObject } from "./link-object.ts";
import type { FullDelivery } from "./typed-delivery.ts";

/** Among how many of a project's newest deliveries those of the kind are looked for, and how many of them are read. */
const most = { rows: 2_000, read: 50 } as const;
/** Larger ones are not read again here: nothing else goes on meanwhile. */
const mostBytes = 1_000_000;

/** The newest delivery that tells of an object, with its event; undefined where there is none. */
export async function findEvent(
  desk: Desk,
  { workspace }: Asker,
  { project, kinds, isAbout }: LinkObject,
): Promise<{ row: FullDelivery; event: Event } | undefined> {
  // Some forges name a repository without its group.
  const paths = new Set([project.path, project.path.split("/").at(-1) ?? ""]);
  for (const path of paths) {
    const rows = await listDeliveries(desk.store, { workspace, project: path, state: "event", limit: most.rows });
    const fitting = rows.filter((row) => isOf(kinds, row) && row.bytes <= mostBytes).slice(0, most.read);
    for (const { id } of fitting) {
      const row = await findDelivery(desk.store, workspace, id);
      const event = row && eventOf(desk, row);
      if (event && isAbout(event)) return { row, event };
    }
  }
  return undefined;
}

const isOf = (kinds: readonly string[], { kind }: DeliverySummary) =>
  kinds.length === 0 || (kind !== null && kinds.includes(kind));

/** The event of a delivery, read again; undefined where its body was removed, is too large or is not what it was taken for. */
export function eventOf({ forges }: Desk, { forge, brand, headers, body }: FullDelivery): Event | undefined {
  if (body === null || body.byteLength > mostBytes) return undefined;
  const delivery = { headers: JSON.parse(headers) as Record<string, string>, body };
  const reading = forges[forge]?.parse(delivery, brand ?? undefined);
  return reading?.state === "event" ? reading.event : undefined;
}
