import { createServer, type RequestListener, type Server, type ServerOptions } from "node:http";
import { UserError } from "./errors.ts";

/** Slow clients are cut: Node's own limits are 60 and 300 seconds. */
export const httpLimits: ServerOptions = {
  headersTimeout: 10_000,
  requestTimeout: 15_000,
  connectionsCheckingInterval: 1_000,
  keepAliveTimeout: 65_000,
  maxHeaderSize: 16_384,
};

/** Milliseconds in which requests under way may finish when we stop. */
const grace = 5_000;

export interface Address {
  host: string;
  port: number;
  /** the settings that change it, for people */
  settings: string;
}

export interface Serving {
  port: number;
  /** Takes no more requests; those under way may finish for a while, then a client that is too slow is cut. */
  stop(): Promise<void>;
}

/**
 * Serves HTTP.
 * @throws UserError when the address cannot be used
 */
export async function serveHttp(listener: RequestListener, address: Address): Promise<Serving> {
  const server = createServer(httpLimits, (request, response) => {
    // A client that keeps its connection would go on with it after we stopped.
    if (!server.listening) response.setHeader("Connection", "close");
    return listener(request, response);
  });
  await listen(server, address);
  const bound = server.address();
  return {
    port: typeof bound === "object" && bound ? bound.port : address.port,
    stop: () => close(server),
  };
}

function listen(server: Server, { port, host, settings }: Address): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (cause) => {
      reject(
        new UserError(
          `Cannot listen on ${host}:${port} (${"code" in cause ? cause.code : cause.message}). Set ${settings}.`,
          { cause },
        ),
      );
    });
    server.listen(port, host, resolve);
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const cut = setTimeout(() => server.closeAllConnections(), grace);
    server.close(() => {
      clearTimeout(cut);
      resolve();
    });
    server.closeIdleConnections();
  });
}
