import type { Event } from "../events.ts";
import type { Reading } from "../forges/forge.ts";
import { type Decision, match } from "../rules/match.ts";
import { channelIds } from "../store/channels.ts";
import { listMutes } from "../store/mutes.ts";
import type { ReadDelivery } from "../store/pending-deliveries.ts";
import { rulesNaming } from "../store/rules.ts";
import type { Store } from "../store/store.ts";

const mostDecisions = 200;

/** What became of a delivery that was read, and what is to be posted because of it. */
export interface Decided {
  delivery: ReadDelivery;
  event?: Event;
  posts: Decision[];
}

/** Asks the rules and mutes of the workspace about one delivery. @param id of the delivery */
export async function decide(store: Store, workspace: string, id: string, reading: Reading): Promise<Decided> {
  if (reading.state !== "event") return { delivery: { id, ...reading }, posts: [] };
  const { event } = reading;
  const decisions = await decideFor(store, workspace, event);
  return { delivery: describe(id, event, decisions), event, posts: decisions.filter(({ post }) => post) };
}

/** What is known of channels is asked only where something would post. */
async function decideFor(store: Store, workspace: string, event: Event): Promise<Decision[]> {
  const rules = await rulesNaming(store, workspace, event.project);
  const decisions = match(event, rules);
  const channels = decisions.flatMap(({ post, channel }) => (post ? channel : []));
  if (channels.length === 0) return decisions;
  const ids = await channelIds(store, workspace, channels);
  const mutes = await listMutes(store, workspace, [...channels, ...ids.values()]);
  return match(event, rules, { mutes, ids });
}

const describe = (id: string, event: Event, decisions: Decision[]): ReadDelivery => ({
  id,
  state: "event",
  kind: event.kind,
  action: plain(event.action),
  project: plain(event.project.path),
  reason: silence(decisions),
  decisions: JSON.stringify({ count: decisions.length, rules: decisions.toSorted(postsFirst).slice(0, mostDecisions) }),
});

/** Why nothing is said. The rules' own reasons quote the payload, so they stay in the encrypted decisions. */
function silence(decisions: Decision[]): string | undefined {
  if (decisions.length === 0) return "no rule names the project";
  return decisions.some(({ post }) => post) ? undefined : "no rule posts it; `deliveries show` tells why";
}

/** The list may be cut: what posted is never cut off. */
const postsFirst = (a: Decision, b: Decision) => Number(b.post) - Number(a.post);

/** Text for a column: databases refuse NUL, and a list stays readable. */
const plain = (text: string) => text.replace(/\p{Cc}/gu, "").slice(0, 300);
