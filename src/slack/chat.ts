import type { Message } from "./message.ts";

/** Where a message of ours is: what an update or a reply needs. */
export interface Posted {
  /** Slack's id of the message within its channel; as the parent of a thread it goes into `PostOptions.thread` */
  ts: string;
  /** id of the channel, also where the message was posted by `#name` */
  channel: string;
}

export interface PostOptions {
  /** our opaque id of the message; rides in Slack's metadata, so that a lost answer can be looked up */
  id?: string | undefined;
  /** `ts` of the message that this one answers */
  thread?: string | undefined;
  /** the channel gets the answer as well */
  broadcast?: boolean | undefined;
}

/** One workspace's way to post. Every failure is a `ChatError`, whose outcome says what to do. */
export interface Chat {
  /**
   * Posts one message, once: nothing is retried here.
   *
   * `channel` is an id or `#name`.
   */
  post(channel: string, message: Message, options?: PostOptions): Promise<Posted>;
  /**
   * Shows another content in a message of ours; with the same content nothing happens. A failure says nothing about
   * other messages: `message_not_found` where somebody deleted it. Missing where the chat edits nothing.
   */
  update?(posted: Posted, message: Message): Promise<void>;
  /**
   * Looks for a message of ours by its id, among those that were posted since then. Missing where the chat keeps none.
   * @param channel the channel's id: names are not taken here
   * @param thread `ts` of the message that it answers
   * @returns undefined when it is not there; throws where we may not read, or cannot say
   */
  find?(channel: string, id: string, since: Date, thread?: string): Promise<Posted | undefined>;
  /**
   * Asks whether others than one company's members of a private channel read it: it is public, or shared. Missing where
   * nobody else could.
   * @param channel the channel's id: names are not taken here
   */
  isOpen?(channel: string): Promise<boolean>;
  /** Asks whether the workspace still takes our token. Missing where there is none. */
  check?(): Promise<void>;
}
