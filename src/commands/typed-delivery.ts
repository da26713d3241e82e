import { UserError } from "../errors.ts";
import { quoted } from "../rules/problem.ts";
import { findDelivery } from "../store/deliveries.ts";
import { deliveriesBeginning } from "../store/find-deliveries.ts";
import type { Asker, Desk } from "./command.ts";
import { shownHere } from "./shown-deliveries.ts";

const leastTyped = 8;
/** Deliveries of about a minute begin with the same eight letters. */
const mostCandidates = 100;

export type FullDelivery = NonNullable<Awaited<ReturnType<typeof findDelivery>>>;

/**
 * The delivery of an id, or of the beginning of one.
 * @throws UserError where there is none that may be told of here, whatever else there is, or several
 */
export async function typedDelivery(desk: Desk, asker: Asker, words: string): Promise<FullDelivery> {
  const word = words.trim().toLowerCase();
  if (word === "") throw new UserError("Name a delivery by its id: `/belfry deliveries` lists them.");
  if (!/^[0-9a-f-]{1,36}$/.test(word)) throw none(words.trim());
  if (word.length < leastTyped) throw new UserError(`Type at least ${leastTyped} letters of the id.`);
  const rows = await deliveriesBeginning(desk.store, asker.workspace, word, mostCandidates);
  const [found, ...more] = await shownHere(desk, asker, rows, { orAdmin: true });
  if (found && (more.length > 0 || rows.length === mostCandidates)) {
    throw new UserError(`Several deliveries begin with ${quoted(word)}. Type more of the id.`);
  }
  const row = found && (await findDelivery(desk.store, asker.workspace, found.id));
  if (!row) throw none(word);
  return row;
}

/** The same for one that is not there, is another workspace's, or is not for this channel. */
const none = (word: string) =>
  new UserError(`There is no delivery ${quoted(word)} for this channel. \`/belfry deliveries\` lists them.`);
