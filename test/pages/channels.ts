import type { PreviewSource } from "../../src/pages/preview.ts";
import type { Message } from "../../src/slack/message.ts";
import { postsOf, type ShownRow } from "../../src/store/shown-messages.ts";

/** Channels that a test posts into, and what the preview sees of them. */
export function openChannels(...names: string[]) {
  const rows: ShownRow[] = [];
  const messages = new Map<string, Message>();
  let asked = 0;

  const source: PreviewSource = {
    look: async () => ({
      channels: names.map((name) => ({ name, newest: rows.findLast(({ channel }) => channel === name)?.id })),
      postsOf: (channel) => postsOf(rows, channel),
    }),
    open: async (ids) => {
      asked += 1;
      return new Map(ids.flatMap((id) => (messages.has(id) ? [[id, messages.get(id) as Message]] : [])));
    },
  };

  return {
    source,
    /** how often contents were asked for */
    opened: () => asked,
    /** @returns the `ts` of the message */
    post(
      channel: string,
      message: Message,
      { thread, broadcast }: { thread?: string; broadcast?: boolean } = {},
    ): string {
      const id = String(rows.length + 1).padStart(3, "0");
      const at = new Date(Date.UTC(2026, 10, 3, 9, rows.length)).toISOString();
      const place = { thread_ts: thread ?? null, broadcast: broadcast ? 1 : 0 };
      rows.push({ id, channel, ts: `ts-${id}`, ...place, edits: 0, created_at: at, finished_at: at });
      messages.set(id, message);
      return `ts-${id}`;
    },
    edit(ts: string, message: Message): void {
      const row = rows.find((one) => one.ts === ts);
      if (!row) throw new Error(`no message ${ts}`);
      row.edits += 1;
      messages.set(row.id, message);
    },
    /** its content is gone */
    forget: (ts: string) => messages.delete(ts.replace("ts-", "")),
  };
}

/** A message of one section. */
export const says = (words: string): Message => ({
  text: words,
  blocks: [{ type: "section", text: { type: "mrkdwn", text: words } }],
});
