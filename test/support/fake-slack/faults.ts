import type { ServerResponse } from "node:http";

/**
 * What goes wrong with one call:
 *
 * a status      Slack answers with it and an HTML page, and does nothing
 * "reset"       the connection breaks, and Slack did nothing
 * "timeout"     no answer ever, and Slack did nothing
 * "lost"        Slack does it, then the connection breaks
 * "late"        Slack does it, and no answer ever comes
 * "stall"       Slack does it, and the answer stops after its first byte
 * slow          Slack does it, and answers after these milliseconds
 * any word      Slack's error word, and does nothing
 * ratelimited   429 with these seconds in `Retry-After`; any text, or without the header for null
 * body          this answer, with status 200 unless another is given
 */
export type Fault =
  | number
  | string
  | { ratelimited: number | string | null }
  | { slow: number }
  | { body: string; status?: number; headers?: Record<string, string> };

/** Whether Slack does what the call asks in spite of the fault. */
export const isAccepted = (fault: Fault | undefined): boolean =>
  fault === undefined ||
  fault === "lost" ||
  fault === "late" ||
  fault === "stall" ||
  (typeof fault === "object" && "slow" in fault);

/** Milliseconds by which a fault delays the answer, where it does nothing else. */
export const delayOf = (fault: Fault | undefined): number | undefined =>
  typeof fault === "object" && "slow" in fault ? fault.slow : undefined;

export function later(milliseconds: number | undefined, act: () => void): void {
  if (milliseconds === undefined) act();
  else setTimeout(act, milliseconds).unref();
}

/** Plays a fault on an answer that has not begun. */
export function play(fault: Fault, response: ServerResponse): void {
  if (fault === "timeout" || fault === "late") return;
  if (fault === "stall") response.writeHead(200, { "content-length": "100" }).write("{");
  else if (fault === "reset" || fault === "lost") response.socket?.resetAndDestroy();
  else if (typeof fault === "string") answer(response, { ok: false, error: fault });
  else if (typeof fault === "number")
    send(response, fault, "<html><h1>Server Error</h1></html>", { "content-type": "text/html" });
  else if ("body" in fault) send(response, fault.status ?? 200, fault.body, fault.headers ?? {});
  else if ("ratelimited" in fault) rateLimit(response, fault.ratelimited);
}

export function rateLimit(response: ServerResponse, seconds: number | string | null): void {
  const headers = { "content-type": "application/json", ...(seconds !== null && { "retry-after": String(seconds) }) };
  send(response, 429, JSON.stringify({ ok: false, error: "ratelimited" }), headers);
}

export function answer(response: ServerResponse, body: unknown): void {
  send(response, 200, JSON.stringify(body), { "content-type": "application/json; charset=utf-8" });
}

export function send(response: ServerResponse, status: number, body: string, headers: Record<string, string>): void {
  response.writeHead(status, headers).end(body);
}
