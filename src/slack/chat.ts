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
}

/** One workspace's way to post. */
export interface Chat {
  /**
   * Posts one message, once: nothing is retried here. Every failure is a `ChatError`, whose outcome says what to do.
   *
   * `channel` is an id or `#name`.
   */
  post(channel: string, message: Message, options?: PostOptions): Promise<Posted>;
}
