import type { RuleGrammar } from "../rules/grammar.ts";
import { wantsConfidential } from "../rules/wants-confidential.ts";
import type { Privacy } from "../store/change-rules.ts";
import { noteChannel } from "../store/channels.ts";
import type { StoredRule } from "../store/rules.ts";
import type { Asker, Desk, Reply } from "./command.ts";

/**
 * What to ask before a rule posts confidential things where more people read than may see them on the forge; none
 * where nothing needs to be asked.
 * @param line what runs when the answer is yes
 * @returns also whether the channel is private, and of one company; undefined where nothing confidential is wanted
 */
export async function askConfidential(
  desk: Desk,
  asker: Asker,
  grammar: RuleGrammar,
  { line, label }: { line: string; label: string },
): Promise<Privacy & { question?: Reply }> {
  if (!wantsConfidential(grammar)) return {};
  const channel = await desk.look.channel(asker.workspace, asker.channel);
  const isPrivate = Boolean(channel?.isPrivate && !channel.isShared);
  if (isPrivate || asker.confirmed) return { isPrivate };
  const readers = channel?.isShared
    ? "This channel is shared with another company: its people would read them, too."
    : "This channel is public: everybody in the workspace could read them.";
  return {
    isPrivate,
    question: {
      text: `This would post confidential issues, merge requests and comments here. ${readers}`,
      buttons: [
        { label, line, style: "danger" },
        { label: "Cancel", line: "cancel" },
      ],
    },
  };
}

/**
 * What is kept with a rule that is changed or resumed here: one that posts confidential things because the channel is
 * private waits for another answer once it is not. What rules.yml says is the operator's.
 */
export async function privacyOf(
  { store }: Desk,
  { workspace, channel }: Asker,
  rule: Pick<StoredRule, "channel" | "origin" | "grammar">,
  isPrivate: boolean | undefined,
): Promise<Privacy> {
  if (rule.origin === "file" || !wantsConfidential(rule.grammar)) return {};
  // Slack is asked about ids only.
  if (isPrivate && rule.channel !== channel) await noteChannel(store, workspace, rule.channel, channel);
  return { isPrivate };
}
