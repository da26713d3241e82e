import { timingSafeEqual } from "node:crypto";
import express from "express";

/** Express 5 with its own parser for JSON, as most tutorials have it. Stores nothing. */

const { PORT, BENCH_SECRET } = process.env;
const secret = Buffer.from(BENCH_SECRET);
const app = express();
app.post("/hooks", express.json({ limit: "25mb" }), (request, response) => {
  const token = Buffer.from(request.get("x-gitlab-token") ?? "");
  if (token.length !== secret.length || !timingSafeEqual(token, secret)) return void response.sendStatus(401);
  response.status(202).json({ ok: true });
});
app.listen(Number(PORT), "127.0.0.1");
process.once("SIGTERM", () => process.exit());
