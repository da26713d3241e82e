import type { KnownBlock } from "@slack/web-api";
import { ChatError } from "./errors.ts";
import { failure } from "./failure.ts";
import { createWebClient } from "./web-client.ts";

/** Which message with links, as Slack's event names it. */
export interface Unfurling {
  /** the event's `unfurl_id` */
  id: string;
  source: "composer" | "conversations_history";
}

/** Shows blocks below the links of somebody's message: one entry for each address, just as Slack told it. Throws `ChatError`. */
export type Unfurl = (
  workspace: string,
  where: Unfurling,
  links: ReadonlyMap<string, readonly KnownBlock[]>,
) => Promise<void>;

/** Milliseconds for one call: later nobody looks any more. */
const timeout = 5_000;

/** @param tokenOf a workspace's bot token */
export function createUnfurl(tokenOf: (workspace: string) => Promise<string | undefined>, apiUrl?: string): Unfurl {
  const client = createWebClient(undefined, { apiUrl, timeout });
  return async (workspace, { id, source }, links) => {
    const token = await tokenOf(workspace);
    if (token === undefined) throw new ChatError("workspace", "not_authed");
    const unfurls = Object.fromEntries([...links].map(([url, blocks]) => [url, { blocks: [...blocks] }]));
    await client.chat.unfurl({ token, unfurl_id: id, source, unfurls }).catch((error: unknown) => {
      throw failure(error);
    });
  };
}
