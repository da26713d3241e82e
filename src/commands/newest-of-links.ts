import type { Event } from "../events.ts";
import { namesProject } from "../rules/names-project.ts";
import type { Message } from "../slack/message.ts";
import { namesOfOne } from "../store/channels.ts";
import { listRules, type StoredRule } from "../store/rules.ts";
import { render } from "../templates/templates.ts";
import type { Asker, Desk } from "./command.ts";
import { findEvent } from "./find-event.ts";
import { readLink } from "./link-object.ts";

/**
 * The newest state of what links lead to, from what the forge has sent; nothing is fetched. Only where a rule of the
 * very channel names the project: there it is posted anyway. Confidential things never.
 * @returns a message for each link that leads to something
 */
export async function newestOfLinks(desk: Desk, asker: Asker, links: readonly string[]): Promise<Map<string, Message>> {
  const { workspace, channel } = asker;
  const channels = await namesOfOne(desk.store.db, workspace, channel);
  const rules = (await listRules(desk.store, workspace, { channels })).filter(({ paused }) => paused === undefined);
  const found = new Map<string, Message>();
  if (rules.length === 0) return found;
  for (const link of links) {
    const event = await newestOf(desk, asker, link, rules);
    if (event) found.set(link, render(desk.templates, event).message);
  }
  return found;
}

async function newestOf(
  desk: Desk,
  asker: Asker,
  link: string,
  rules: readonly StoredRule[],
): Promise<Event | undefined> {
  const object = readLink(link);
  // A page of a whole project has no newest state.
  if (!object || object.kinds.length === 0) return undefined;
  const found = await findEvent(desk, asker, object);
  if (!found || found.event.confidential) return undefined;
  return rules.some(({ grammar }) => namesProject(grammar, found.event.project)) ? found.event : undefined;
}
