import type { KnownBlock } from "@slack/web-api";
import { draw } from "../../src/slack/draw.ts";
import type { FakeMessage, FakeSlack, LoggedCall } from "../support/fake-slack.ts";

/** What a channel looks like: each message with its thread, without addresses, and with a mark where it was edited. */
export function transcriptOf(slack: FakeSlack, channel: string, calls: readonly LoggedCall[]): string {
  const edited = new Set(calls.filter(isEdit).map(({ args }) => args["ts"]));
  const messages = slack.messages(channel);
  const show = (message: FakeMessage, prefix: string) => {
    const lines = textOf(message).split("\n");
    const mark = edited.has(message.ts) ? " (edited)" : "";
    return lines.map((line, index) =>
      index === 0 ? `${prefix}${line}${mark}` : `${" ".repeat(prefix.length)}${line}`,
    );
  };
  const roots = messages.filter(({ thread_ts }) => !thread_ts);
  const threads = roots.map((root) => [
    ...show(root, ""),
    ...messages.filter(({ thread_ts }) => thread_ts === root.ts).flatMap((reply) => show(reply, replyMark(reply))),
  ]);
  return [`#${slack.channel(channel).name}`, ...threads.map((lines) => lines.join("\n"))].join("\n\n");
}

const replyMark = ({ reply_broadcast }: FakeMessage) => (reply_broadcast ? "  ↳ 📣 " : "  ↳ ");

/** A message as a person reads it: what stands beside its colour bar has a bar, too. */
export function textOf({ text, blocks, attachments }: FakeMessage): string {
  const drawn = (some: unknown) => withoutAddresses(draw({ text: "", blocks: blocksOf(some) }, { colour: false }));
  const attached = (attachments ?? []).map((one) => drawn((one as { blocks?: unknown }).blocks).replace(/^/gm, "▌ "));
  if (blocks === undefined && attached.length === 0) return text;
  return [drawn(blocks), ...attached].filter(Boolean).join("\n");
}

const blocksOf = (some: unknown): KnownBlock[] => (Array.isArray(some) ? some : []);

const withoutAddresses = (text: string): string => text.replace(/ <https?:\/\/[^>\s]+>/g, "");

const isEdit = ({ method, done }: LoggedCall) => method === "chat.update" && done;
const isPost = ({ method, done }: LoggedCall) => method === "chat.postMessage" && done;

export interface Numbers {
  posts: number;
  replies: number;
  edits: number;
}

/** What Slack was asked for and did. */
export const numbersOf = (calls: readonly LoggedCall[]): Numbers => ({
  posts: calls.filter((call) => isPost(call) && !call.args["thread_ts"]).length,
  replies: calls.filter((call) => isPost(call) && call.args["thread_ts"]).length,
  edits: calls.filter(isEdit).length,
});

/** The last line of a transcript. */
export const lineOf = (events: number, { posts, replies, edits }: Numbers): string =>
  `events ${events} · posts ${posts} · replies ${replies} · edits ${edits} · one post per event would be ${events}`;
