import type { IncomingMessage, ServerResponse } from "node:http";
import type { Look } from "./look.ts";
import { mayRead } from "./may-read.ts";
import type { Figures, Prometheus } from "./prometheus.ts";
import { type Facts, readiness, type SpoolStatus, spoolAge } from "./readiness.ts";
import type { SlackUp } from "./slack-calls.ts";

export interface Operation {
  engine: Facts["engine"];
  now: () => Date;
  look: () => Promise<Look>;
  slack: () => SlackUp;
  /** asked whenever a page is; undefined where there is no spool */
  spool: () => SpoolStatus | undefined;
  prometheus: Prometheus;
  metricsToken: string | undefined;
  /** a page could not be made */
  onError: (error: unknown) => void;
}

/** Answers a request if it is for one of the pages here. @returns false where it is not, or the client may not see it */
export type Routes = (request: IncomingMessage, response: ServerResponse) => boolean;

export const noRoutes: Routes = () => false;

interface Page {
  status: number;
  type: string;
  text: string;
}

/** `/healthz`, `/readyz` and `/metrics`. What is not for a client looks as if it were not there. */
export function createRoutes(operation: Operation): Routes {
  const pages: Record<string, () => Promise<Page>> = {
    "/healthz": async () => ({ status: 200, type: "text/plain; charset=utf-8", text: "ok\n" }),
    "/readyz": async () => {
      const found = readiness(await facts(operation));
      return {
        status: found.ready ? 200 : 503,
        type: "application/json; charset=utf-8",
        text: `${JSON.stringify(found)}\n`,
      };
    },
    "/metrics": async () => ({ status: 200, ...(await operation.prometheus.text(figures(await facts(operation)))) }),
  };

  return (request, response) => {
    const path = request.url?.split("?", 1)[0] ?? "";
    const page = Object.hasOwn(pages, path) ? pages[path] : undefined;
    if (!page || (request.method !== "GET" && request.method !== "HEAD")) return false;
    if (path === "/metrics" && !mayRead(request, operation.metricsToken)) return false;
    const failed = (error: unknown): Page => {
      operation.onError(error);
      return { status: 503, type: "text/plain; charset=utf-8", text: "try again later\n" };
    };
    void page()
      .catch(failed)
      .then((made) => answer(response, made));
    return true;
  };
}

const facts = async ({ engine, look, slack, spool, now }: Operation): Promise<Facts> => ({
  engine,
  look: await look(),
  slack: slack(),
  spool: spool(),
  now: now(),
});

function answer(response: ServerResponse, { status, type, text }: Page): void {
  response.writeHead(status, {
    "content-type": type,
    "content-length": Buffer.byteLength(text),
    "cache-control": "no-store",
  });
  response.end(text);
}

/** The gauges' values. What is not known is left out rather than 0, which would look like all is well. */
function figures({ look, slack, spool, now }: Facts): Figures {
  const backlog = look.backlog;
  return {
    storeUp: Number(look.reachable),
    storeDurable: flag(look.durable),
    pending: backlog?.deliveries.count,
    pendingAge: backlog?.deliveries.oldest,
    open: backlog?.messages.count,
    openAge: backlog?.messages.oldest,
    lanes: backlog?.lanes,
    slackUp: flag(slack),
    spool: spool?.deliveries,
    spoolBytes: spool?.bytes,
    spoolAge: spool && spoolAge(spool, now),
    spoolAside: spool?.aside,
    spooling: spool && Number(spool.state !== "here"),
    spoolLasts: spool && Number(spool.lasts),
  };
}

const flag = (value: boolean | undefined) => (value === undefined ? undefined : Number(value));
