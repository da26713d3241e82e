import { code } from "../slack/text.ts";
import { pauseRule } from "../store/change-rules.ts";
import { type Asker, type CommandEntry, type Desk, doing, type Reply } from "./command.ts";
import { oneRule, refuseRemoved } from "./here.ts";

/** Why a rule is paused that a person paused. */
export const byHand = "by hand";

export const pause: CommandEntry = {
  run,
  aliases: ["stop", "disable"],
  usage: "pause <rule>",
  does: "let a rule post nothing until it is resumed",
  help: [
    "`/belfry pause abc2345` keeps the rule and lets it post nothing until `/belfry resume abc2345`.",
    "What happens meanwhile is not posted later. For a while only, `mute` ends by itself.",
  ].join("\n"),
  changes: true,
};

async function run(desk: Desk, asker: Asker, words: string): Promise<Reply> {
  const rule = await oneRule(desk, asker, words, "pause abc2345");
  refuseRemoved(rule);
  const { id, paused } = rule;
  if (paused === byHand) return { text: `Rule \`${id}\` is paused already. \`/belfry resume ${id}\` resumes it.` };
  // What was paused because its channel is archived or shared is resumed when that ends; what a person pauses is not.
  await pauseRule(desk.store, asker.workspace, id, byHand, doing(asker));
  return { text: `Paused: rule \`${id}\` posts nothing until \`/belfry resume ${id}\`\n${code(rule.words)}` };
}
