import { UserError } from "../errors.ts";
import { nearest } from "../rules/nearest.ts";
import { quoted } from "../rules/problem.ts";
import { defuse } from "../slack/text.ts";
import type { CommandEntry, Reply } from "./command.ts";
import { topics, wordTopic } from "./help-topics.ts";
import { toType } from "./say.ts";

/** Every command by its name. */
export type Entries = Readonly<Record<string, CommandEntry>>;

/** The name of the command that a word means, by its name or another, in either case. */
export function commandNamed(entries: Entries, word: string): string | undefined {
  const name = word.toLowerCase();
  if (Object.hasOwn(entries, name)) return name;
  return Object.keys(entries).find((other) => entries[other]?.aliases.includes(name));
}

/** @param entries all commands, this one included */
export const helpFor = (entries: () => Entries): CommandEntry => ({
  run: async (_desk, _asker, words) => help(entries(), words.trim()),
  aliases: ["?", "-h", "--help", "—help", "–help", "usage", "commands", "hello", "hi"],
  usage: "help [topic]",
  does: "how to use a command, or what rules are made of",
  help: "`/belfry help subscribe` explains a command, `/belfry help rules`, `kinds` or `conditions` what rules are made of, `/belfry help branch` one word.",
  changes: false,
});

function help(entries: Entries, topic: string): Reply {
  if (topic === "") return { text: overview(entries) };
  const word = topic.toLowerCase().replace(/^\/?belfry\s+/, "");
  const name = commandNamed(entries, word);
  const entry = name === undefined ? undefined : entries[name];
  const told = Object.hasOwn(topics, word) ? topics[word] : undefined;
  if (told) return { text: told() };
  const about = wordTopic(word);
  if (entry) return { text: [toType(entry.usage), defuse(entry.help), ...alsoTyped(entry), ...about].join("\n") };
  if (about.length > 0) return { text: about.join("\n") };
  const near = nearest(word, [...Object.keys(entries), ...Object.keys(topics)]);
  const hint = near === undefined ? "`/belfry help` shows what there is." : `Did you mean \`/belfry help ${near}\`?`;
  throw new UserError(`There is no help on ${quoted(topic)}. ${hint}`);
}

const alsoTyped = ({ aliases }: CommandEntry): string[] =>
  aliases.length > 0 ? [`You may also type: ${aliases.join(", ")}`] : [];

function overview(entries: Entries): string {
  const all = Object.keys(entries).map((name) => `\`${name}\``);
  return [
    "*Belfry* posts what happens in your GitLab projects into the channels that want to know.",
    "1. `/belfry connect gitlab` gives you an address and a secret for the webhook of a project or group",
    "2. `/belfry subscribe group/project` posts its merge requests, broken and fixed pipelines, deployments and releases here",
    "3. `/belfry subscribe group/** pipeline:failed branch:main` chooses what to post",
    "4. `/belfry list` shows the rules of this channel, and whether they work",
    `5. ${toType("explain <address or delivery>")} tells why something was posted here, or was not`,
    `All commands: ${all.join(" ")}`,
    "More: `/belfry help subscribe`, `/belfry help rules`, `/belfry help kinds`, `/belfry help conditions`",
  ].join("\n");
}
