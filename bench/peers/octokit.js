import { createServer } from "node:http";
import { createNodeMiddleware, Webhooks } from "@octokit/webhooks";

/** https://github.com/octokit/webhooks.js#createnodemiddleware */

const { PORT, BENCH_SECRET } = process.env;
const webhooks = new Webhooks({ secret: BENCH_SECRET });
webhooks.on("push", () => {});
createServer(createNodeMiddleware(webhooks, { path: "/hooks" })).listen(Number(PORT), "127.0.0.1");
process.once("SIGTERM", () => process.exit());
