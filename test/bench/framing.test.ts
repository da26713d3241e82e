import { describe, expect, test } from "vitest";
import { createFraming, statusOf } from "../../bench/framing.ts";

const answer = (status: number, body: string) =>
  `HTTP/1.1 ${status} Some\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
const chunked = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\nA\r\n0123456789\r\n0\r\n\r\n";
const empty = "HTTP/1.1 204 No Content\r\n\r\n";
const stream = [answer(202, '{"ok":true}'), chunked, empty, answer(401, "")].join("");

/** What is seen of a stream that comes in pieces of so many bytes. */
function seen(bytes: Buffer, size: number) {
  const messages: { status: number; body: string }[] = [];
  let begun = 0;
  const read = createFraming(
    (message) => messages.push({ status: statusOf(message), body: message.body.toString() }),
    () => {
      begun += 1;
    },
  );
  for (let at = 0; at < bytes.length; at += size) read(bytes.subarray(at, at + size));
  return { messages, begun };
}

describe.each([1, 2, 3, 7, 50, 10_000])("in pieces of %i bytes", (size) => {
  test("messages are cut where they end", () => {
    const { messages, begun } = seen(Buffer.from(stream), size);
    expect(messages.map(({ status }) => status)).toEqual([202, 200, 204, 401]);
    expect(messages[0]?.body).toBe('{"ok":true}');
    expect(begun).toBe(4);
  });
});

test("a message begins with its first byte, and is there with its last", () => {
  const bytes = Buffer.from(answer(202, "yes"));
  expect(seen(bytes.subarray(0, 1), 1)).toEqual({ messages: [], begun: 1 });
  expect(seen(bytes.subarray(0, -1), 10_000)).toEqual({ messages: [], begun: 1 });
  expect(seen(bytes, 10_000).messages).toHaveLength(1);
});
