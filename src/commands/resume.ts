import { UserError } from "../errors.ts";
import { adviceOn } from "../slack/advice.ts";
import { code } from "../slack/text.ts";
import { pauseRule } from "../store/change-rules.ts";
import { removedReason } from "../store/file-rules.ts";
import type { StoredRule } from "../store/rules.ts";
import { type Asker, type CommandEntry, type Desk, doing, type Reply } from "./command.ts";
import { askConfidential, privacyOf } from "./confidential.ts";
import { oneRule, refuseRemoved, rulesHere } from "./here.ts";
import { byHand } from "./pause.ts";
import { ended } from "./say.ts";

export const resume: CommandEntry = {
  run,
  aliases: ["start", "enable", "unpause", "continue"],
  usage: "resume <rule|all>",
  does: "let a paused rule post again",
  help: "`/belfry resume abc2345` lets the rule post again, from the next delivery on; `/belfry resume all` does so with all rules of this channel.",
  changes: true,
};

async function run(desk: Desk, asker: Asker, words: string): Promise<Reply> {
  const parts = words.split(/\s+/).filter((part) => part !== "");
  if (parts.length === 1 && parts[0]?.toLowerCase() === "all") return resumeAll(desk, asker);
  // A button has the rules that it was shown for.
  if (parts.length > 1 && asker.confirmed) return resumeAll(desk, asker, parts);
  const rule = await oneRule(desk, asker, words, "resume abc2345");
  refuseRemoved(rule);
  const { id, paused, grammar } = rule;
  if (paused === undefined) return { text: `Rule \`${id}\` is not paused.` };
  if (!isReadable(rule))
    throw new UserError(`${paused} Give rule \`${id}\` new words: \`/belfry edit ${id} group/project\``);
  // The channel may have become public, or shared, since the rule was made.
  const asked = { line: `resume ${id}`, label: "Resume anyway" };
  const { question, isPrivate } = await askConfidential(desk, asker, grammar, asked);
  if (question) return question;
  await resumeOne(desk, asker, rule, isPrivate);
  const check = paused === byHand ? "" : `\nIt was paused: ${ended(paused)} ${whatToCheck(paused)}`;
  return { text: `Resumed: rule \`${id}\` posts again\n${code(rule.words)}${check}` };
}

/** @returns false when it is gone meanwhile */
async function resumeOne(desk: Desk, asker: Asker, rule: StoredRule, isPrivate: boolean | undefined): Promise<boolean> {
  const privacy = await privacyOf(desk, asker, rule, isPrivate);
  return pauseRule(desk.store, asker.workspace, rule.id, null, doing(asker), privacy);
}

const isReadable = ({ grammar }: StoredRule): boolean => grammar.kinds.length > 0;

/** @param ids only these of the paused rules of the channel */
async function resumeAll(desk: Desk, asker: Asker, ids?: readonly string[]): Promise<Reply> {
  const here = await rulesHere(desk, asker);
  const paused = here.filter(({ id, paused: why }) => why !== undefined && (ids?.includes(id) ?? true));
  const rules = paused.filter((rule) => rule.paused !== removedReason && isReadable(rule));
  const stay = paused.length - rules.length;
  const others = stay > 0 ? [`${rulesOf(stay)} cannot be resumed: \`/belfry list\` shows why.`] : [];
  if (rules.length === 0) return { text: others[0] ?? "No rule of this channel is paused." };
  const all = { projects: [], kinds: [], conditions: rules.flatMap(({ grammar }) => grammar.conditions), options: {} };
  const line = `resume ${rules.map(({ id }) => id).join(" ")}`;
  const { question, isPrivate } = await askConfidential(desk, asker, all, { line, label: "Resume anyway" });
  if (question) return question;
  const resumed: StoredRule[] = [];
  // One that is gone meanwhile is none that posts again.
  for (const rule of rules) if (await resumeOne(desk, asker, rule, isPrivate)) resumed.push(rule);
  const checks = resumed.flatMap(({ paused: why = byHand }) => (why === byHand ? [] : whatToCheck(why)));
  const again = `Resumed: ${rulesOf(resumed.length)} of this channel ${resumed.length === 1 ? "posts" : "post"} again.`;
  return { text: [again, ...new Set(checks), ...others].join("\n") };
}

const rulesOf = (count: number): string => (count === 1 ? "1 rule" : `${count} rules`);

const invite = "If this channel is private, see that I am in it: `/invite @belfry`";
const checks: [RegExp, string][] = [
  [/not_in_channel|channel_not_found|removed from the channel/, invite],
  [/archived/, "See that the channel is not archived any more."],
  [/restricted_action|no_permission|limited_access/, "See that apps may post in this channel."],
  [/invalid_auth|token|account_inactive|not_authed|uninstalled/, "An administrator may have to install Belfry again."],
  [/missing_scope/, "An administrator has to install Belfry again, because it needs more permissions."],
  [/not private any more/, "Whoever can open this channel reads the confidential things that it posts."],
  [/shared/, "People of the other company read what it posts now."],
];

const whatToCheck = (reason: string): string =>
  checks.find(([pattern]) => pattern.test(reason))?.[1] ??
  adviceOn(reason) ??
  "If that still holds, it is paused again.";
