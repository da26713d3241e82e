import type { RuleGrammar } from "../rules/grammar.ts";
import type { Asker, Desk, Reply } from "./command.ts";

/**
 * What to ask before a rule posts confidential things where more people read than may see them on the forge;
 * undefined where nothing needs to be asked.
 * @param line what runs when the answer is yes
 */
export async function askConfidential(
  desk: Desk,
  asker: Asker,
  grammar: RuleGrammar,
  { line, label }: { line: string; label: string },
): Promise<Reply | undefined> {
  const wants = grammar.conditions.some(({ key, values }) => key === "confidential" && !values.includes("no"));
  if (!wants || asker.confirmed) return undefined;
  const channel = await desk.look.channel(asker.workspace, asker.channel);
  if (channel?.isPrivate && !channel.isShared) return undefined;
  const readers = channel?.isShared
    ? "This channel is shared with another company: its people would read them, too."
    : "This channel is public: everybody in the workspace could read them.";
  return {
    text: `This would post confidential issues, merge requests and comments here. ${readers}`,
    buttons: [
      { label, line, style: "danger" },
      { label: "Cancel", line: "cancel" },
    ],
  };
}
