import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { answer, type Fault, isAccepted, play, rateLimit } from "./fake-slack/faults.ts";
import { createLimiter } from "./fake-slack/limiter.ts";
import { type Answer, type Arguments, findChannel, methods } from "./fake-slack/methods.ts";
import {
  createWorld,
  type FakeChannel,
  type FakeMessage,
  type FakeSlackOptions,
  type FakeTeam,
} from "./fake-slack/world.ts";

/** One call as it came in, and what became of it. */
export interface LoggedCall {
  method: string;
  /** milliseconds since 1970 */
  at: number;
  token: string;
  /** id of the team of the token */
  team: string | undefined;
  args: Arguments;
  /** `ok`, Slack's error word, or the scripted fault */
  result: string;
  /** the part before `/api/` of the address that was called, such as `worker-1`: who called; else empty */
  caller: string;
  /** id of the channel that it names, where its team has that */
  channel: string | undefined;
  /** whether Slack did it, answered or not */
  done: boolean;
  /** when it was over: answered whole, or the connection was closed */
  ended: number | undefined;
  /** seconds of the 429 that it got */
  retryAfter: number | undefined;
}

export interface FakeSlackServer {
  /** 127.0.0.1's port; any free one without it */
  port?: number;
  /** the fault that a call meets, asked for each call that no fault of `failNext` waits for */
  decide?: (call: LoggedCall) => Fault | undefined;
}

export interface FakeSlack {
  /** address of the API, with `/api/` */
  url: string;
  /** every call so far, in the order of arrival */
  calls: LoggedCall[];
  /** the channel with this id or `#name`, of the first team that has one; change its fields to change the channel */
  channel(name: string): FakeChannel;
  /** what stands in the channel, replies included, oldest first */
  messages(channel: string): FakeMessage[];
  /** makes a token bad: `invalid_auth`, `token_revoked`, `account_inactive`, `missing_scope` … */
  revoke(token: string, error?: string): void;
  /** the next call of the method (into this channel, where one is given) meets the fault; several wait in line */
  failNext(method: string, fault: Fault, channel?: string): void;
  /** forgets the faults that still wait */
  clearFaults(): void;
  /** calls are taken and done from now on, but not answered */
  pause(): void;
  /** sends the answers that were held back */
  resume(): void;
  close(): Promise<void>;
}

/** A Slack of our own on 127.0.0.1, for Slack's real client: teams, channels, messages, Slack's checks, and faults on demand. */
export async function createFakeSlack(options: FakeSlackOptions & FakeSlackServer = {}): Promise<FakeSlack> {
  const now = options.now ?? Date.now;
  const world = createWorld(options);
  const limit = options.limits && createLimiter(options.limits, now);
  const calls: LoggedCall[] = [];
  const faults: { method: string; fault: Fault; channel: string | undefined }[] = [];
  let held: (() => void)[] | undefined;

  const server = createServer(async (request, response) => {
    const [, caller = "", method = ""] =
      /^\/(?:([\w-]+)\/)?(?:api\/)?(.*)$/.exec(new URL(request.url ?? "/", "http://slack").pathname) ?? [];
    const args = await readArguments(request);
    const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? "")?.[1] ?? String(args["token"] ?? "");
    const team = world.teams.find((one) => one.tokens.has(token));
    const call: LoggedCall = {
      ...{ method, at: now(), token, team: team?.id, args, result: "ok", caller },
      channel: team && findChannel(team, args["channel"])?.id,
      ...{ done: false, ended: undefined, retryAfter: undefined },
    };
    calls.push(call);
    response.once("close", () => {
      call.ended = now();
    });
    respond(call, team, response);
  });

  function respond(call: LoggedCall, team: FakeTeam | undefined, response: ServerResponse): void {
    const reply = (send: () => void) => (held ? held.push(send) : send());
    const fault = takeFault(call) ?? options.decide?.(call);
    if (fault !== undefined) call.result = typeof fault === "object" ? JSON.stringify(fault) : String(fault);
    if (typeof fault === "object" && "ratelimited" in fault) call.retryAfter = Number(fault.ratelimited ?? 30);
    if (!isAccepted(fault)) return void reply(() => play(fault ?? "", response));
    const seconds = team && limit?.(call.method, call.token, team.id, call.channel ?? "");
    if (seconds !== undefined) {
      call.result = "ratelimited";
      call.retryAfter = seconds;
      return void reply(() => rateLimit(response, seconds));
    }
    const body = perform(call, team);
    call.done = body["ok"] === true;
    const slow = typeof fault === "object" && "slow" in fault ? fault.slow : undefined;
    const isAnswered = fault === undefined || slow !== undefined;
    if (isAnswered && !call.done) call.result = String(body["error"]);
    const send = () => (isAnswered ? answer(response, body) : play(fault, response));
    if (slow === undefined) reply(send);
    else setTimeout(() => reply(send), slow).unref();
  }

  function perform({ method, token, args }: LoggedCall, team: FakeTeam | undefined): Answer {
    const run = Object.hasOwn(methods, method) ? methods[method] : undefined;
    if (!run) return { ok: false, error: "unknown_method", req_method: method };
    if (!token) return { ok: false, error: "not_authed" };
    const error = team ? team.tokens.get(token) : "invalid_auth";
    return team && !error ? run({ world, team, args }) : { ok: false, error };
  }

  function takeFault({ method, channel }: LoggedCall): Fault | undefined {
    const index = faults.findIndex((one) => one.method === method && (!one.channel || one.channel === channel));
    return index < 0 ? undefined : faults.splice(index, 1)[0]?.fault;
  }

  function channel(name: string): FakeChannel {
    const found = world.teams.map((team) => findChannel(team, name)).find(Boolean);
    if (!found) throw new Error(`no channel ${name} in the fake Slack`);
    return found;
  }

  function resume(): void {
    const waiting = held ?? [];
    held = undefined;
    for (const send of waiting) send();
  }

  await new Promise<void>((done) => server.listen(options.port ?? 0, "127.0.0.1", done));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/`,
    calls,
    channel,
    messages: (name) => channel(name).messages,
    revoke(token, error = "token_revoked") {
      const team = world.teams.find((one) => one.tokens.has(token));
      if (!team) throw new Error("no team of the fake Slack has this token");
      team.tokens.set(token, error);
    },
    failNext: (method, fault, name) => void faults.push({ method, fault, channel: name && channel(name).id }),
    clearFaults: () => void faults.splice(0),
    pause() {
      held ??= [];
    },
    resume,
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}

const jsonFields = ["blocks", "metadata", "attachments", "view"];

async function readArguments(request: IncomingMessage): Promise<Arguments> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const body = Buffer.concat(chunks).toString();
  if (request.headers["content-type"]?.startsWith("application/json")) return JSON.parse(body || "{}");
  return Object.fromEntries(
    [...new URLSearchParams(body)].map(([key, value]) => [key, jsonFields.includes(key) ? parsed(value) : value]),
  );
}

function parsed(value: string): unknown {
  try {
    return JSON.parse(value);
  } catch (error) {
    if (error instanceof SyntaxError) return value; // left as text: the checks then refuse it as Slack does
    throw error;
  }
}
