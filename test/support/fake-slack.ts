import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { readArguments } from "./fake-slack/arguments.ts";
import { createCalls, type LoggedCall } from "./fake-slack/calls.ts";
import { delayOf, type Fault, isAccepted, later, play, send } from "./fake-slack/faults.ts";
import { createLimiter, type Limits } from "./fake-slack/limiter.ts";
import { removeFrom } from "./fake-slack/messages.ts";
import { createOAuth, spoil } from "./fake-slack/oauth.ts";
import { createResponses, type Responses } from "./fake-slack/responses.ts";
import { createSockets, type Sockets } from "./fake-slack/socket.ts";
import {
  createTeam,
  createWorld,
  type FakeChannel,
  type FakeEphemeral,
  type FakeMessage,
  type FakeTeam,
  findChannel,
  type TeamSeed,
  type World,
  type WorldOptions,
} from "./fake-slack/world.ts";

export type { LoggedCall } from "./fake-slack/calls.ts";
export type { FakeMessage } from "./fake-slack/world.ts";

export interface FakeSlackOptions extends WorldOptions {
  /** Slack's rate limits; without them every call passes */
  limits?: Limits;
  /** 127.0.0.1's port; any free one without it */
  port?: number;
  /** the fault that a call meets, asked for each call that no fault of `failNext` waits for */
  decide?: (call: LoggedCall) => Fault | undefined;
}

export interface FakeSlack {
  /** address of the API, with `/api/` */
  url: string;
  /** Slack's address without a path: `${origin}/oauth/v2/authorize` is the page of “Add to Slack” */
  origin: string;
  /** every call of the API so far, in the order of arrival */
  calls: LoggedCall[];
  /** the team with this id; change its fields to change the team */
  team(id: string): FakeTeam;
  /** one more team */
  addTeam(seed: TeamSeed): FakeTeam;
  /** a person deletes a message */
  remove(channel: string, ts: string): void;
  /** the channel with this id or `#name`, of the first team that has one; change its fields to change the channel */
  channel(name: string): FakeChannel;
  /** what stands in the channel, replies included, oldest first; a person's id for the bot's direct message with them */
  messages(channel: string): FakeMessage[];
  /** what only this person sees now, oldest first */
  ephemerals(user: string): FakeEphemeral[];
  /** makes a token bad: `invalid_auth`, `token_revoked`, `account_inactive`, `missing_scope` … */
  revoke(token: string, error?: string): void;
  /** installs go into this team from now on, or into a whole enterprise (`E…`), by this person: without one the first */
  chooseTeam(id: string, user?: string): void;
  /** the next person on the install page clicks Cancel */
  denyInstall(): void;
  /** the next call of the method (into this channel, where one is given) meets the fault; several wait in line. `response_url` counts as a method. */
  failNext(method: string, fault: Fault, channel?: string): void;
  /** forgets the faults that still wait */
  clearFaults(): void;
  /** calls are taken and done from now on, but not answered */
  pause(): void;
  /** sends the answers that were held back */
  resume(): void;
  close(): Promise<void>;
  /** for the sender */
  world: World;
  /** for the sender */
  responses: Responses;
  /** the app's sockets (Socket Mode) */
  sockets: Sockets;
}

