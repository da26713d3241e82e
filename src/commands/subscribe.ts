import { formatRule } from "../rules/format.ts";
import { code } from "../slack/text.ts";
import { addRule } from "../store/change-rules.ts";
import { noteChannel } from "../store/channels.ts";
import { listHooks } from "../store/hooks.ts";
import type { StoredRule } from "../store/rules.ts";
import { lastSeen } from "../store/seen.ts";
import { type Asker, type CommandEntry, type Desk, doing, type Reply } from "./command.ts";
import { askConfidential } from "./confidential.ts";
import { isDirect, rulesHere } from "./here.ts";
import { readRule } from "./read-rule.ts";
import { isSameRule } from "./same-rule.ts";
import { ago, reasoned, stopped, typed } from "./say.ts";
import { wrongWords } from "./wrong-words.ts";

export const subscribe: CommandEntry = {
  run,
  aliases: ["sub", "follow", "watch", "add"],
  usage: "subscribe <project> [kinds] [conditions]",
  does: "post what happens in a project into this channel",
  help: [
    "`/belfry subscribe group/project` posts its merge requests, broken and fixed pipelines, deployments, releases, tags and pushes to the default branch.",
    "`/belfry subscribe group/** -group/noisy merge_request:open,merge pipeline:failed branch:main` chooses.",
    "An address of a project, merge request or issue counts as its project. One project may have several rules here.",
    "More: `/belfry help rules`, `/belfry help kinds`, `/belfry help conditions`",
  ].join("\n"),
  changes: true,
};

function run(desk: Desk, asker: Asker, typed: string): Promise<Reply> {
  const words = typed.replace(/^\s*to\s+/i, "");
  const read = readRule(desk.templates, words);
  if ("problem" in read) return Promise.resolve({ text: wrongWords(read.problem, words) });
  return store(desk, asker, { words: formatRule(read.rule), grammar: read.rule });
}

async function store(desk: Desk, asker: Asker, rule: Pick<StoredRule, "words" | "grammar">): Promise<Reply> {
  const against = await whyNotHere(desk, asker);
  if (against !== undefined) return { text: against };
  const here = await rulesHere(desk, asker);
  const same = here.find(({ grammar }) => isSameRule(grammar, rule.grammar));
  if (same) return { text: alreadyHere(same) };
  // What rules.yml says is not ours to limit.
  if (here.filter(({ origin }) => origin !== "file").length >= mostRules) return { text: tooMany };
  const line = `subscribe ${rule.words}`;
  const asked = { line, label: "Subscribe anyway" };
  const { question, isPrivate } = await askConfidential(desk, asker, rule.grammar, asked);
  if (question) return question;
  const named = here.find(({ channel }) => channel.startsWith("#"));
  if (named) await noteChannel(desk.store, asker.workspace, named.channel, asker.channel);
  const place = { channel: asker.channel, words: rule.words, isPrivate };
  return stored(desk, await addRule(desk.store, asker.workspace, "command", place, doing(asker)));
}

/** Rules of one channel that were made here: more than anybody reads. */
const mostRules = 100;
const tooMany = `This channel has ${mostRules} rules, and that is the most. Remove one first, or have one for more projects, such as \`group/**\`.`;

const direct = "Nothing is subscribed in a direct message. Type this in a channel.";

/** Why nothing could be posted where the asker is. */
async function whyNotHere({ look }: Desk, asker: Asker): Promise<string | undefined> {
  if (isDirect(asker)) return direct;
  const found = await look.channel(asker.workspace, asker.channel);
  if (found?.isDirect) return direct;
  if (found?.isArchived) return "This channel is archived: nothing can be posted here.";
  if (!found || (found.isPrivate && !found.isMember))
    return "I am not in this channel, so nothing was stored. Invite me first: `/invite @belfry`";
  return undefined;
}

/** That a rule is here already, for `subscribe` and `edit`. */
export function alreadyHere({ id, words, paused }: StoredRule): string {
  const state =
    paused === undefined ? "" : `\nIt is paused: ${stopped(reasoned(paused))} \`/belfry resume ${id}\` resumes it.`;
  return `This rule is here already, as \`${id}\`:\n${code(words)}${state}`;
}

async function stored({ store }: Desk, { id, words, grammar, workspace }: StoredRule): Promise<Reply> {
  const says = `Subscribed: rule \`${id}\` posts here\n${code(words)}`;
  const seen = await lastSeen(store, workspace, grammar);
  if (seen)
    return { text: `${says}\nWorking: ${typed(seen.project)} sent something ${ago(seen.receivedAt, store.now())}.` };
  const waitsFor = { rule: id };
  if ((await listHooks(store, workspace)).length > 0) return { text: `${says}\n${waiting(grammar)}`, waitsFor };
  return {
    text: `${says}\nNothing can arrive yet: this workspace has no hook.`,
    waitsFor,
    buttons: [{ label: "Connect GitLab", line: "connect gitlab", style: "primary" }],
  };
}

/** Slack takes the later answer for half an hour. https://docs.slack.dev/interactivity/handling-user-interaction */
function waiting({ projects }: StoredRule["grammar"]): string {
  const [one, ...more] = projects.flatMap(({ not, pattern }) => (not ? [] : [pattern]));
  const what = one === undefined || more.length > 0 ? "these projects" : typed(one);
  return `Waiting for the first delivery of ${what}: I will say so here when it arrives within half an hour, and \`/belfry list\` shows it later. \`/belfry connections\` shows your hooks.`;
}
