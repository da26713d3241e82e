import type { Forge } from "../forges/forge.ts";
import type { Log } from "../log.ts";
import type { SlackLook } from "../slack/look.ts";
import type { Message } from "../slack/message.ts";
import type { Doing } from "../store/audit.ts";
import type { Store } from "../store/store.ts";
import type { Templates } from "../templates/templates.ts";

/** Who asks, and where. All of it comes from a request that Slack signed. */
export interface Asker {
  workspace: string;
  /** Slack's id of the channel */
  channel: string;
  /** its name without `#`; unknown for private channels and direct messages */
  channelName: string | undefined;
  /** Slack's id of the person */
  user: string;
  /** a button was clicked that the same person got here: what a command asks first has been answered */
  confirmed: boolean;
}

/** What commands work with. */
export interface Desk {
  store: Store;
  forges: Readonly<Record<string, Forge>>;
  templates: Templates;
  /** the address of a hook */
  hookUrl: (id: string) => string;
  /** what Slack knows of people and channels */
  look: SlackLook;
  /** posts into the asker's channel now; throws `ChatError` */
  post: (asker: Asker, message: Message) => Promise<void>;
  log: Log;
}

/** A button below a reply. What it runs is kept by us: Slack gets an id that says nothing. */
export interface Button {
  label: string;
  /** the command line that it runs, without `/belfry`; `cancel` only says that nothing was changed */
  line: string;
  style?: "primary" | "danger";
}

/** An answer that only the asker sees. `text` is inert mrkdwn: what people or forges wrote has gone through slack/text.ts. */
export interface Reply {
  text: string;
  buttons?: readonly Button[];
  /** a rule whose first delivery turns the reply to “working” */
  waitsFor?: { rule: string };
}

/** @param words what stands behind the command's name, as typed */
export type Command = (desk: Desk, asker: Asker, words: string) => Promise<Reply>;

/** A command's line in the table of index.ts. */
export interface CommandEntry {
  run: Command;
  /** what people also type */
  aliases: readonly string[];
  /** `subscribe <project> [kinds] [conditions]` */
  usage: string;
  /** one line, for `help` */
  does: string;
  /** a few lines of mrkdwn, for `help <topic>` */
  help: string;
  /** what of it changes something, and so is not for guests and strangers */
  changes: boolean;
}

export const doing = ({ user, channel }: Asker): Doing => ({ actor: user, channel });
