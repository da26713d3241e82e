import { generateKeyPairSync } from "node:crypto";
import { Probot, Server } from "probot";

/** A probot app that listens to pushes. https://probot.github.io/docs/development/ */

const { PORT, BENCH_SECRET } = process.env;
const { privateKey } = generateKeyPairSync("rsa", {
  modulusLength: 2048,
  privateKeyEncoding: { type: "pkcs1", format: "pem" },
  publicKeyEncoding: { type: "pkcs1", format: "pem" },
});
const server = new Server({
  host: "127.0.0.1",
  port: Number(PORT),
  webhookPath: "/hooks",
  Probot: Probot.defaults({ appId: 1, privateKey, secret: BENCH_SECRET }),
});
await server.load((app) => {
  app.on("push", () => {});
});
await server.start();
process.once("SIGTERM", () => process.exit());
