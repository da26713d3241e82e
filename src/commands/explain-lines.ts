import type { Decision } from "../rules/match.ts";
import { namesProject } from "../rules/names-project.ts";
import { code } from "../slack/text.ts";
import { type Decisions, shortDeliveryId } from "../store/find-deliveries.ts";
import { listMessages } from "../store/messages.ts";
import type { Asker, Desk } from "./command.ts";
import { eventOf } from "./find-event.ts";
import { channelsOf, rulesHere } from "./here.ts";
import { because, deliveryOutcome, messageOutcome } from "./outcome.ts";
import { ago, toType, typed } from "./say.ts";
import type { FullDelivery } from "./typed-delivery.ts";

type Told = Awaited<ReturnType<typeof listMessages>>[number];

const mostRules = 10;

/** Why a delivery was or was not posted where the asker is, rule by rule, as inert mrkdwn. */
export async function explainLines(desk: Desk, asker: Asker, row: FullDelivery): Promise<string[]> {
  const { store } = desk;
  const { id, kind, action, project, received_at, state, reason } = row;
  const what = kind ? `${code(`${kind}:${action}`)} of ${typed(project ?? "")}` : "This delivery";
  const short = code(await shortDeliveryId(store, asker.workspace, id));
  const head = `${what} arrived ${ago(received_at, store.now())} (${short})`;
  if (state === "pending") return [`${head} and waits to be read.`];
  if (state !== "event") return [`${head}: ${deliveryOutcome(state)}${because(reason)}.`];
  if (row.decisions === null) return [`${head}. What the rules said of it was removed with age.`];
  const { count, rules } = JSON.parse(row.decisions) as Decisions;
  const channels = channelsOf(asker);
  const here = rules.filter(({ channel }) => channels.includes(channel));
  const messages = await listMessages(store, { workspace: asker.workspace, delivery: id, limit: 200 });
  const told = messages.filter(({ channel }) => channels.includes(channel));
  const lines = here.map((decision) => ruleLine(decision, told, store.now()));
  return [
    `${head}.`,
    ...shortened(lines),
    ...(await todayLines(desk, asker, row, here)),
    ...others(count - here.length),
  ];
}

const shortened = (lines: readonly string[]): string[] =>
  lines.length > mostRules ? [...lines.slice(0, mostRules), `and ${lines.length - mostRules} more`] : [...lines];

/** Messages are listed newest first: after a replay the newest counts. */
function ruleLine({ rule, post, reason }: Decision, messages: readonly Told[], now: Date): string {
  const message = messages.find(({ rule_id }) => rule_id === rule);
  const gone = reason === "posts" ? "posts, but its message was removed with age" : reason;
  const became = post ? (message ? messageOutcome(message, now) : gone) : because(reason, "");
  return `${post ? "→" : "·"} ${code(rule)}: ${became}`;
}

/** Rules of this channel that name the project today and were not asked. */
async function todayLines(desk: Desk, asker: Asker, row: FullDelivery, asked: readonly Decision[]): Promise<string[]> {
  const path = row.project ?? "";
  const project = eventOf(desk, row)?.project ?? { path, name: "" };
  const today = (await rulesHere(desk, asker)).filter(({ grammar }) => namesProject(grammar, project));
  if (asked.length === 0 && today.length === 0) {
    return [`No rule of this channel names ${typed(path)}. ${toType(`subscribe ${path}`)}`];
  }
  const fresh = today.filter(({ id }) => !asked.some(({ rule }) => rule === id)).map(({ id }) => code(id));
  if (fresh.length === 0) return [];
  const them = fresh.length > mostRules ? `${fresh.length} rules` : fresh.join(", ");
  return [`${them} did not name it then. ${toType(`replay ${row.id}`)} asks today's rules.`];
}

const others = (count: number): string[] => {
  if (count <= 0) return [];
  return [
    count === 1 ? "One rule of another channel was asked, too." : `${count} rules of other channels were asked, too.`,
  ];
};
