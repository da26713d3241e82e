import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** A way to PostgreSQL that can break. */
export interface TestProxy {
  /** the database's address, through the proxy */
  url: string;
  /** breaks all connections and takes no more */
  refuse(): Promise<void>;
  /** keeps the connections, and forwards nothing more in either direction */
  hold(): void;
  /** all is well again; what was held goes on */
  pass(): Promise<void>;
  /** lets the next COMMIT through and breaks the connection instead of forwarding its answer */
  cutAtCommit(): void;
  /** commits whose answer was kept back so far */
  cut(): number;
  close(): Promise<void>;
}

export async function startProxy(databaseUrl: string): Promise<TestProxy> {
  const target = new URL(databaseUrl);
  const sockets = new Set<Socket>();
  let [held, cutNext, cut, port] = [false, false, 0, 0];

  const server = createServer((client) => {
    const database = connect(Number(target.port), target.hostname);
    let committed = false;
    for (const [from, to] of [
      [client, database],
      [database, client],
    ] as const) {
      sockets.add(from);
      from.on("data", (bytes) => {
        if (from === client && cutNext && bytes.includes("commit\0")) [cutNext, committed] = [false, true];
        if (from === database && committed) {
          cut += 1;
          client.destroy();
        } else if (!to.destroyed) to.write(bytes);
      });
      // One side that breaks breaks the other.
      from.on("error", () => {});
      from.on("close", () => {
        sockets.delete(from);
        to.destroy();
      });
      if (held) from.pause();
    }
  });

  const listen = () =>
    new Promise<void>((done) => {
      server.listen(port, "127.0.0.1", () => {
        port = (server.address() as AddressInfo).port;
        done();
      });
    });
  const refuse = async () => {
    const closed = server.listening ? new Promise((done) => server.close(done)) : undefined;
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  await listen();
  const here = new URL(databaseUrl);
  here.host = `127.0.0.1:${port}`;

  return {
    url: here.href,
    refuse,
    hold: () => {
      held = true;
      for (const socket of sockets) socket.pause();
    },
    pass: async () => {
      held = false;
      for (const socket of sockets) socket.resume();
      if (!server.listening) await listen();
    },
    cutAtCommit: () => {
      cutNext = true;
    },
    cut: () => cut,
    close: refuse,
  };
}
