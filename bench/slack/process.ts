import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { now } from "../clock.ts";
import { createFraming } from "../framing.ts";
import type { Posts } from "./slack.ts";

/**
 * A Slack that says yes to everything at once and notes when the first byte of each post came. The tests' fake Slack
 * keeps and checks all it is told, which would be measured as well.
 */
let posts: { number: number; at: number }[] = [];
let calls = 0;
let stamp = 1_700_000_000;

const server = createServer({ noDelay: true }, (socket) => {
  let begun = 0;
  socket.on("error", () => socket.destroy());
  socket.on(
    "data",
    createFraming(
      ({ first, body }) => {
        calls += 1;
        const text = body.toString("latin1");
        const [, number] = /bench-(\d+)/.exec(text) ?? [];
        const isPost = first.includes("chat.postMessage");
        if (isPost && number !== undefined) posts.push({ number: Number(number), at: begun });
        const [, channel = "C0"] = /(?:^|&)channel=(\w+)/.exec(text) ?? [];
        stamp += 1;
        const answer = JSON.stringify({ ok: true, channel, ts: `${stamp}.000100`, message: {} });
        socket.write(
          `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${answer.length}\r\n\r\n${answer}`,
        );
      },
      () => {
        begun = now();
      },
    ),
  );
});

const questions: Record<string, () => Posts> = {
  take: () => {
    const taken = posts;
    posts = [];
    return {
      posted: taken.length,
      calls,
      numbers: Float64Array.from(taken, ({ number }) => number),
      times: Float64Array.from(taken, ({ at }) => at),
    };
  },
  count: () => ({ posted: posts.length, calls, numbers: new Float64Array(), times: new Float64Array() }),
};

process.on("message", (question: string) => process.send?.(questions[question]?.()));
process.once("disconnect", () => process.exit());
server.listen(0, "127.0.0.1", () => process.send?.((server.address() as AddressInfo).port));
