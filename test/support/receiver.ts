import { createServer, type ServerOptions } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { forges } from "../../src/forges/index.ts";
import { httpLimits } from "../../src/http-server.ts";
import { createLog } from "../../src/log.ts";
import { createBudget } from "../../src/receive/budget.ts";
import { createReceiver, type Receiver } from "../../src/receive/receiver.ts";
import { addDeliveries } from "../../src/store/add-deliveries.ts";
import { batched } from "../../src/store/batch.ts";
import { findDelivery, listDeliveries } from "../../src/store/deliveries.ts";
import { addHook, findHook, type Hook, type NewHook } from "../../src/store/hooks.ts";
import { openStore, type Store } from "../../src/store/store.ts";
import { temporaryFolder } from "./belfry.ts";
import { gitlabHook } from "./hook.ts";

export const secret = "s3cret";

export interface TestReceiver {
  store: Store;
  port: number;
  /** the first hook: GitLab's, with `secret` */
  hook: Hook;
  addHook: (hook: Partial<NewHook>) => Promise<Hook>;
  /** all deliveries of a workspace with their bodies, oldest first */
  stored: (workspace?: string) => Promise<NonNullable<Awaited<ReturnType<typeof findDelivery>>>[]>;
  /** how many transactions stored deliveries so far */
  transactions: () => number;
  /** most bytes that one connection brought so far */
  mostBytes: () => number;
  /** how often the receiver said that a delivery waits */
  woken: () => number;
  close: () => Promise<void>;
}

/** A receiver on 127.0.0.1 over a store in a temporary folder, as `startWeb` builds it. */
export async function startReceiver(
  parts: Partial<Pick<Receiver, "add" | "budget" | "findHook" | "forges" | "trustProxy">> = {},
  limits: ServerOptions = {},
): Promise<TestReceiver> {
  const { folder, remove } = temporaryFolder();
  const store = await openStore({ data: folder });
  const sockets: Socket[] = [];
  let [transactions, woken] = [0, 0];
  const addThese = (deliveries: Parameters<typeof addDeliveries>[1]) => {
    transactions += 1;
    return addDeliveries(store, deliveries);
  };
  const receiver = createReceiver({
    forges,
    findHook: (id) => findHook(store, id),
    add: batched(addThese, {
      most: { items: 100, size: 8_000_000 },
      waiting: 2_000,
      sizeOf: ({ body }) => body.length,
    }),
    onStored: () => {
      woken += 1;
    },
    budget: createBudget(256_000_000),
    log: createLog("silent"),
    ...parts,
  });
  const server = createServer({ ...httpLimits, ...limits }, receiver);
  server.on("connection", (socket) => sockets.push(socket));
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));

  const makeHook = (hook: Partial<NewHook>) => addHook(store, { ...gitlabHook("acme", "gitlab", secret), ...hook });

  async function stored(workspace = "acme") {
    const list = await listDeliveries(store, { workspace, limit: 1_000 });
    const rows = await Promise.all(list.map(({ id }) => findDelivery(store, workspace, id)));
    return rows.filter((row) => row !== undefined).reverse();
  }

  return {
    store,
    port: (server.address() as AddressInfo).port,
    hook: await makeHook({}),
    addHook: makeHook,
    stored,
    transactions: () => transactions,
    mostBytes: () => Math.max(0, ...sockets.map(({ bytesRead }) => bytesRead)),
    woken: () => woken,
    close: async () => {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
      await store.close();
      remove();
    },
  };
}

export interface Answer {
  /** 0 when the connection ended without an answer */
  status: number;
  headers: Record<string, string>;
  /** status line and headers as they came, without the date */
  head: string;
  body: string;
}

export interface RawRequest {
  method?: string;
  path: string;
  /** `undefined` leaves a header out; a list sends it several times */
  headers?: Record<string, string | string[] | undefined>;
  body?: string | Buffer;
}

/** The bytes of a request; `Content-Length` is added unless the headers say how long the body is. */
export function bytesOf({ method = "POST", path, headers = {}, body = "" }: RawRequest): Buffer {
  const sized = "content-length" in headers || "transfer-encoding" in headers;
  const all = { host: "belfry", ...(sized ? {} : { "content-length": String(Buffer.byteLength(body)) }), ...headers };
  const lines = Object.entries(all).flatMap(([name, value]) =>
    value === undefined ? [] : [value].flat().map((one) => `${name}: ${one}`),
  );
  return Buffer.concat([Buffer.from([`${method} ${path} HTTP/1.1`, ...lines, "", ""].join("\r\n")), Buffer.from(body)]);
}

export interface Connection {
  write: (bytes: string | Buffer) => Promise<void>;
  /** the next answer, or status 0 when the connection ends first */
  answer: () => Promise<Answer>;
  /** resolves when the server has ended the connection */
  ended: Promise<void>;
  socket: Socket;
}

/** A plain TCP connection, for requests that no HTTP client would send. */
export async function open(port: number): Promise<Connection> {
  const socket = connect(port, "127.0.0.1");
  let received = Buffer.alloc(0);
  let [over, notify] = [false, () => {}];
  socket.on("data", (chunk) => {
    received = Buffer.concat([received, chunk]);
    notify();
  });
  const ended = new Promise<void>((done) => {
    socket.once("close", () => {
      over = true;
      notify();
      done();
    });
  });
  // A server that hangs up while we write is an outcome here; "close" follows.
  socket.on("error", () => {});
  await new Promise<void>((done) => socket.once("connect", done));

  async function answer(): Promise<Answer> {
    for (;;) {
      const found = takeAnswer(received, over);
      if (found) {
        received = received.subarray(found.length);
        return found.answer;
      }
      if (over) return { status: 0, headers: {}, head: "", body: "" };
      await new Promise<void>((resolve) => {
        notify = resolve;
      });
    }
  }

  const write = (bytes: string | Buffer) =>
    new Promise<void>((done) => {
      if (socket.destroyed) done();
      else socket.write(bytes, () => done());
    });
  return { write, answer, ended, socket };
}

function takeAnswer(bytes: Buffer, over: boolean): { answer: Answer; length: number } | undefined {
  const text = bytes.toString("latin1");
  const end = text.indexOf("\r\n\r\n");
  if (end < 0) return undefined;
  const [statusLine = "", ...lines] = text.slice(0, end).split("\r\n");
  const headers = Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf(":")).toLowerCase(), line.slice(line.indexOf(":") + 1).trim()]),
  );
  const start = end + 4;
  const size = headers["content-length"] === undefined ? 0 : Number(headers["content-length"]);
  if (bytes.length < start + size && !over) return undefined;
  const head = [statusLine, ...lines.filter((line) => !/^date:/i.test(line))].join("\n");
  const body = text.slice(start, start + size);
  return { answer: { status: Number(statusLine.split(" ")[1]), headers, head, body }, length: start + size };
}

/** Sends one request over a connection of its own. */
export async function send(port: number, request: RawRequest): Promise<Answer> {
  const connection = await open(port);
  await connection.write(bytesOf(request));
  const answer = await connection.answer();
  connection.socket.destroy();
  return answer;
}

/** A push of GitLab to a hook, with its secret; `number` makes the body another one. */
export const pushTo = (hook: Hook, number = 0, headers: RawRequest["headers"] = {}): RawRequest => ({
  path: `/hooks/${hook.id}`,
  headers: {
    "content-type": "application/json",
    "x-gitlab-event": "Push Hook",
    "x-gitlab-token": secret,
    ...headers,
  },
  body: JSON.stringify({ ref: "refs/heads/main", project: { id: 7, path_with_namespace: "acme/api" }, number }),
});
