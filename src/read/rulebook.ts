import type { Event } from "../events.ts";
import type { Channels } from "../rules/match.ts";
import { channelIds } from "../store/channels.ts";
import { listMutes } from "../store/mutes.ts";
import { rulesNamingEach, type StoredRule } from "../store/rules.ts";
import type { Store } from "../store/store.ts";

/** What a batch of events is judged by, looked up once for all of them. */
export interface Rulebook {
  /** the rules that could name the project of one of these events */
  rulesOf(event: Event): readonly StoredRule[];
  /** What is known of the channels of all these rules. Asked for only where something would post. */
  channels(): Promise<Required<Channels>>;
}

/** Channels of one query: databases bound the values of one. */
const mostChannels = 5_000;

export async function openRulebook(store: Store, workspace: string, events: readonly Event[]): Promise<Rulebook> {
  const projects = new Map(events.map(({ project }) => [keyOf(project), project]));
  const found = await rulesNamingEach(store, workspace, [...projects.values()]);
  const rules = new Map([...projects.keys()].map((key, at) => [key, found[at] ?? []]));
  let known: Promise<Required<Channels>> | undefined;

  async function lookUp(): Promise<Required<Channels>> {
    const channels = [...new Set(found.flat().map(({ channel }) => channel))];
    const all: Required<Channels>[] = [];
    for (let at = 0; at < channels.length; at += mostChannels) {
      const some = channels.slice(at, at + mostChannels);
      const ids = await channelIds(store, workspace, some);
      all.push({ ids, mutes: await listMutes(store, workspace, [...some, ...ids.values()]) });
    }
    return { mutes: all.flatMap(({ mutes }) => mutes), ids: new Map(all.flatMap(({ ids }) => [...ids])) };
  }

  return {
    rulesOf: ({ project }) => rules.get(keyOf(project)) ?? [],
    channels: () => {
      known ??= lookUp();
      return known;
    },
  };
}

const keyOf = ({ host, path, group }: Event["project"]) => JSON.stringify([host, path, group]);
