import type { Fault } from "../test/support/fake-slack/faults.ts";
import { createFakeSlack, type LoggedCall } from "../test/support/fake-slack.ts";
import { numbersIn } from "./delivery.ts";
import type { SlackCall } from "./history.ts";
import type { Place } from "./topology.ts";

/** The fault that a call meets, undefined where it meets none. */
export type Decide = (call: LoggedCall) => Fault | undefined;

export interface Slack {
  /** the address of Slack's API for one of our processes: by it we know who calls */
  urlFor(caller: string): string;
  /** from now on this decides */
  decide(by: Decide): void;
  calls(): SlackCall[];
  close(): Promise<void>;
}

/** A fake Slack with all workspaces of the topology. */
export async function startSlack(places: readonly Place[], port: number): Promise<Slack> {
  let decide: Decide = () => undefined;
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
    close: fake.close,
  };
}

const toCall = ({
  caller,
  at,
  ended,
  method,
  team,
  channel,
  args,
  result,
  done,
  retryAfter,
}: LoggedCall): SlackCall => ({
  ...{ caller, at, ended, method, team, result, retryAfter },
  channel: channel ?? (args["channel"] === undefined ? undefined : String(args["channel"])),
  posted: done && method === "chat.postMessage",
  numbers: method.startsWith("chat.") ? numbersIn(JSON.stringify([args["text"], args["blocks"]])) : [],
});
