import { UserError } from "../errors.ts";
import { nearest } from "../rules/nearest.ts";
import { parseRule } from "../rules/parse.ts";
import { looksLikeProject } from "../rules/projects.ts";
import { ChatError } from "../slack/errors.ts";
import { limits } from "../slack/limits.ts";
import { clip, cut } from "../slack/text.ts";
import { audit } from "./audit.ts";
import type { Asker, Desk, Reply } from "./command.ts";
import { connect } from "./connect.ts";
import { connections, disconnect, rotate } from "./connections.ts";
import { deliveries } from "./deliveries.ts";
import { edit } from "./edit.ts";
import { explain } from "./explain.ts";
import { commandNamed, type Entries, helpFor } from "./help.ts";
import { isDirect } from "./here.ts";
import { list } from "./list.ts";
import { mute, unmute } from "./mute.ts";
import { pause } from "./pause.ts";
import { replay } from "./replay.ts";
import { resume } from "./resume.ts";
import { sentence, toType, typed } from "./say.ts";
import { show } from "./show.ts";
import { subscribe } from "./subscribe.ts";
import { test } from "./test.ts";
import { unsubscribe } from "./unsubscribe.ts";
import { whoami } from "./whoami.ts";
import { whyNotChange } from "./why-nothing.ts";

/** Every command, in the order in which `help` names them. A new one is one line here. */
export const commands: Entries = {
  subscribe,
  unsubscribe,
  list,
  show,
  pause,
  resume,
  edit,
  mute,
  unmute,
  connect,
  connections,
  rotate,
  disconnect,
  test,
  explain,
  deliveries,
  replay,
  audit,
  whoami,
  help: helpFor(() => commands),
};

/** Characters of a line. */
const longest = 3_000;

/**
 * Answers a line that somebody typed behind `/belfry`.
 * @returns inert text of at most 3,000 characters. Never throws: what goes wrong is logged, and answered kindly
 */
export async function run(desk: Desk, asker: Asker, line: string): Promise<Reply> {
  const reply = await answer(desk, asker, line);
  return { ...reply, text: cut(reply.text, limits.section) };
}

async function answer(desk: Desk, asker: Asker, line: string): Promise<Reply> {
  if (line.length > longest) return { text: "That is too long: a command has at most 3,000 characters." };
  // People paste the whole command, and who knows the bot for GitHub types `subscribe list`.
  const words = line
    .trim()
    .replace(/^\/belfry(?=\s|$)/i, "")
    .trim()
    .replace(/^subscribe\s+list$/i, "list");
  const [, first = "", rest = ""] = /^(\S*)\s*([\s\S]*)$/.exec(words) ?? [];
  if (first.toLowerCase() === "cancel") return { text: "Nothing was changed." };
  const name = commandNamed(commands, first || "help");
  const entry = name === undefined ? undefined : commands[name];
  if (!entry) return { text: unknownCommand(first, words) };
  if (name !== "help" && asksHelp.test(rest)) return answer(desk, asker, `help ${name}`);
  try {
    const refusal = entry.changes ? await whyNotChange(desk, asker) : undefined;
    return refusal === undefined ? await entry.run(desk, await named(desk, asker), rest) : { text: refusal };
  } catch (error) {
    return failed(desk, error, name);
  }
}

/** `subscribe --help`; some keyboards make one dash of two. */
const asksHelp = /^(-h|(--|[—–])?help|\?)$/i;

/** With the channel's name: Slack keeps that of a private channel to itself when somebody types there. */
async function named({ look }: Desk, asker: Asker): Promise<Asker> {
  if (asker.channelName !== undefined || isDirect(asker)) return asker;
  try {
    const channel = await look.channel(asker.workspace, asker.channel);
    return channel && !channel.isDirect ? { ...asker, channelName: channel.name } : asker;
  } catch (error) {
    // Without it only the rules of rules.yml are not found.
    if (error instanceof ChatError) return asker;
    throw error;
  }
}

function unknownCommand(first: string, words: string): string {
  if (looksLikeProject(first) || "rule" in parseRule(words))
    return `To post what happens there, type ${toType(clip(`subscribe ${words}`, 200))}`;
  const near = nearest(
    first,
    Object.entries(commands).flatMap(([name, { aliases }]) => [name, ...aliases]),
  );
  const hint = near === undefined ? "`/belfry help` lists what there is." : `Did you mean \`/belfry ${near}\`?`;
  return `There is no command ${typed(first)}. ${hint}`;
}

function failed({ log, store }: Desk, error: unknown, command: string | undefined): Reply {
  if (error instanceof UserError) return { text: sentence(error.message) };
  // The line stays out of the log: it may hold anything.
  log.error({ command, error }, "a command failed");
  if (error instanceof ChatError)
    return { text: "Slack does not answer me at the moment. Please try again in a minute." };
  if (store.engine.isAway(error))
    return { text: "The database is away at the moment. Nothing was changed; please try again in a minute." };
  return { text: "Something went wrong here, and I have written it down. Please try again." };
}
