/** The head of a message of HTTP/1.1. */
export interface Head {
  /** `HTTP/1.1 202 Accepted`, `POST /api/chat.postMessage HTTP/1.1` */
  first: string;
  /** the whole head, with the names of headers as they came */
  text: string;
}

interface Message extends Head {
  body: Buffer;
}

/**
 * Cuts a stream of bytes into messages, requests or answers: much less work than a full parser, and enough for peers
 * that we know. Bodies have a length or come in chunks; others count as empty.
 * @param onMessage called for each whole message
 * @param onBegin called with the first byte of each
 */
export function createFraming(onMessage: (message: Message) => void, onBegin: () => void = () => {}) {
  let rest: Buffer = Buffer.alloc(0);
  let head: (Head & { length: number | "chunked" }) | undefined;
  let isBegun = false;

  /** @returns whether there may be one more message in what is left */
  function next(): boolean {
    if (rest.length === 0) return false;
    if (!isBegun) {
      isBegun = true;
      onBegin();
    }
    head ??= readHead();
    if (!head) return false;
    const length = head.length === "chunked" ? chunkedLength(rest) : head.length;
    if (length === undefined || rest.length < length) return false;
    const { first, text } = head;
    const body = rest.subarray(0, length);
    rest = rest.subarray(length);
    [head, isBegun] = [undefined, false];
    onMessage({ first, text, body });
    return true;
  }

  function readHead(): typeof head {
    const end = rest.indexOf("\r\n\r\n");
    if (end < 0) return undefined;
    const text = rest.toString("latin1", 0, end);
    rest = rest.subarray(end + 4);
    return { first: text.slice(0, text.indexOf("\r\n")), text, length: bodyLength(text) };
  }

  return (chunk: Buffer): void => {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    while (next());
  };
}

function bodyLength(head: string): number | "chunked" {
  const [, length] = /^content-length: *(\d+)/im.exec(head) ?? [];
  if (length !== undefined) return Number(length);
  return /^transfer-encoding: *chunked/im.test(head) ? "chunked" : 0;
}

/** Bytes of a body in chunks, its last line included; undefined while it is not all there. */
function chunkedLength(bytes: Buffer): number | undefined {
  for (let at = 0; ; ) {
    const end = bytes.indexOf("\r\n", at);
    if (end < 0) return undefined;
    const size = Number.parseInt(bytes.toString("latin1", at, end), 16);
    at = end + 2 + size + 2;
    if (size === 0) return at;
  }
}

/** The status of an answer. */
export const statusOf = ({ first }: Head): number => Number(first.slice(9, 12));
