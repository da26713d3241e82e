import { randomUUID } from "node:crypto";
import express, { type ErrorRequestHandler, type Request } from "express";
import { RateLimiterMemory } from "rate-limiter-flexible";
import { RefusedError } from "../errors.ts";
import { deliveryKey, keepHeaders } from "../forges/delivery.ts";
import type { Delivery, Forge } from "../forges/forge.ts";
import { type Headers, headersSuffice, verify } from "../forges/verify.ts";
import type { Log } from "../log.ts";
import { type Metrics, noMetrics } from "../operation/metrics.ts";
import type { NewDelivery, Stored } from "../store/add-deliveries.ts";
import type { Hook } from "../store/hooks.ts";
import type { Share } from "./budget.ts";
import { createHookMemory } from "./hook-memory.ts";
import { readBody } from "./read-body.ts";

const wrongSecrets = { points: 20, duration: 60 };

export interface Receiver {
  forges: Readonly<Record<string, Forge>>;
  findHook: (id: string) => Promise<Hook | undefined>;
  /** resolves when the delivery is on disk */
  add: (delivery: NewDelivery) => Promise<Stored>;
  /** a new delivery waits to be read */
  onStored: () => void;
  /** the memory that one more request may take */
  budget: () => Share;
  log: Log;
  metrics?: Metrics | undefined;
  trustProxy?: number | string | undefined;
}

/**
 * `POST /hooks/:id`: verified, stored, answered; nothing else happens here. We answer for our own storage: what is
 * authenticated gets a 2xx whatever it says, because GitLab switches a hook off after four failures and never sends
 * again (https://docs.gitlab.com/user/project/integrations/webhooks/#auto-disabled-webhooks).
 */
export function createReceiver({
  forges,
  findHook,
  add,
  onStored,
  budget,
  log,
  metrics = noMetrics,
  trustProxy,
}: Receiver): express.Express {
  const limiter = new RateLimiterMemory(wrongSecrets);
  const hooks = createHookMemory(findHook);
  const web = express();
  web.disable("x-powered-by");
  web.disable("etag");
  if (trustProxy !== undefined) web.set("trust proxy", trustProxy);

  web.post("/hooks/:id", async (request, response) => {
    const { id } = request.params;
    const share = budget();
    let body: Promise<Buffer> | undefined;
    const read = () => (body ??= readBody(request, share));
    try {
      const recent = hooks.recent(id);
      const known = recent && (await isFrom(recent, request, read)) ? recent : undefined;
      // Its secret may be a new one: who is not let in is asked for in the store, like an id that nobody knows.
      const hook = known ?? (hookId.test(id) ? await hooks.find(id) : undefined);
      const forge = hook && forges[hook.forge];
      if (!hook || !forge) {
        passesNobody(request);
        return await refuse(request);
      }
      if (!known && !(await isFrom(hook, request, read))) return await refuse(request, hook);
      const stored = await store(hook, forge, { headers: request.headers as Headers, body: await read() });
      response.status(stored.duplicate ? 200 : 202).json({ delivery: stored.id, duplicate: stored.duplicate });
      if (!stored.duplicate) onStored();
    } finally {
      // Not when the connection closes: the body of a client that went away waits for the store all the same.
      share.release();
    }
  });

  /** @param read the body, which is awaited only where the scheme needs it */
  async function isFrom(hook: Hook, request: Request, read: () => Promise<Buffer>): Promise<boolean> {
    const forge = forges[hook.forge];
    if (!forge) return false;
    return passes(request, hook, forge, headersSuffice[hook.scheme] ? undefined : await read());
  }

  async function store(hook: Hook, forge: Forge, { headers, body }: Delivery): Promise<Stored> {
    const stored = await add({
      workspace: hook.workspace,
      hook: hook.id,
      forge: hook.forge,
      brand: hook.brand,
      key: deliveryKey(forge, { headers, body }, hook.brand),
      headers: keepHeaders(forge, headers, hook.brand),
      body,
    });
    const { id, duplicate } = stored;
    log.info({ delivery: id, hook: hook.id, bytes: body.length, duplicate }, "delivery stored");
    metrics.arrived(hook.forge, duplicate ? "duplicate" : "stored");
    return stored;
  }

  /** Many wrong secrets from one address get 429; a right one always passes, also from that address. */
  async function refuse(request: Request, hook?: Hook): Promise<never> {
    const spent = await limiter.consume(request.ip ?? "unknown").then(
      () => undefined,
      (limit: { msBeforeNext: number }) => limit,
    );
    if (spent) throw new RefusedError(429, "too many wrong secrets", Math.ceil(spent.msBeforeNext / 1000));
    // Whoever sets up a hook sees here why nothing arrives; the limit above keeps it from filling the log.
    if (hook) log.warn({ hook: hook.id, name: hook.name }, "delivery refused: wrong secret");
    throw new RefusedError(401, "unauthorized");
  }

  web.use(() => {
    throw new RefusedError(404, "not found");
  });
  web.use(answerError(log));
  return web;
}

/** What else stands in an address is no id of ours, and no question for a database. */
const hookId = /^[0-9a-f]{32}$/;

const nobody = randomUUID();

/** An unknown hook takes the same work as a known one with a wrong secret, so that the time tells nothing. */
const passesNobody = (request: Request) =>
  verify("token", [nobody], {
    headers: request.headers as Headers,
    tokenHeaders: ["x-gitlab-token"],
    signatureHeaders: [],
    body: Buffer.alloc(0),
    now: Date.now(),
  });

const passes = (request: Request, hook: Hook, forge: Forge, body: Buffer = Buffer.alloc(0)) =>
  verify(hook.scheme, hook.secrets, {
    headers: request.headers as Headers,
    tokenHeaders: forge.tokenHeaders(hook.brand),
    signatureHeaders: forge.signatureHeaders(hook.brand),
    body,
    now: Date.now(),
  });

const words: Record<number, string> = {
  400: "bad request",
  401: "unauthorized",
  404: "not found",
  408: "timeout",
  413: "too large",
  415: "unsupported encoding",
  429: "too many requests",
  503: "try again later",
};

/** Answers with one fixed word: no stack, no version, nothing of the request. */
function answerError(log: Log): ErrorRequestHandler {
  return (error: unknown, request, response, _next) => {
    if (response.headersSent) {
      log.error({ error }, "failed after the answer");
      return void response.destroy();
    }
    if (request.socket.destroyed) return void log.info("a connection ended before its request was complete");
    const given = error instanceof Error && "status" in error ? Number(error.status) : undefined;
    const status = given !== undefined && words[given] !== undefined ? given : 503;
    if (status === 503) log.error({ error }, "request not served");
    if (error instanceof RefusedError && error.retryAfter) response.set("Retry-After", String(error.retryAfter));
    if (status === 503 && !response.get("Retry-After")) response.set("Retry-After", "10");
    // The rest of a body that nobody will read is not waited for.
    if (status === 413 || status === 415) response.set("Connection", "close");
    response.status(status).json({ error: words[status] });
  };
}
