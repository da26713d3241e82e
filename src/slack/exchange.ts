import { type IncomingMessage, request as plainly } from "node:http";
import { request as overTls } from "node:https";

/** Bytes of one answer that we read: Slack's answer to a post is a few kilobytes. */
export const maxAnswer = 1_048_576;

/** The answer to a call is longer than we read. */
export class AnswerTooLong extends Error {
  readonly code = "answer_too_long";
}

/** There was no connection to write to, so nothing was sent. Keeps only the code of the error, which may tell more. */
export class NotConnected extends Error {
  readonly code: string;

  constructor(code: string) {
    super(code);
    this.code = code;
  }
}

export interface Asked {
  method: string;
  headers: Record<string, string>;
  body: string;
  /** ends it, with its reason as the error */
  signal: AbortSignal | undefined;
}

export interface Answer {
  status: number;
  /** its `Content-Type` */
  type: string | undefined;
  /** its `Retry-After` */
  wait: string | undefined;
  /** nothing where the status is not 200 */
  text: string;
}

/**
 * One request and its answer. Follows no redirect: its status proves that nothing was posted.
 *
 * Node's own agents keep connections for the next request and close those that are idle for 5 seconds, or for as long
 * as the server allows less a second: a request on one that the server is just closing would end uncertain.
 * @param connecting milliseconds to connect, TLS included
 * @throws NotConnected, AnswerTooLong, the signal's reason, or what Node says of a connection that stood
 */
export function exchange(url: URL, asked: Asked, connecting: number): Promise<Answer> {
  const { method, headers, body, signal } = asked;
  const isTls = url.protocol === "https:";
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const request = (isTls ? overTls : plainly)(url, { method, headers });
    const settled = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", abort);
    };
    const done = (answer: Answer) => {
      settled();
      resolve(answer);
    };
    const fail = (why: unknown) => {
      settled();
      reject(why);
    };
    const stop = (why: unknown) => {
      fail(why);
      request.destroy();
    };
    const abort = () => stop(signal?.reason);
    signal?.addEventListener("abort", abort);
    const timer = setTimeout(() => stop(new NotConnected("connect_timeout")), connecting);
    let isConnected = false;
    let isAnswered = false;
    // Where a server changes to another protocol, nothing else tells of the end.
    request.once("close", () => {
      if (!isAnswered) fail(isConnected ? new Error("no answer") : new NotConnected("no_connection"));
    });
    // More than one may come, as when a connection breaks that we have destroyed: the first one counts.
    request.on("error", (error: NodeJS.ErrnoException) =>
      fail(isConnected ? error : new NotConnected(error.code ?? "no_connection")),
    );
    request.once("socket", (socket) => {
      // One that was kept is connected, and so is one through a proxy's tunnel.
      const connected = () => {
        isConnected = true;
        clearTimeout(timer);
      };
      if (!socket.connecting) return connected();
      // What is written before waits in Node: for the name's address, for the connection, for the keys of TLS.
      socket.once(isTls ? "secureConnect" : "connect", connected);
    });
    request.once("response", (answer) => {
      isAnswered = true;
      const { statusCode: status = 0, headers } = answer;
      const finish = (text: string) =>
        done({ status, type: headers["content-type"], wait: headers["retry-after"], text });
      answer.on("error", fail);
      if (status === 200) return read(answer, finish, stop);
      finish("");
      request.destroy();
    });
    request.end(body);
  });
}

function read(answer: IncomingMessage, finish: (text: string) => void, stop: (why: AnswerTooLong) => void): void {
  const chunks: Buffer[] = [];
  let length = 0;
  answer.on("data", (chunk: Buffer) => {
    length += chunk.length;
    if (length > maxAnswer) stop(new AnswerTooLong(`longer than ${maxAnswer} bytes`));
    else chunks.push(chunk);
  });
  answer.once("end", () => finish(Buffer.concat(chunks).toString()));
}
