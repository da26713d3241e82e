import { isChannelId } from "../slack/ids.ts";
import { findDelivery } from "../store/deliveries.ts";
import { listMessages } from "../store/messages.ts";
import type { Asker, Desk } from "./command.ts";
import { channelsOf } from "./here.ts";
import type { FullDelivery } from "./typed-delivery.ts";

/** Where a message is in Slack. */
export interface Place {
  channel: string;
  ts: string;
}

/** Reads what “Copy link” of a message gives: `https://acme.slack.com/archives/C0123ABCD/p1700000000123456`. */
export function readMessageLink(link: string): Place | undefined {
  const url = URL.parse(link);
  if (!url?.hostname.endsWith(".slack.com")) return undefined;
  const [, channel = "", seconds, rest] = /^\/archives\/([^/]+)\/p(\d{10})(\d{6})\/?$/.exec(url.pathname) ?? [];
  return isChannelId(channel) ? { channel, ts: `${seconds}.${rest}` } : undefined;
}

/** The delivery that a message of ours where the asker is told of; undefined where there is none, or none any more. */
export async function deliveryOf(desk: Desk, asker: Asker, { ts }: Place): Promise<FullDelivery | undefined> {
  const { store } = desk;
  const { workspace } = asker;
  for (const channel of channelsOf(asker)) {
    const [message] = await listMessages(store, { workspace, channel, ts, limit: 1 });
    if (message) return findDelivery(store, workspace, message.delivery_id);
  }
  return undefined;
}
