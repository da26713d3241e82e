import { UserError } from "../errors.ts";
import { code } from "../slack/text.ts";
import { pauseRule } from "../store/change-rules.ts";
import { type Asker, type CommandEntry, type Desk, doing, type Reply } from "./command.ts";
import { askConfidential } from "./confidential.ts";
import { oneRule, refuseRemoved } from "./here.ts";
import { sentence } from "./say.ts";

/** Why a rule is paused that a person paused. */
export const byHand = "by hand";

export const pause: CommandEntry = {
  run: runPause,
  aliases: ["stop", "disable"],
  usage: "pause <rule>",
  does: "let a rule post nothing until it is resumed",
  help: [
    "`/belfry pause abc2345` keeps the rule and lets it post nothing until `/belfry resume abc2345`.",
    "What happens meanwhile is not posted later. For a while only, `mute` ends by itself.",
  ].join("\n"),
  changes: true,
};

export const resume: CommandEntry = {
  run: runResume,
  aliases: ["start", "enable", "unpause", "continue"],
  usage: "resume <rule>",
  does: "let a paused rule post again",
  help: "`/belfry resume abc2345` lets the rule post again, from the next delivery on.",
  changes: true,
};

async function runPause(desk: Desk, asker: Asker, words: string): Promise<Reply> {
  const rule = await oneRule(desk, asker, words, "pause abc2345");
  refuseRemoved(rule);
  const { id, paused } = rule;
  if (paused === byHand) return { text: `Rule \`${id}\` is paused already. \`/belfry resume ${id}\` resumes it.` };
  // What Slack paused comes back by itself; what a person pauses does not.
  await pauseRule(desk.store, asker.workspace, id, byHand, doing(asker));
  return { text: `Paused: rule \`${id}\` posts nothing until \`/belfry resume ${id}\`\n${code(rule.words)}` };
}

async function runResume(desk: Desk, asker: Asker, words: string): Promise<Reply> {
  const rule = await oneRule(desk, asker, words, "resume abc2345");
  refuseRemoved(rule);
  const { id, paused, grammar } = rule;
  if (paused === undefined) return { text: `Rule \`${id}\` is not paused.` };
  if (grammar.kinds.length === 0)
    throw new UserError(`${paused} Give rule \`${id}\` new words: \`/belfry edit ${id} group/project\``);
  // The channel may have become public, or shared, since the rule was made.
  const question = await askConfidential(desk, asker, grammar, { line: `resume ${id}`, label: "Resume anyway" });
  if (question) return question;
  await pauseRule(desk.store, asker.workspace, id, null, doing(asker));
  const check = paused === byHand ? "" : `\nIt was paused: ${sentence(paused)}. ${whatToCheck(paused)}`;
  return { text: `Resumed: rule \`${id}\` posts again\n${code(rule.words)}${check}` };
}

const invite = "If this channel is private, see that I am in it: `/invite @belfry`";
const checks: [RegExp, string][] = [
  [/not_in_channel|channel_not_found|removed from the channel/, invite],
  [/archived/, "See that the channel is not archived any more."],
  [/restricted_action|no_permission|limited_access/, "See that apps may post in this channel."],
  [/invalid_auth|token|account_inactive|not_authed|uninstalled/, "An administrator may have to install Belfry again."],
  [/missing_scope/, "An administrator has to install Belfry again, because it needs more permissions."],
  [/shared/, "People of the other company read what it posts now."],
];

const whatToCheck = (reason: string): string =>
  checks.find(([pattern]) => pattern.test(reason))?.[1] ?? "If that still holds, it is paused again.";
