import { type Home, homeOf } from "../cards/home.ts";
import type { Event, Kind } from "../events.ts";
import type { Reading } from "../forges/forge.ts";
import type { RuleGrammar } from "../rules/grammar.ts";
import { type Decision, match } from "../rules/match.ts";
import type { Options } from "../rules/options.ts";
import { arrivedAt } from "../store/deliveries.ts";
import type { KnownObject } from "../store/objects.ts";
import type { ReadDelivery } from "../store/pending-deliveries.ts";
import type { StoredRule } from "../store/rules.ts";
import type { Knowledge, Learned } from "./knowledge.ts";
import type { Rulebook } from "./rulebook.ts";

const mostDecisions = 200;

/** What is to be posted because of a rule, and where it is told. */
export interface WantedPost {
  channel: string;
  rule: string;
  options: Options;
  home: Home | undefined;
  /** what is known of the home's object, with the event */
  known: KnownObject | undefined;
}

/** What became of a delivery that was read, and what is to be posted because of it. */
export interface Decided {
  delivery: ReadDelivery;
  event?: Event;
  posts: WantedPost[];
  /** what the event changed of what is known */
  learned: Learned[];
  /** what the rules said */
  decisions: Decision[];
}

/**
 * Asks the rules and mutes of the workspace about one delivery.
 * @param batch what is known of objects; undefined: it is told without a card
 * @param id of the delivery
 */
export async function decide(
  book: Rulebook,
  batch: Knowledge | undefined,
  id: string,
  reading: Reading,
): Promise<Decided> {
  if (reading.state !== "event") return { delivery: { id, ...reading }, posts: [], learned: [], decisions: [] };
  const rules = book.rulesOf(reading.event);
  if (rules.length === 0) {
    const { event } = reading;
    return { delivery: describe(id, event, []), event, posts: [], learned: [], decisions: [] };
  }
  const knowledge = isShownBy(rules, reading.event) ? batch : undefined;
  const news = knowledge?.news(reading.event);
  const event: Event = news && reading.event.kind === "pipeline" ? { ...reading.event, news } : reading.event;
  const decisions = await decideFor(book, event, rules);
  const arrived = arrivedAt(id);
  const wanted = decisions.filter(({ post }) => post);
  const learned = knowledge?.learn(event, wanted.length > 0, arrived) ?? [];
  const posts = wanted.map(({ channel, rule }) => {
    const grammar = rules.find((one) => one.id === rule)?.grammar;
    const wantsNews = grammar !== undefined && news !== undefined && namesNews(grammar, news.word);
    const home = knowledge && homeOf(event, knowledge.factsOf(event), { wantsNews, arrived });
    const known = home && knowledge.find(event, home.object);
    return { channel, rule, options: grammar?.options ?? {}, home, known };
  });
  return { delivery: describe(id, event, decisions), event, posts, learned, decisions };
}

/** The kinds of which a rule must want one, so that some card shows an event of this kind. */
const showing: { readonly [K in Kind]?: readonly Kind[] } = {
  merge_request: ["merge_request"],
  pipeline: ["pipeline", "job", "merge_request"],
  job: ["pipeline", "job"],
  deployment: ["deployment"],
  release: ["release"],
  note: ["note"],
  push: ["push"],
};

/** Whether some card may show an event, so that it is worth knowing what is told of its objects. */
export const isShownBy = (rules: readonly StoredRule[], { kind }: Event): boolean =>
  rules.some(({ grammar }) => grammar.kinds.some((choice) => showing[kind]?.includes(choice.kind)));

/** What is known of channels is asked only where something would post. */
async function decideFor(book: Rulebook, event: Event, rules: readonly StoredRule[]): Promise<Decision[]> {
  const decisions = match(event, rules);
  if (!decisions.some(({ post }) => post)) return decisions;
  const { mutes, ids } = await book.channels();
  // Nothing is muted, and no channel has two names: it would decide the same.
  return mutes.length === 0 && ids.size === 0 ? decisions : match(event, rules, { mutes, ids });
}

/** Whether a rule asks what pipelines mean for their branch, rather than for each pipeline. */
const namesNews = ({ kinds }: RuleGrammar, word: string): boolean =>
  kinds.some(({ kind, actions }) => kind === "pipeline" && actions.includes(word));

const describe = (id: string, event: Event, decisions: Decision[]): ReadDelivery => ({
  id,
  state: "event",
  kind: event.kind,
  action: plain(event.action),
  project: plain(event.project.path),
  reason: silence(decisions),
});

/**
 * What the rules said of an event, as it is kept.
 * @param untold by the ids of rules that post it: why no message was written all the same
 */
export function kept(decisions: readonly Decision[], untold: ReadonlyMap<string, string>): string {
  const shown = decisions.map((one) => ({ ...one, reason: untold.get(one.rule) ?? one.reason }));
  return JSON.stringify({ count: decisions.length, rules: shown.sort(postsFirst).slice(0, mostDecisions) });
}

/** Why nothing is said. The rules' own reasons quote the payload, so they stay in the encrypted decisions. */
function silence(decisions: Decision[]): string | undefined {
  if (decisions.length === 0) return "no rule names the project";
  return decisions.some(({ post }) => post) ? undefined : "no rule posts it";
}

/** The list may be cut: what posted is never cut off. */
const postsFirst = (a: Decision, b: Decision) => Number(b.post) - Number(a.post);

/** Text for a column: databases refuse NUL, and a list stays readable. */
const plain = (text: string) => text.replace(/\p{Cc}/gu, "").slice(0, 300);
