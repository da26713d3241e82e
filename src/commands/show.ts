import { code } from "../slack/text.ts";
import { listMessages } from "../store/messages.ts";
import { lastSeen } from "../store/seen.ts";
import type { Asker, CommandEntry, Desk, Reply } from "./command.ts";
import { channelsOf, oneRule } from "./here.ts";
import { ago, minuteOf, reasoned, typed, who } from "./say.ts";

export const show: CommandEntry = {
  run,
  aliases: ["info", "view"],
  usage: "show <rule>",
  does: "a rule with its state, who made it and what came last",
  help: "`/belfry show abc2345` shows the rule, whether it works, who made it, and when something came and was posted.",
  changes: false,
};

/** Among how many of the channel's newest messages the rule's last one is looked for. */
const newest = 50;

async function run(desk: Desk, asker: Asker, words: string): Promise<Reply> {
  const { store } = desk;
  const { workspace } = asker;
  const rule = await oneRule(desk, asker, words, "show abc2345");
  const seen = await lastSeen(store, workspace, rule.grammar);
  const last = await lastMessage(desk, asker, rule.id);
  const maker = rule.origin === "file" ? "From rules.yml" : `Made by ${who(rule.createdBy)}`;
  const now = store.now();
  return {
    text: [
      `Rule \`${rule.id}\` is ${rule.paused === undefined ? "active" : `paused: ${reasoned(rule.paused)}`}`,
      code(rule.words),
      `${maker}, ${minuteOf(rule.createdAt)}`,
      seen ? `Last delivery: ${typed(seen.project)}, ${ago(seen.receivedAt, now)}` : "No delivery has arrived yet",
      ...(last ? [`Last message: ${ago(last, now)}`] : []),
    ].join("\n"),
  };
}

/** When the rule posted last, as far as it is among the channel's newest messages. */
async function lastMessage({ store }: Desk, asker: Asker, rule: string): Promise<string | undefined> {
  const { workspace } = asker;
  const times: string[] = [];
  // A lane has one of the channel's names.
  for (const channel of channelsOf(asker)) {
    const sent = await listMessages(store, { workspace, channel, state: "sent", limit: newest });
    const found = sent.find((message) => message.rule_id === rule);
    if (found) times.push(found.finished_at ?? found.created_at);
  }
  return times.toSorted().at(-1);
}
