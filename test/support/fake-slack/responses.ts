import { randomBytes } from "node:crypto";
import { type Answer, type Arguments, flag, no } from "./answer.ts";
import { compose, contentFault } from "./content.ts";
import type { FakeMessage, FakeTeam, World } from "./world.ts";

/** One POST to a response_url, with what it asked for, and what Slack made of it. */
export interface Reply {
  /** milliseconds since 1970 */
  at: number;
  text: string;
  blocks: unknown[];
  responseType: "ephemeral" | "in_channel";
  replaces: boolean;
  deletes: boolean;
  /** `ok`, or Slack's error word */
  result: string;
  /** the message's own, where it made or changed one */
  ts: string | undefined;
}

/** Where a request came from: its answers are shown there. */
export interface Origin {
  team: string;
  channel: string;
  user: string;
  /** the message with the button */
  message?: string | undefined;
}

interface Address extends Origin {
  madeAt: number;
  uses: number;
  /** `ts` of the message with the button, which `replace_original` changes; a command has none, and gets one more message */
  original: string | undefined;
  replies: Reply[];
  waiting: Set<() => void>;
}

export interface Responses {
  /** a new response_url, its path only */
  open(kind: "commands" | "actions", from: Origin): string;
  /** whether it is the path of a response_url */
  has(path: string): boolean;
  /** a POST to it: its status and body */
  respond(path: string, args: Arguments): { status: number; body: Answer };
  replies(path: string): Reply[];
  /** resolves at the next reply to it */
  next(path: string): Promise<void>;
}

const mostUses = 5;
const lifetime = 30 * 60_000;

/** https://docs.slack.dev/interactivity/handling-user-interaction#message_responses */
export function createResponses(world: World): Responses {
  const addresses = new Map<string, Address>();
  let opened = 0;

  const find = (path: string): Address => {
    const address = addresses.get(path);
    if (!address) throw new Error(`no such response_url in the fake Slack: ${path}`);
    return address;
  };

  function respond(path: string, args: Arguments): { status: number; body: Answer } {
    const address = find(path);
    const result = answer(world, address, args);
    address.replies.push({ ...asked(args, world.now()), result: result.error ?? "ok", ts: result.ts });
    for (const wake of address.waiting) wake();
    address.waiting.clear();
    if (!result.error) return { status: 200, body: { ok: true } };
    return { status: result.error.endsWith("_url") ? 404 : 400, body: no(result.error, result.more) };
  }

  return {
    open(kind, from) {
      opened += 1;
      const path = `/${kind}/${from.team}/${opened}/${randomBytes(12).toString("hex")}`;
      const made = { madeAt: world.now(), uses: 0, replies: [], waiting: new Set<() => void>() };
      addresses.set(path, { ...from, ...made, original: from.message });
      return path;
    },
    has: (path) => addresses.has(path),
    respond,
    replies: (path) => [...find(path).replies],
    next: (path) => new Promise((done) => void find(path).waiting.add(done)),
  };
}

const asked = (args: Arguments, at: number) => ({
  at,
  text: String(args["text"] ?? ""),
  blocks: Array.isArray(args["blocks"]) ? args["blocks"] : [],
  responseType: args["response_type"] === "in_channel" ? ("in_channel" as const) : ("ephemeral" as const),
  replaces: flag(args["replace_original"]),
  deletes: flag(args["delete_original"]),
});

function answer(
  world: World,
  address: Address,
  args: Arguments,
): { error?: string; more?: Answer; ts?: string | undefined } {
  if (world.now() - address.madeAt > lifetime) return { error: "expired_url" };
  if (address.uses >= mostUses) return { error: "used_url" };
  address.uses += 1;
  const team = world.teams.find(({ id }) => id === address.team);
  if (!team) return { error: "no_team" };
  const { replaces, deletes, responseType } = asked(args, world.now());
  if (deletes) return { ts: removeOriginal(team, address) };
  const { ok: _, error, ...more } = contentFault(args) ?? {};
  if (error) return { error: String(error), more };
  const message = compose(world, team, args);
  const original = replaces ? findOriginal(team, address) : undefined;
  if (original) {
    Object.assign(original, { text: message.text, blocks: message.blocks });
    return { ts: original.ts };
  }
  show(team, address, responseType, message);
  return { ts: message.ts };
}

/** Slack shows an answer also where our bot is no member. */
function show(team: FakeTeam, { channel, user }: Address, type: Reply["responseType"], message: FakeMessage): void {
  if (type === "ephemeral") team.ephemerals.push({ ...message, channel, to: user });
  else team.channels.find(({ id }) => id === channel)?.messages.push(message);
}

const places = (team: FakeTeam, { channel }: Address): FakeMessage[][] => [
  team.ephemerals,
  team.channels.find(({ id }) => id === channel)?.messages ?? [],
];

const findOriginal = (team: FakeTeam, address: Address): FakeMessage | undefined =>
  places(team, address)
    .flat()
    .find(({ ts }) => ts === address.original);

function removeOriginal(team: FakeTeam, address: Address): string | undefined {
  for (const messages of places(team, address)) {
    const index = messages.findIndex(({ ts }) => ts === address.original);
    if (index >= 0) messages.splice(index, 1);
  }
  return address.original;
}
