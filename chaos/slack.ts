import type { Fault } from "../test/support/fake-slack/faults.ts";
import { createFakeSlack, type LoggedCall } from "../test/support/fake-slack.ts";
import { numbersIn } from "./delivery.ts";
import type { History, SlackCall } from "./history.ts";
import { shownIn } from "./object-delivery.ts";
import type { Place } from "./topology.ts";

/** The fault that a call meets, undefined where it meets none. */
export type Decide = (call: LoggedCall) => Fault | undefined;

export interface Slack {
  /** the address of Slack's API for one of our processes: by it we know who calls */
  urlFor(caller: string): string;
  /** from now on this decides */
  decide(by: Decide): void;
  calls(): SlackCall[];
  /** a person deletes a message; nothing happens where it is not there any more */
  remove(channel: string, ts: string): void;
  /** what was deleted so */
  removed: History["removed"];
  close(): Promise<void>;
}

/** A fake Slack with all workspaces of the topology. */
export async function startSlack(places: readonly Place[], port: number): Promise<Slack> {
  let decide: Decide = () => undefined;
  const removed: History["removed"] = [];
  const fake = await createFakeSlack({
    port,
    teams: places.map(({ team, token, channels }) => ({
      id: team,
      tokens: [token],
      channels: channels.map((id) => ({ id, name: id.toLowerCase() })),
    })),
    decide: (call) => decide(call),
  });
  return {
    urlFor: (caller) => fake.url.replace("/api/", `/${caller}/api/`),
    decide(by) {
      decide = by;
    },
    calls: () => fake.calls.map(toCall),
    remove(channel, ts) {
      if (!fake.messages(channel).some((message) => message.ts === ts)) return;
      fake.remove(channel, ts);
      removed.push({ channel, ts, at: Date.now() });
    },
    removed,
    close: fake.close,
  };
}

function toCall({ args, channel, done, ts, ...call }: LoggedCall): SlackCall {
  const { caller, at, ended, method, team, result, retryAfter } = call;
  const text = JSON.stringify([args["text"], args["blocks"], args["attachments"]]);
  const isChat = method.startsWith("chat.");
  return {
    ...{ caller, at, ended, method, team, result, retryAfter },
    channel: channel ?? textOf(args["channel"]),
    posted: done && method === "chat.postMessage",
    edited: done && method === "chat.update",
    ts: ts ?? textOf(args["ts"]),
    thread: textOf(args["thread_ts"]),
    numbers: isChat ? numbersIn(text) : [],
    shows: isChat ? shownIn(text) : undefined,
  };
}

const textOf = (value: unknown) => (value === undefined ? undefined : String(value));
