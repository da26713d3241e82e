import type { IncomingMessage, ServerResponse } from "node:http";
import type { Metrics } from "./metrics.ts";

/** Counts one request to a hook when it is over: how long it took, and whether it was refused. */
export function watchRequest({ took, refused }: Metrics, request: IncomingMessage, response: ServerResponse): void {
  if (!request.url?.startsWith("/hooks/")) return;
  const began = performance.now();
  response.once("close", () => {
    const status = response.writableFinished ? response.statusCode : undefined;
    if (status === undefined || status >= 400) refused(status);
    if (status !== undefined) took("receive", (performance.now() - began) / 1000);
  });
}
