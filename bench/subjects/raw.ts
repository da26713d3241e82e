import { createServer } from "node:http";
import { isRight, listen, readAll } from "./plain.ts";

/** What Node does at least: reads a body and parses it. Stores nothing. */

listen(
  createServer(async (request, response) => {
    const body = await readAll(request);
    if (!isRight(request.headers["x-gitlab-token"])) return void response.writeHead(401).end();
    JSON.parse(body.toString());
    response.writeHead(202, { "content-type": "application/json" }).end('{"ok":true}');
  }),
);
