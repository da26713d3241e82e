import type { KnownBlock } from "@slack/web-api";

/** What we post: `text` is read by notifications and screen readers, `blocks` is what people see. Both are inert mrkdwn. */
export interface Message {
  text: string;
  blocks: KnownBlock[];
  /** `#rrggbb`: a bar of this colour stands beside all blocks but the first */
  color?: string;
}
