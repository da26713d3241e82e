import { connect } from "node:net";
import { createFraming, statusOf } from "../framing.ts";
import { fillIn, numberText, type PreparedRequest } from "../request.ts";
import type { Traffic } from "./job.ts";

/** A connection that carries one request at a time. */
export interface Connection {
  /** resolves with the status of the answer; 0 when the connection was lost, which the next request opens anew */
  send(number: number): Promise<number>;
  close(): void;
}

/** Each connection has its own copies of the requests, because it writes into them. */
export function createConnection({ port, requests, targets }: Traffic): Connection {
  const own = requests.map(({ bytes, places }): PreparedRequest => ({ bytes: Buffer.from(bytes), places }));
  let socket: ReturnType<typeof open> | undefined;
  let answer: (status: number) => void = () => {};

  function open() {
    const made = connect({ port, host: "127.0.0.1", noDelay: true });
    made.on(
      "data",
      createFraming((message) => {
        // One that the server ends after this is not used again.
        if (/^connection: *close/im.test(message.text)) forget(made);
        answer(statusOf(message));
      }),
    );
    made.on("error", () => lose(made));
    made.on("close", () => lose(made));
    return made;
  }

  function forget(made: typeof socket): void {
    if (socket === made) socket = undefined;
    made?.end();
  }

  function lose(made: typeof socket): void {
    if (socket !== made) return;
    socket = undefined;
    answer(0);
  }

  return {
    send(number) {
      const request = own[number % own.length];
      const target = targets[number % targets.length];
      if (!request || !target) throw new Error("there is nothing to send");
      fillIn(request, { ...target, number: numberText(number) });
      socket ??= open();
      const { promise, resolve } = Promise.withResolvers<number>();
      answer = resolve;
      socket.write(request.bytes);
      return promise;
    },
    close: () => socket?.destroy(),
  };
}
