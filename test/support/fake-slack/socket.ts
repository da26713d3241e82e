import { createHash, randomBytes } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { type Answer, no } from "./answer.ts";
import type { World } from "./world.ts";

/** What Slack sends over a socket. https://docs.slack.dev/apis/events-api/using-socket-mode#events */
export type EnvelopeType = "slash_commands" | "interactive" | "events_api";

export interface Acknowledged {
  envelope_id: string;
  payload?: unknown;
}

export interface Sockets {
  /** apps.connections.open */
  open(token: string): Answer;
  /** a request to become a WebSocket */
  upgrade(request: IncomingMessage, socket: Duplex): void;
  /** sends it over the socket that was opened last; resolves with its acknowledgement, rejects after three seconds */
  send(type: EnvelopeType, payload: object): Promise<Acknowledged>;
  /** sockets that are open */
  count(): number;
  /** Slack asks for a new socket before it closes this one */
  refresh(): void;
  /** breaks all connections */
  cut(): void;
}

/** RFC 6455, as much of it as Slack's client needs: frames of text, ping, pong and close, none in parts. */
const codes = { text: 1, close: 8, ping: 9, pong: 10 };
const accepted = (key: string) =>
  createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");

/** @param origin address of the fake, known once it listens */
export function createSockets(world: World, origin: () => string): Sockets {
  const tickets = new Set<string>();
  const connections = new Set<Duplex>();
  const waiting = new Map<string, (acknowledged: Acknowledged) => void>();

  function open(token: string): Answer {
    if (token.startsWith("xoxb-")) return no("not_allowed_token_type");
    if (token !== world.app.appToken) return no("invalid_auth");
    const ticket = randomBytes(12).toString("hex");
    tickets.add(ticket);
    return { ok: true, url: `${origin().replace("http", "ws")}/link/?ticket=${ticket}&app_id=${world.app.id}` };
  }

  function upgrade({ url, headers }: IncomingMessage, socket: Duplex): void {
    const ticket = new URL(url ?? "/", "http://slack").searchParams.get("ticket") ?? "";
    if (!tickets.delete(ticket)) return void socket.end("HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n");
    const key = accepted(String(headers["sec-websocket-key"]));
    const head = ["HTTP/1.1 101 Switching Protocols", "upgrade: websocket", "connection: Upgrade"];
    socket.write(`${[...head, `sec-websocket-accept: ${key}`].join("\r\n")}\r\n\r\n`);
    connections.add(socket);
    socket.on("close", () => connections.delete(socket)).on("error", () => connections.delete(socket));
    readFrames(socket, ({ code, data }) => {
      if (code === codes.ping) socket.write(frame(codes.pong, data));
      if (code === codes.close) socket.end(frame(codes.close, data));
      if (code === codes.text) acknowledge(JSON.parse(data.toString()) as Acknowledged);
    });
    write(socket, { type: "hello", num_connections: connections.size, connection_info: { app_id: world.app.id } });
  }

  function acknowledge(acknowledged: Acknowledged): void {
    waiting.get(acknowledged.envelope_id)?.(acknowledged);
    waiting.delete(acknowledged.envelope_id);
  }

  function send(type: EnvelopeType, payload: object): Promise<Acknowledged> {
    const socket = [...connections].at(-1);
    if (!socket) return Promise.reject(new Error("no socket is open: Slack shows that the app did not respond"));
    const envelope = { envelope_id: randomBytes(16).toString("hex"), type, payload };
    const more = type === "events_api" ? { retry_attempt: 0, retry_reason: "" } : {};
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`no acknowledgement of ${type} within 3 s`)), 3_000);
      waiting.set(envelope.envelope_id, (acknowledged) => {
        clearTimeout(timer);
        resolve(acknowledged);
      });
      write(socket, { ...envelope, accepts_response_payload: type !== "events_api", ...more });
    });
  }

  return {
    ...{ open, upgrade, send },
    count: () => connections.size,
    refresh() {
      for (const socket of connections) write(socket, { type: "disconnect", reason: "refresh_requested" });
    },
    cut() {
      for (const socket of connections) socket.destroy();
    },
  };
}

const write = (socket: Duplex, value: object) =>
  void socket.write(frame(codes.text, Buffer.from(JSON.stringify(value))));

/** A frame of a server: whole, not masked. */
function frame(code: number, data: Buffer): Buffer {
  const length = data.length;
  const head = length < 126 ? Buffer.from([0x80 | code, length]) : Buffer.from([0x80 | code, 126, 0, 0]);
  if (length > 65_535) throw new Error("the fake sends no frames of more than 64 KB");
  if (length >= 126) head.writeUInt16BE(length, 2);
  return Buffer.concat([head, data]);
}

/** Reads the frames of a client: whole, masked, of less than 64 KB. */
function readFrames(socket: Duplex, take: (frame: { code: number; data: Buffer }) => void): void {
  let rest = Buffer.alloc(0);
  socket.on("data", (chunk: Buffer) => {
    rest = Buffer.concat([rest, chunk]);
    while (rest.length >= 6) {
      const short = (rest[1] ?? 0) & 0x7f;
      const at = short === 126 ? 4 : 2;
      if (short === 127) return void socket.destroy(new Error("a frame of more than 64 KB"));
      const length = short === 126 ? rest.readUInt16BE(2) : short;
      if (rest.length < at + 4 + length) return;
      const mask = rest.subarray(at, at + 4);
      const data = rest.subarray(at + 4, at + 4 + length).map((byte, index) => byte ^ (mask[index % 4] ?? 0));
      take({ code: (rest[0] ?? 0) & 0x0f, data: Buffer.from(data) });
      rest = rest.subarray(at + 4 + length);
    }
  });
}
