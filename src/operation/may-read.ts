import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";

/**
 * Who may read /metrics. With a token who shows it as `Authorization: Bearer`; without one a client on this machine that
 * came by itself: requests that a proxy or a tunnel passes on come from this machine as well, but say so in a header.
 */
export const mayRead = (request: Pick<IncomingMessage, "headers" | "socket">, token: string | undefined): boolean =>
  token === undefined ? isOwnMachine(request) : hasToken(request, token);

function hasToken({ headers }: Pick<IncomingMessage, "headers">, token: string): boolean {
  const [, shown] = /^Bearer +(\S+)$/i.exec(headers.authorization ?? "") ?? [];
  return shown !== undefined && timingSafeEqual(digest(shown), digest(token));
}

const digest = (text: string) => createHash("sha256").update(text).digest();

const proxyHeaders = ["forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip"];

function isOwnMachine({ headers, socket }: Pick<IncomingMessage, "headers" | "socket">): boolean {
  const address = socket.remoteAddress ?? "";
  return (
    (address === "::1" || /^(::ffff:)?127\./.test(address)) &&
    // A page in a browser on this machine could come under a name of its own that leads here.
    /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/i.test(headers.host ?? "") &&
    proxyHeaders.every((name) => headers[name] === undefined)
  );
}
