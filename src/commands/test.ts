import { UserError } from "../errors.ts";
import type { Kind } from "../events.ts";
import { kinds } from "../events.ts";
import { formatKind } from "../rules/format.ts";
import type { KindChoice } from "../rules/grammar.ts";
import { readKind } from "../rules/kind-choice.ts";
import { quoted } from "../rules/problem.ts";
import { adviceOn } from "../slack/advice.ts";
import { ChatError, type Outcome } from "../slack/errors.ts";
import { limits } from "../slack/limits.ts";
import type { Message } from "../slack/message.ts";
import { code, cut } from "../slack/text.ts";
import type { StoredRule } from "../store/rules.ts";
import { render } from "../templates/templates.ts";
import type { Asker, Command, CommandEntry, Desk, Reply } from "./command.ts";
import { ruleHere } from "./here.ts";
import { sampleProject } from "./sample-project.ts";
import { sampleOf, usualActions } from "./samples.ts";
import { reasoned, sentence, toType, who } from "./say.ts";

export const test: CommandEntry = {
  run,
  aliases: ["sample", "try", "preview"],
  usage: "test <rule> [kind]",
  does: "post a sample of what a rule posts",
  help: [
    "`/belfry test abc2345` posts a made-up message of the rule's first kind here, marked as a sample.",
    "`/belfry test abc2345 pipeline:failed` posts one of that kind and action, if the rule has it.",
  ].join("\n"),
  changes: true,
};

async function run(...[desk, asker, words]: Parameters<Command>): Promise<Reply> {
  const [id, word, ...more] = words.split(/\s+/).filter((part) => part !== "");
  if (id === undefined || more.length > 0)
    throw new UserError("Name one rule and perhaps a kind, such as `test abc2345 pipeline:failed`.");
  const rule = await ruleHere(desk, asker, id);
  const { kind, action } = wanted(rule, word);
  const event = sampleOf(kind, { action, project: sampleProject(rule.grammar) });
  const { message, notice } = render(desk.templates, event, { template: rule.grammar.options.template });
  const refusal = await post(desk, asker, marked(message, rule, asker));
  if (refusal !== undefined) return { text: refusal };
  return {
    text: [
      `Posted a sample of ${code(`${kind}:${action}`)} below, as rule ${code(rule.id)} would.`,
      ...(rule.paused === undefined ? [] : [`The rule itself is paused: ${reasoned(rule.paused)}`]),
      ...(notice === undefined ? [] : [sentence(notice)]),
    ].join("\n"),
  };
}

/** The kind that was asked for, else the rule's first, and an action of it that the rule wants. */
function wanted({ id, grammar }: StoredRule, word: string | undefined): { kind: Kind; action: string } {
  const [first] = grammar.kinds;
  if (first === undefined) throw new UserError(`Rule \`${id}\` has no kind.`);
  if (word === undefined) return { kind: first.kind, action: firstAction(first) };
  const asked = readKind({ text: word, at: 0 });
  if (asked && "problem" in asked) throw new UserError(asked.problem.message);
  const choice = grammar.kinds.find(({ kind }) => kind === asked?.kind);
  const action = choice && (asked?.actions[0] ?? firstAction(choice));
  if (choice && action !== undefined && takes(choice, action)) return { kind: choice.kind, action };
  throw new UserError(
    `${quoted(word)} is not a kind of rule \`${id}\`. It has: ${grammar.kinds.map((one) => `\`${formatKind(one)}\``).join(" ")}`,
  );
}

function firstAction(choice: KindChoice): string {
  const usual = usualActions[choice.kind];
  const named = choice.actions.length > 0 ? choice.actions : [usual, ...kinds[choice.kind]];
  return named.find((action) => takes(choice, action)) ?? usual;
}

const takes = ({ actions, except }: KindChoice, action: string): boolean =>
  (actions.length === 0 || actions.includes(action)) && !except.includes(action);

/** The message with a line that says that it is none. */
const marked = ({ text, blocks, ...rest }: Message, { id }: StoredRule, { user }: Asker): Message => ({
  ...rest,
  text: cut(`Sample: ${text}`, limits.text),
  blocks: [
    ...blocks.slice(0, limits.blocks - 1),
    { type: "context", elements: [{ type: "mrkdwn", text: `A sample: ${who(user)} typed ${toType(`test ${id}`)}` }] },
  ],
});

const refusals: Partial<Record<Outcome, string>> = {
  rate_limited: "Slack asks me to wait. Please try again in a minute.",
  uncertain: "Slack's answer was lost: the sample may be there or not.",
  workspace: "Slack does not accept my token. Please ask an administrator to install me again.",
};

/** @returns why Slack did not take it, as inert mrkdwn */
async function post(desk: Desk, asker: Asker, message: Message): Promise<string | undefined> {
  try {
    await desk.post(asker, message);
    return undefined;
  } catch (error) {
    if (!(error instanceof ChatError)) throw error;
    desk.log.warn({ outcome: error.outcome, reason: error.reason }, "a sample was not posted");
    if (/^(not_in_channel|channel_not_found)$/.test(error.reason))
      return "I am not in this channel. Invite me: `/invite @belfry`";
    const advice = adviceOn(error.reason);
    const says = `Nothing was posted: Slack says ${code(error.reason)}.${advice === undefined ? "" : ` ${advice}`}`;
    return refusals[error.outcome] ?? says;
  }
}