/** A Slack of our own on 127.0.0.1, for Slack's real client and Bolt: teams, people, channels, messages, installs, Slack's checks, and faults on demand. */
export async function createFakeSlack(options: FakeSlackOptions = {}): Promise<FakeSlack> {
  const world = createWorld(options);
  const oauth = createOAuth(world);
  const responses = createResponses(world);
  const sockets = createSockets(world, () => origin);
  const faults: { method: string; fault: Fault; channel: string | undefined }[] = [];
  let held: (() => void)[] | undefined;
  const reply = (answer: () => void) => void (held ? held.push(answer) : answer());
  const { calls, take } = createCalls({
    ...{ world, oauth, sockets, reply },
    limit: options.limits && createLimiter(options.limits, world.now),
    faultOf: (call) => takeFault(call) ?? options.decide?.(call),
  });

  const server = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://slack");
    if (pathname === "/oauth/v2/authorize") return authorize(searchParams, response);
    const args = await readArguments(request);
    if (responses.has(pathname)) return respond(pathname, args, response);
    const [, caller = "", method = ""] = /^\/(?:([\w-]+)\/)?(?:api\/)?(.*)$/.exec(pathname) ?? [];
    take({ caller, method, args, token: tokenOf(request) ?? String(args["token"] ?? "") }, response);
  });

  server.on("upgrade", sockets.upgrade);

  function authorize(query: URLSearchParams, response: ServerResponse): void {
    const page = oauth.authorize(query);
    if ("location" in page) send(response, 302, "", { location: page.location });
    else send(response, 400, `<html><h1>${page.error}</h1></html>`, { "content-type": "text/html" });
  }

  function respond(path: string, args: Record<string, unknown>, response: ServerResponse): void {
    const fault = takeFault({ method: "response_url", channel: undefined });
    if (fault !== undefined && !isAccepted(fault)) return void reply(() => play(fault, response));
    const { status, body } = responses.respond(path, args);
    const answer = () => send(response, status, JSON.stringify(body), { "content-type": "application/json" });
    const slow = delayOf(fault);
    later(slow, () => reply(() => (fault === undefined || slow !== undefined ? answer() : play(fault, response))));
  }

  function takeFault({ method, channel }: Pick<LoggedCall, "method" | "channel">): Fault | undefined {
    const index = faults.findIndex((one) => one.method === method && (!one.channel || one.channel === channel));
    return index < 0 ? undefined : faults.splice(index, 1)[0]?.fault;
  }

  const team = (id: string): FakeTeam => found(id, [world.teams.find((one) => one.id === id)]);
  const channel = (name: string): FakeChannel =>
    found(
      name,
      world.teams.map((one) => findChannel(one, name)),
    );

  function resume(): void {
    const waiting = held ?? [];
    held = undefined;
    for (const answer of waiting) answer();
  }

  await new Promise<void>((done) => server.listen(options.port ?? 0, "127.0.0.1", done));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    ...{ url: `${origin}/api/`, origin, calls, team, channel, world, responses, sockets },
    addTeam(seed) {
      const added = createTeam(seed);
      world.teams.push(added);
      return added;
    },
    remove(name, ts) {
      const where = channel(name);
      removeFrom(where, found(ts, [where.messages.find((one) => one.ts === ts)]));
    },
    messages(name) {
      const isPerson = world.teams.some(({ users }) => users.some(({ id }) => id === name));
      const isOpen = world.teams.some((one) => findChannel(one, name));
      return isPerson && !isOpen ? [] : channel(name).messages;
    },
    ephemerals: (user) => world.teams.flatMap(({ ephemerals }) => ephemerals.filter(({ to }) => to === user)),
    revoke(token, error = "token_revoked") {
      found("with this token", [world.teams.find((one) => one.tokens.has(token))]);
      spoil(world, token, error);
    },
    chooseTeam: oauth.choose,
    denyInstall: oauth.deny,
    failNext: (method, fault, name) => void faults.push({ method, fault, channel: name && channel(name).id }),
    clearFaults: () => void faults.splice(0),
    pause() {
      held ??= [];
    },
    resume,
    close: () =>
      new Promise((done) => {
        sockets.cut();
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}

const tokenOf = (request: IncomingMessage) => /^Bearer (.+)$/.exec(request.headers.authorization ?? "")?.[1];

function found<Thing>(name: string, things: (Thing | undefined)[]): Thing {
  const first = things.find((thing) => thing !== undefined);
  if (first === undefined) throw new Error(`nothing ${name} in the fake Slack`);
  return first;
}
