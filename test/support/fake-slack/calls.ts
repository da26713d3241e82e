import type { ServerResponse } from "node:http";
import type { Answer, Arguments } from "./answer.ts";
import { answer, delayOf, type Fault, isAccepted, later, play, rateLimit } from "./faults.ts";
import type { createLimiter } from "./limiter.ts";
import { methods } from "./methods.ts";
import type { OAuth } from "./oauth.ts";
import type { Sockets } from "./socket.ts";
import { type FakeTeam, findChannel, teamOf, type World } from "./world.ts";

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
  /** Slack's id of the message that it made or changed */
  ts: string | undefined;
  /** when it was over: answered whole, or the connection was closed */
  ended: number | undefined;
  /** seconds of the 429 that it got */
  retryAfter: number | undefined;
}

export interface CallsOptions {
  world: World;
  oauth: OAuth;
  sockets: Sockets;
  limit: ReturnType<typeof createLimiter> | undefined;
  /** the fault that the call meets */
  faultOf(call: LoggedCall): Fault | undefined;
  /** sends an answer, or holds it back */
  reply(send: () => void): void;
}

export interface Incoming {
  caller: string;
  method: string;
  token: string;
  args: Arguments;
}

/** Slack's Web API: logs each call, does it, and answers it. */
export function createCalls({ world, oauth, sockets, limit, faultOf, reply }: CallsOptions) {
  const calls: LoggedCall[] = [];

  function take({ caller, method, token, args }: Incoming, response: ServerResponse): void {
    const team = teamOf(world, token, args);
    const call: LoggedCall = {
      ...{ method, at: world.now(), token, team: team?.id, args, result: "ok", caller },
      channel: team && findChannel(team, args["channel"])?.id,
      ...{ done: false, ts: undefined, ended: undefined, retryAfter: undefined },
    };
    calls.push(call);
    response.once("close", () => {
      call.ended = world.now();
    });
    respond(call, team, response);
  }

  function respond(call: LoggedCall, team: FakeTeam | undefined, response: ServerResponse): void {
    const fault = faultOf(call);
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
    if (typeof body["ts"] === "string") call.ts = body["ts"];
    const slow = delayOf(fault);
    const isAnswered = fault === undefined || slow !== undefined;
    if (isAnswered && !call.done) call.result = String(body["error"]);
    later(slow, () => reply(() => (isAnswered ? answer(response, body) : play(fault, response))));
  }

  function perform({ method, token, args }: LoggedCall, team: FakeTeam | undefined): Answer {
    if (method === "oauth.v2.access") return oauth.access(args);
    if (method === "apps.connections.open") return sockets.open(token);
    const run = Object.hasOwn(methods, method) ? methods[method] : undefined;
    if (!run) return { ok: false, error: "unknown_method", req_method: method };
    if (!token) return { ok: false, error: "not_authed" };
    const error = team ? team.tokens.get(token) : "invalid_auth";
    return team && !error ? run({ world, team, token, args }) : { ok: false, error };
  }

  return { calls, take };
}
