import { UserError } from "../errors.ts";
import { readProject } from "../rules/projects.ts";
import { unwrapped } from "../rules/unwrapped.ts";
import { code } from "../slack/text.ts";
import { type DeliverySummary, listDeliveries } from "../store/deliveries.ts";
import { shortDeliveryId } from "../store/find-deliveries.ts";
import { listMessages } from "../store/messages.ts";
import type { Asker, Command, CommandEntry, Desk, Reply } from "./command.ts";
import { channelsOf, rulesHere } from "./here.ts";
import { briefOutcome, deliveryOutcome } from "./outcome.ts";
import { ago, typed } from "./say.ts";
import { shownHere } from "./shown-deliveries.ts";

export const deliveries: CommandEntry = {
  run,
  aliases: ["delivery", "events", "log", "recent"],
  usage: "deliveries [project]",
  does: "what the forges sent lately, and what became of it here",
  help: [
    "`/belfry deliveries` lists the newest ten of the projects that rules of this channel name.",
    "`/belfry deliveries group/name` lists those of one project.",
    "`/belfry explain <delivery>` tells more about one, `/belfry replay <delivery>` reads it again.",
  ].join("\n"),
  changes: false,
};

const shown = 10;
/** Among how many of the workspace's newest the channel's are looked for. */
const newest = 500;
const mostPaths = 50;

async function run(...[desk, asker, words]: Parameters<Command>): Promise<Reply> {
  const project = words.trim();
  const found = project === "" ? await ofChannel(desk, asker) : await ofProject(desk, asker, project);
  const rows = found.toSorted(newestFirst).slice(0, shown);
  if (rows.length > 0) return { text: (await Promise.all(rows.map((row) => line(desk, asker, row)))).join("\n") };
  const which = project === "" ? "of the projects that rules of this channel name" : `of ${typed(project)}`;
  return { text: `There are no deliveries ${which}.` };
}

/** Of those of one moment the id tells: ids are made in the order of arrival. */
const newestFirst = (a: DeliverySummary, b: DeliverySummary) =>
  `${a.received_at} ${a.id}` < `${b.received_at} ${b.id}` ? 1 : -1;

/** The newest of the workspace, and of each project that a rule names outright: one that is quiet is found, too. */
async function ofChannel(desk: Desk, asker: Asker): Promise<DeliverySummary[]> {
  const rules = await rulesHere(desk, asker);
  if (rules.length === 0) return [];
  const patterns = rules.flatMap(({ grammar }) => grammar.projects.filter(({ not }) => !not));
  const paths = new Set(patterns.flatMap(({ pattern }) => (pattern.includes("*") ? [] : pathsOf(pattern))));
  const { workspace } = asker;
  const lists = await Promise.all([
    listDeliveries(desk.store, { workspace, limit: newest }),
    ...[...paths]
      .slice(0, mostPaths)
      .map((project) => listDeliveries(desk.store, { workspace, project, limit: shown })),
  ]);
  const rows = new Map(lists.flat().map((row) => [row.id, row]));
  return shownHere(desk, asker, [...rows.values()], { orAdmin: false });
}

async function ofProject(desk: Desk, asker: Asker, words: string): Promise<DeliverySummary[]> {
  const read = readProject({ text: unwrapped(words), at: 0 });
  if ("problem" in read || read.pattern.includes("*")) throw new UserError("Name one project, such as `group/name`.");
  const { workspace } = asker;
  const lists = pathsOf(read.pattern).map((project) =>
    listDeliveries(desk.store, { workspace, project, limit: shown }),
  );
  return shownHere(desk, asker, (await Promise.all(lists)).flat(), { orAdmin: true });
}

/** `group/name`, and without its first part where that may be a host. */
const pathsOf = (pattern: string): string[] => {
  const [first = "", ...rest] = pattern.split("/");
  return rest.length > 0 && /[.:]/.test(first) ? [pattern, rest.join("/")] : [pattern];
};

/** Neither titles nor texts: who is in the channel may see less on the forge. */
async function line({ store }: Desk, asker: Asker, row: DeliverySummary): Promise<string> {
  const { id, kind, action, project, received_at, state } = row;
  const { workspace } = asker;
  const messages = await listMessages(store, { workspace, delivery: id, limit: 200 });
  const here = messages.filter(({ channel }) => channelsOf(asker).includes(channel));
  const [newestHere] = here;
  const what = kind ? ` ${code(`${kind}:${action}`)}` : "";
  const of = project === null ? "" : ` ${typed(project)}`;
  const became = newestHere ? briefOutcome(newestHere.state) : deliveryOutcome(state);
  return `• ${ago(received_at, store.now())}${what}${of}: ${became} · ${code(await shortDeliveryId(store, workspace, id))}`;
}
