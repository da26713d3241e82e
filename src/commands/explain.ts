import type { Project } from "../events.ts";
import { namesProject } from "../rules/names-project.ts";
import { unwrapped } from "../rules/unwrapped.ts";
import { wantsConfidential } from "../rules/wants-confidential.ts";
import { findDelivery } from "../store/deliveries.ts";
import type { Asker, Command, CommandEntry, Desk, Reply } from "./command.ts";
import { explainLines } from "./explain-lines.ts";
import { findEvent } from "./find-event.ts";
import { rulesHere } from "./here.ts";
import { hookLines } from "./hook-lines.ts";
import { type LinkObject, readLink } from "./link-object.ts";
import { channelLink, toType, typed } from "./say.ts";
import { shownHere } from "./shown-deliveries.ts";
import { deliveryOf, type Place, readMessageLink } from "./slack-message.ts";
import { typedDelivery } from "./typed-delivery.ts";
import { whyNotChange } from "./why-nothing.ts";

export const explain: CommandEntry = {
  run,
  aliases: ["why"],
  usage: "explain <link|delivery>",
  does: "why something was or was not posted here, rule by rule",
  help: [
    "`/belfry explain https://gitlab.acme.io/group/name/-/merge_requests/12` tells what each rule of this channel said of its newest delivery, and what became of the message.",
    "It takes links of merge requests, issues, comments, pipelines, jobs, commits, tags, releases and more, ids of `/belfry deliveries`, and links of my messages in this channel.",
  ].join("\n"),
  changes: false,
};

function run(...[desk, asker, words]: Parameters<Command>): Promise<Reply> {
  const word = unwrapped(words.trim());
  if (word === "") return Promise.resolve({ text: "Paste a link of what you miss, or name a delivery by its id." });
  if (!/^https?:\/\//i.test(word)) return ofDelivery(desk, asker, word);
  const place = readMessageLink(word);
  return place ? ofMessage(desk, asker, place) : ofLink(desk, asker, word);
}

async function ofDelivery(desk: Desk, asker: Asker, word: string): Promise<Reply> {
  const found = await typedDelivery(desk, asker, word);
  const first = found.duplicate_of && (await findDelivery(desk.store, asker.workspace, found.duplicate_of));
  return { text: (await explainLines(desk, asker, first || found)).join("\n") };
}

async function ofMessage(desk: Desk, asker: Asker, place: Place): Promise<Reply> {
  if (place.channel !== asker.channel)
    return { text: `That message is in ${channelLink(place.channel)}. Type this there.` };
  const found = await deliveryOf(desk, asker, place);
  const [row] = found ? await shownHere(desk, asker, [found], { orAdmin: true }) : [];
  if (found && row) return { text: (await explainLines(desk, asker, found)).join("\n") };
  return { text: "I know of no message of mine there: it is somebody else’s, or was removed with age." };
}

async function ofLink(desk: Desk, asker: Asker, link: string): Promise<Reply> {
  const object = readLink(link);
  if (!object) return { text: `${typed(link)} is not a page of a project.` };
  // Whether others are told of it is not for this channel.
  if (!(await isNamedHere(desk, asker, object.project))) return notNamed(object);
  const found = await findEvent(desk, asker, object);
  // That a confidential thing exists is for channels that may hear of it.
  const isHidden =
    found?.event.confidential && !(await rulesHere(desk, asker)).some(({ grammar }) => wantsConfidential(grammar));
  if (!found || isHidden) return { text: (await notArrived(desk, asker, object)).join("\n") };
  const [row] = await shownHere(desk, asker, [found.row], { orAdmin: true });
  return row ? { text: (await explainLines(desk, asker, found.row)).join("\n") } : notNamed(object);
}

async function isNamedHere(desk: Desk, asker: Asker, project: Project): Promise<boolean> {
  const bare = { ...project, path: project.path.split("/").at(-1) ?? "", host: undefined };
  const rules = await rulesHere(desk, asker);
  return rules.some(({ grammar }) => namesProject(grammar, project) || namesProject(grammar, bare));
}

function notNamed({ project: { path, group } }: LinkObject): Reply {
  const line = `subscribe ${group ? `${path}/**` : path}`;
  return {
    text: `No rule of this channel names ${typed(path)}, so nothing of it is posted here. ${toType(line)}`,
    buttons: [{ label: "Subscribe", line, style: "primary" }],
  };
}

async function notArrived(desk: Desk, asker: Asker, { what, project }: LinkObject): Promise<string[]> {
  const nothing = `Nothing about this ${what} of ${typed(project.path)} has arrived lately.`;
  // Hooks are shown to those who may see `connections`.
  if ((await whyNotChange(desk, asker)) !== undefined) return [`${nothing} Does the forge send it?`];
  const hooks = await hookLines(desk, asker);
  if (hooks.length === 0) return [`${nothing} There is no hook yet: ${toType("connect")}`];
  return [`${nothing} Does the forge send it? These are the hooks:`, ...hooks];
}
