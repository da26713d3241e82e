import { createHmac } from "node:crypto";
import { request } from "node:http";

/** How a request differs from an honest one of this moment. */
export interface Deviation {
  /** seconds that its timestamp is away from now: -600 is stale, 3600 lies in the future */
  skew?: number;
  /** its timestamp as text, or none at all */
  timestamp?: string | "missing";
  /** made with another secret; of another version, though with the right secret; cut; or none at all */
  signature?: "good" | "bad" | "v1" | "short" | "missing";
  /** sent again by Slack, because the first one failed */
  retry?: { number: number; reason: string } | undefined;
  /** bytes by which a field that means nothing makes the body longer */
  padding?: number;
  headers?: Record<string, string> | undefined;
}

export interface Signed {
  body: Buffer;
  headers: Record<string, string>;
}

/** https://docs.slack.dev/authentication/verifying-requests-from-slack */
export function sign(type: string, body: Buffer, secret: string, now: number, deviation: Deviation = {}): Signed {
  const { skew = 0, timestamp, signature = "good", retry, headers } = deviation;
  const at = timestamp ?? String(Math.floor(now / 1000) + skew);
  const mac = createHmac("sha256", signature === "bad" ? `${secret}x` : secret);
  const hex = mac.update(`v0:${at}:`).update(body).digest("hex");
  const shown = { good: `v0=${hex}`, bad: `v0=${hex}`, v1: `v1=${hex}`, short: `v0=${hex.slice(0, 32)}` };
  return {
    body,
    headers: {
      "content-type": type,
      "user-agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
      ...(at !== "missing" && { "x-slack-request-timestamp": at }),
      ...(signature !== "missing" && { "x-slack-signature": shown[signature] }),
      ...moreHeaders({ retry, headers }),
    },
  };
}

export const moreHeaders = ({ retry, headers }: Pick<Deviation, "retry" | "headers">): Record<string, string> => ({
  ...(retry && { "x-slack-retry-num": String(retry.number), "x-slack-retry-reason": retry.reason }),
  ...headers,
});

export interface Answered {
  status: number;
  body: string;
  headers: Record<string, string | string[] | undefined>;
  /** milliseconds until the answer was there */
  ms: number;
}

/**
 * Sends it as Slack does. An answer counts also where the server closes the connection before it has read all of the body.
 *
 * @param within milliseconds: Slack gives up after 3 seconds, and so does this, with an error
 */
export function post(url: string, { body, headers }: Signed, within: number): Promise<Answered> {
  const began = performance.now();
  const elapsed = () => Math.round(performance.now() - began);
  return new Promise((resolve, reject) => {
    const sent = request(url, { method: "POST", headers: { ...headers, "content-length": String(body.length) } });
    const timer = setTimeout(() => {
      reject(new Error(`no answer within ${within} ms: Slack shows operation_timeout`));
      sent.destroy();
    }, within);
    sent.on("response", async (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      const finish = () => {
        clearTimeout(timer);
        const text = Buffer.concat(chunks).toString();
        resolve({ status: response.statusCode ?? 0, body: text, headers: response.headers, ms: elapsed() });
      };
      response.on("end", finish).on("error", finish);
    });
    sent.on("error", (error) => {
      clearTimeout(timer);
      reject(error);
    });
    sent.end(body);
  });
}
