import { type Address, type Serving, serveHttp } from "../http-server.ts";
import type { Routes } from "./routes.ts";

/** Serves the pages of a process that receives nothing. @throws UserError when the address cannot be used */
export const servePages = (routes: Routes, address: Address): Promise<Serving> =>
  serveHttp((request, response) => {
    if (routes(request, response)) return;
    response.writeHead(404, { "content-type": "application/json; charset=utf-8" });
    response.end('{"error":"not found"}');
  }, address);
