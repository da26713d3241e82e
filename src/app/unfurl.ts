import type { Asker, Desk } from "../commands/command.ts";
import { newestOfLinks } from "../commands/newest-of-links.ts";
import type { Log } from "../log.ts";
import { ChatError } from "../slack/errors.ts";
import type { Unfurl, Unfurling } from "../slack/unfurl.ts";

export interface UnfurlParts {
  desk: Desk;
  unfurl: Unfurl;
  log: Log;
}

/** Links of one message that are looked at: each may read many deliveries. */
const mostLinks = 3;

/**
 * Shows below links what the forge has told of them last.
 * @param event Slack's `link_shared`: nothing in it is sure to be there
 */
export async function unfurlLinks({ desk, unfurl, log }: UnfurlParts, workspace: string, event: object): Promise<void> {
  const shared = sharedLinks(event);
  if (!shared) return;
  const { channel, user, where, links } = shared;
  const asker: Asker = { workspace, channel, channelName: undefined, user, confirmed: false };
  const found = await newestOfLinks(desk, asker, links);
  if (found.size === 0) return;
  try {
    await unfurl(workspace, where, new Map([...found].map(([link, { blocks }]) => [link, blocks])));
  } catch (error) {
    // Nobody waits for it, and another try would come too late.
    if (!(error instanceof ChatError)) throw error;
    log.warn({ error, workspace }, "links were not unfurled");
  }
}

interface SharedLinks {
  channel: string;
  user: string;
  where: Unfurling;
  links: string[];
}

/** https://docs.slack.dev/reference/events/link_shared */
function sharedLinks(event: object): SharedLinks | undefined {
  const { channel, user, unfurl_id: id, source, links } = event as Record<string, unknown>;
  if (typeof channel !== "string" || typeof user !== "string" || typeof id !== "string") return undefined;
  if ((source !== "composer" && source !== "conversations_history") || !Array.isArray(links)) return undefined;
  const urls = links.flatMap((link: unknown) =>
    typeof link === "object" && link !== null && "url" in link && typeof link.url === "string" ? [link.url] : [],
  );
  return { channel, user, where: { id, source }, links: [...new Set(urls)].slice(0, mostLinks) };
}
