import { timingSafeEqual } from "node:crypto";
import type { IncomingMessage, Server } from "node:http";

/** What the plain servers share: they check the token, as all subjects do. */

const secret = Buffer.from(process.env["BENCH_SECRET"] ?? "");

export function isRight(token: string | string[] | undefined): boolean {
  const given = Buffer.from(String(token));
  return given.length === secret.length && timingSafeEqual(given, secret);
}

export async function readAll(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}

export function listen(server: Server): void {
  server.listen(Number(process.env["PORT"]), "127.0.0.1");
  process.once("SIGTERM", () => process.exit());
}
