import { UserError } from "../errors.ts";
import { formatMute, parseMute } from "../rules/mute.ts";
import { quoted } from "../rules/problem.ts";
import { code } from "../slack/text.ts";
import { addMute, listMutes, type Mute, removeMute } from "../store/mutes.ts";
import { type Asker, type CommandEntry, type Desk, doing, type Reply } from "./command.ts";
import { channelsOf, isDirect } from "./here.ts";
import { muteLine } from "./mute-line.ts";
import { splitTime } from "./mute-time.ts";
import { minuteOf } from "./say.ts";
import { wrongWords } from "./wrong-words.ts";

export const mute: CommandEntry = {
  run: runMute,
  aliases: ["silence", "snooze", "quiet"],
  usage: "mute <kind|project> [for 2h]",
  does: "post nothing of a kind or project here for a while",
  help: [
    "`/belfry mute pipeline` is silent about pipelines in this channel for two hours, `/belfry mute group/project for 30m` about a project.",
    "`for 30m`, `for 2h`, `for 1d` or `until unmuted`. `/belfry unmute` ends it, `/belfry list` shows what is muted.",
    "What happens meanwhile is not posted later.",
  ].join("\n"),
  changes: true,
};

export const unmute: CommandEntry = {
  run: runUnmute,
  aliases: ["unsilence", "unsnooze"],
  usage: "unmute [id|kind|project]",
  does: "end what is muted in this channel",
  help: "`/belfry unmute` ends what is muted in this channel; where that is several things, it names their ids for `/belfry unmute abc2345`. What `mute` took `unmute` takes, too.",
  changes: true,
};

/** Things that are muted in one channel at once: they are listed in one answer. */
const mostMutes = 20;

async function runMute(desk: Desk, asker: Asker, typed: string): Promise<Reply> {
  const { store } = desk;
  const { workspace, channel, channelName } = asker;
  if (isDirect(asker)) throw new UserError("Nothing is muted in a direct message. Type this in a channel.");
  const { words: wanted, lasts } = splitTime(typed);
  if (wanted === "") throw new UserError("Name what to mute, such as `mute pipeline for 2h` or `mute group/project`.");
  const read = parseMute(wanted);
  if ("problem" in read) return { text: wrongWords(read.problem, wanted) };
  if ((await listMutes(store, workspace, channelsOf(asker))).length >= mostMutes)
    throw new UserError(`${mostMutes} things are muted here, and that is the most. End one first: \`/belfry unmute\``);
  const words = formatMute(read.mute);
  const until = lasts === undefined ? undefined : new Date(store.now().getTime() + lasts).toISOString();
  const { id } = await addMute(store, workspace, { channel, channelName, words, until }, doing(asker));
  const end = until === undefined ? "until somebody unmutes it" : `until ${minuteOf(until)}`;
  return { text: `Muted here ${end}:\n${code(words)}\n\`/belfry unmute ${id}\` ends it.` };
}

async function runUnmute(desk: Desk, asker: Asker, typed: string): Promise<Reply> {
  const { store } = desk;
  const { workspace } = asker;
  const mutes = await listMutes(store, workspace, channelsOf(asker));
  const meant = typed.trim().toLowerCase();
  const read = parseMute(typed);
  const words = "mute" in read ? formatMute(read.mute) : undefined;
  const found = meant === "" ? mutes : mutes.filter((one) => one.id === meant || one.words === words);
  const [first] = found;
  if (!first) throw new UserError(meant === "" ? "Nothing is muted here." : `${quoted(meant)} is not muted here.`);
  // The same words may be muted several times.
  if (found.some((one) => one.words !== first.words)) return { text: whichOne(found, store.now()) };
  for (const one of found) await removeMute(store, workspace, one, doing(asker));
  return { text: `Not muted any more:\n${code(first.words)}` };
}

const whichOne = (mutes: readonly Mute[], now: Date): string =>
  ["Which one?", ...mutes.map((one) => muteLine(one, now))].join("\n");
