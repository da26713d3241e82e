import { v7 as uuid } from "uuid";
import { type Home, isSame, type Place } from "../cards/home.ts";
import { isNews, isOvertaken, isSilent } from "../cards/news.ts";
import { projectOf } from "../cards/objects.ts";
import type { Event } from "../events.ts";
import { actionsOf } from "../rules/kinds.ts";
import type { Options } from "../rules/options.ts";
import type { Card, CardAddress } from "../store/cards.ts";
import type { KnownObject } from "../store/objects.ts";
import type { NewMessage } from "../store/open-messages.ts";
import type { MessageState } from "../store/schema.ts";
import type { CardBook } from "./card-book.ts";

/** What a rule wants to be said about an event. */
export interface Post {
  workspace: string;
  /** name of its lane */
  channel: string;
  /** all names of its channel */
  names: readonly string[];
  delivery: string;
  rule: string;
  event: Event;
  options: Options;
  /** the card that tells of the event; undefined where nothing does */
  home: Home | undefined;
  /** what is known of the home's object */
  known: KnownObject | undefined;
  /** a person wants it told once more */
  isReplayed: boolean;
}

/** Why no message is written. */
export interface Untold {
  untold: string;
}

const shown: Untold = { untold: "its card shows it" };

const waiting: readonly (MessageState | undefined)[] = ["pending", "retry", "uncertain"];

/** The objects whose cards may tell of a post, and where. */
export const addressesOf = ({ event, home, names }: Post): CardAddress[] =>
  home === undefined
    ? []
    : [home, ...home.under].flatMap(({ object }) =>
        names.map((channel) => ({ project: projectOf(event), object, channel })),
      );

/**
 * The message that says it, if any: the card of its object where the channel has none yet; then a reply where it is
 * news, and nothing where the card alone tells it. Inside the transaction that writes the messages.
 * @param book the cards at the post's addresses
 */
export async function tell(post: Post, book: CardBook): Promise<NewMessage | Untold> {
  const { workspace, channel, delivery, rule, event, options, home, known, isReplayed } = post;
  const plain: NewMessage = { workspace, channel, delivery, rule, event };
  if (isSilent(event)) return { untold: "the forge itself wrote it" };
  if (!home || !known) return plain;
  const project = projectOf(event);
  const objects = [home, ...home.under].map(({ object }) => object);
  const cards = book.find(project, objects, post.names);
  const parent =
    options.thread === "off"
      ? undefined
      : cards.findLast((card) => card.isRuled && isThere(card) && home.under.some((place) => isAt(card, place)));
  if (parent && home.isFolded) return isReplayed || isNews(event) ? reply(plain, parent, post) : shown;
  const own = cards.findLast(
    ({ object, episode }) => object === home.object && isSame(object, known.facts, episode, home.episode),
  );
  // Who makes a rule anew goes on with the cards of the one before.
  if (own && !own.isRuled) await book.takeOver(own, { rule });
  if (own && isThere(own))
    return isReplayed || (!home.isList && isNews(event) && !isOvertaken(event, known.facts))
      ? reply(plain, own, post)
      : shown;
  const id = uuid();
  const thread = parent && (parent.thread ?? parent.id);
  if (own?.state === "gone") return isReplayed || isNews(event) ? plain : { untold: "somebody deleted its card twice" };
  const { object, episode } = home;
  if (own) await book.takeOver(own, { message: id, rule });
  const card = own?.id ?? book.begin({ workspace, channel, project, object, episode, rule, message: id, thread });
  return { ...plain, id, card, thread };
}

const isAt = (card: Card, { object, episode }: Place) => card.object === object && card.episode === episode;

/** It was posted and is there, or will be. */
const isThere = ({ state, isPosted, message }: Card): boolean =>
  state !== "gone" && (isPosted || waiting.includes(message));

/** News of a card that is itself a reply are on that reply: its thread belongs to another object. */
function reply(plain: NewMessage, own: Card, { options, isReplayed }: Post): NewMessage | Untold {
  const { thread, broadcast = [] } = options;
  if (thread === "off") return plain;
  if (own.thread !== undefined && !isReplayed) return shown;
  const isBroadcast = actionsOf(plain.event).some((action) => broadcast.includes(action));
  return { ...plain, thread: own.thread ?? own.id, broadcast: isBroadcast };
}
