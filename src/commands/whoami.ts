import type { Channel, Person } from "../slack/look.ts";
import { inline } from "../slack/text.ts";
import { findWorkspace } from "../store/workspaces.ts";
import type { Asker, CommandEntry, Desk, Reply } from "./command.ts";
import { isDirect } from "./here.ts";
import { channelLink, who } from "./say.ts";
import { whyNothing } from "./why-nothing.ts";

export const whoami: CommandEntry = {
  run,
  aliases: ["me"],
  usage: "whoami",
  does: "who and where I think you are, and what you may do here",
  help: "`/belfry whoami` shows who and where I think you are, what you may do here, and why.",
  changes: false,
};

async function run(desk: Desk, asker: Asker): Promise<Reply> {
  const { workspace, user, channel } = asker;
  const person = await desk.look.person(workspace, user);
  const place = isDirect(asker) ? undefined : await desk.look.channel(workspace, channel);
  const name = (await findWorkspace(desk.store, workspace))?.name;
  const as = person && !person.isGone ? `${inline(person.name)}, ${who(user)}` : who(user);
  const where = isDirect(asker) ? "a direct message" : channelLink(channel);
  return {
    text: [
      `You are ${as}, in ${where}${name ? ` of workspace ${inline(name)}` : ""}.`,
      mayDo(person),
      ...(whyNothing(person) === undefined ? aboutPlace(asker, place) : []),
    ].join("\n"),
  };
}

function mayDo(person: Person | undefined): string {
  const nothing = whyNothing(person);
  if (nothing !== undefined) return nothing;
  const hooks = person?.isAdmin
    ? "As an administrator of the workspace you may change all of its hooks and see all of its changes."
    : "You may connect hooks, and change those that you connected; administrators may change all.";
  return `You may change the rules of the channel in which you type. ${hooks}`;
}

function aboutPlace(asker: Asker, place: Channel | undefined): string[] {
  if (isDirect(asker)) return ["There are no rules in direct messages: type in a channel."];
  if (place?.isArchived) return ["This channel is archived: nothing can be posted here."];
  if (!place || (place.isPrivate && !place.isMember))
    return ["I cannot post here, because I am not in this channel. Invite me: `/invite @belfry`"];
  return place.isShared ? ["This channel is shared with another company."] : [];
}
