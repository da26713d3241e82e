import { code } from "../slack/text.ts";
import type { Mute } from "../store/mutes.ts";
import { spanOf } from "./say.ts";

/** A mute of a channel with its id and the time left, as inert mrkdwn. */
export const muteLine = ({ id, words, until }: Mute, now: Date): string =>
  `Muted: ${code(words)} ${until === undefined ? "until somebody unmutes it" : `for ${leftUntil(until, now)} more`} (\`/belfry unmute ${id}\`)`;

const leftUntil = (until: string, now: Date) => spanOf(Date.parse(until) - now.getTime() + 59_999);
