import type { Asker, Desk, Reply } from "../commands/command.ts";
import type { Log } from "../log.ts";
import { ChatError } from "../slack/errors.ts";
import { askFirst, takeConfirmed } from "../store/confirmations.ts";
import type { Store } from "../store/store.ts";
import { addWaitingReply } from "../store/waiting-replies.ts";
import { isFirst } from "./once.ts";
import { replyMessage } from "./reply-message.ts";
import type { Respond } from "./respond.ts";
import type { Source, WorkspaceOf } from "./who.ts";

/** A command or a click, as its signed body says. */
export interface Request {
  kind: "command" | "action";
  /** made anew by Slack for each request */
  trigger: string;
  source: Source;
  /** team of the person: another one than the workspace's in a channel that is shared with another company */
  personTeam: string | undefined;
  person: string;
  channel: string;
  channelName: string | undefined;
  /** what was typed, or the id that the button carries */
  text: string;
  /** Slack's response_url */
  address: string;
}

export interface RequestParts {
  store: Store;
  desk: Desk;
  run: (desk: Desk, asker: Asker, line: string) => Promise<Reply>;
  workspaceOf: WorkspaceOf;
  respond: Respond;
  /** where the app is installed by a click, if it is */
  installUrl: string | undefined;
  log: Log;
}

/** Milliseconds that Slack takes answers at an address. */
const answerable = 30 * 60_000;

interface Answered {
  reply: Reply;
  /** undefined where it is not known who asks, or a message that is there must stay */
  asker?: Asker;
  /** in place of the message with the button */
  replace?: boolean;
}

/** Does what was asked and answers; it was acknowledged before. Never throws: what fails is logged and, where that works, told. */
export async function handle(parts: RequestParts, request: Request): Promise<void> {
  const { store, log } = parts;
  const { kind, trigger } = request;
  let answered: Answered;
  try {
    if (!(await isFirst(store, kind, trigger)))
      return log.warn({ kind }, "a request of Slack's came again and was left aside");
    answered = await answer(parts, request);
  } catch (error) {
    log.error({ error, kind }, "a request of Slack's could not be done");
    answered = { reply: { text: store.engine.isAway(error) ? away : failed } };
  }
  await tell(parts, request, answered).catch((error: unknown) =>
    log.warn({ error, kind }, "an answer did not reach who asked"),
  );
}

const away = "The database is away at the moment. Please try again in a minute.";
const failed = "Something went wrong here, and I have written it down. Please try again.";

async function tell({ store, respond }: RequestParts, { address }: Request, { reply, asker, replace }: Answered) {
  // Buttons of nobody run nothing.
  const keep = (line: string) => (asker ? askFirst(store, asker, line) : Promise.resolve("none"));
  await respond(address, await replyMessage(reply, keep), { replace: replace ?? false });
  if (!asker || !reply.waitsFor) return;
  const expires = new Date(store.now().getTime() + answerable);
  await addWaitingReply(store, { workspace: asker.workspace, rule: reply.waitsFor.rule, address }, expires);
}

async function answer(parts: RequestParts, request: Request): Promise<Answered> {
  const workspace = await workspaceOrWhy(parts, request);
  if (typeof workspace !== "string") return { reply: workspace };
  const { kind, channel, channelName, person, text } = request;
  const asker: Asker = { workspace, channel, channelName, user: person, confirmed: kind === "action" };
  if (kind === "command") return { reply: await parts.run(parts.desk, asker, unescaped(text)), asker };
  const line = await takeConfirmed(parts.store, asker, text);
  // The message may be the answer of the first click by now, with a secret that is shown once.
  if (line === undefined)
    return { reply: { text: "This button was used already or is too old. Please type the command again." } };
  if (line === "cancel") return { reply: { text: "Nothing was changed." }, replace: true };
  return { reply: await parts.run(parts.desk, asker, line), asker, replace: true };
}

/** The workspace of a request, or what to say where there is none. */
async function workspaceOrWhy(
  { workspaceOf, installUrl }: RequestParts,
  { source, personTeam }: Request,
): Promise<string | Reply> {
  const workspace = await workspaceOf(source).catch((error: unknown) => {
    if (error instanceof ChatError)
      return { text: "Slack could not be asked who you are. Please try again in a minute." };
    throw error;
  });
  if (workspace === undefined)
    return { text: `Belfry is not installed in this workspace.${installUrl ? ` Add it: ${installUrl}` : ""}` };
  if (typeof workspace === "string" && isElsewhere(source, personTeam))
    return { text: "Only members of the workspace that has Belfry can use it here." };
  return workspace;
}

/** Within an organization people are at home in several teams: there `Person.isStranger` tells. */
const isElsewhere = ({ team, organization }: Source, personTeam: string | undefined): boolean =>
  organization === undefined && personTeam !== undefined && personTeam !== team;

/** What was typed: Slack sends its three control characters as entities. */
const unescaped = (text: string): string => text.replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/&amp;/g, "&");
