import { UserError } from "../errors.ts";
import { quoted } from "../rules/problem.ts";
import { clip, code } from "../slack/text.ts";
import { listHooks } from "../store/hooks.ts";
import { listMutes } from "../store/mutes.ts";
import type { Asker, Button, CommandEntry, Desk, Reply } from "./command.ts";
import { channelsOf, isDirect, rulesHere } from "./here.ts";
import { listChannels } from "./list-channels.ts";
import { muteLine } from "./mute-line.ts";
import { stateOf } from "./working.ts";

export const list: CommandEntry = {
  run,
  aliases: ["ls", "rules", "subscriptions", "status"],
  usage: "list [here|all]",
  does: "the rules of this channel, or where the workspace has rules",
  help: [
    "`/belfry list` shows the rules of this channel with their ids, whether they work, and what is muted.",
    "`/belfry list all` shows how many rules each public channel has.",
  ].join("\n"),
  changes: false,
};

/** So many rules, each with so many characters of its words, are read in one go and fit an answer. */
const page = { rules: 10, words: 160 } as const;

async function run(desk: Desk, asker: Asker, words: string): Promise<Reply> {
  const [, where = "here", number = "1"] = /^\s*(here|all)?\s*(\d{1,4})?\s*$/i.exec(words) ?? unknown(words);
  return where.toLowerCase() === "all" ? listChannels(desk, asker) : listHere(desk, asker, Math.max(1, Number(number)));
}

function unknown(words: string): never {
  throw new UserError(`${quoted(words.trim())} cannot be listed. Type \`/belfry list\` or \`/belfry list all\`.`);
}

async function listHere(desk: Desk, asker: Asker, number: number): Promise<Reply> {
  const { store } = desk;
  const rules = await rulesHere(desk, asker);
  const mutes = await listMutes(store, asker.workspace, channelsOf(asker));
  const hooks = await listHooks(store, asker.workspace);
  const muted = mutes.map((mute) => muteLine(mute, store.now()));
  if (rules.length === 0) return { text: [isDirect(asker) ? direct : nothing, ...muted].join("\n") };
  const pages = Math.ceil(rules.length / page.rules);
  const at = Math.min(number, pages);
  const shown = rules.slice((at - 1) * page.rules, at * page.rules);
  const lines: string[] = [];
  for (const rule of shown)
    lines.push(`• \`${rule.id}\` ${code(clip(rule.words, page.words))}\n   ${await stateOf(desk, asker, rule)}`);
  const more: Button[] = at < pages ? [{ label: "Show more", line: `list here ${at + 1}` }] : [];
  const head = `*Rules of this channel*${pages > 1 ? ` (page ${at} of ${pages}, ${rules.length} rules)` : ""}`;
  const connect = "Nothing can arrive: this workspace has no hook. `/belfry connect gitlab` makes one.";
  return { text: [head, ...lines, ...muted, ...(hooks.length > 0 ? [] : [connect])].join("\n"), buttons: more };
}

const direct = "There are no rules in direct messages. Type this in a channel, or `/belfry list all` anywhere.";
const nothing = "This channel has no rules yet. Begin with `/belfry subscribe group/project`";
