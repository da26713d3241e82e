import type { IncomingMessage } from "node:http";
import { RefusedError } from "../errors.ts";
import type { Share } from "./budget.ts";

/** GitLab sends at most 25 MB: https://docs.gitlab.com/user/project/integrations/webhooks/ */
export const mostBytes = 26_214_400;

/**
 * The raw body, at most 26,214,400 bytes. Express' own reader takes in all of a body that is too large before it
 * answers, and so waits for one that never ends.
 * @throws RefusedError 413, 415 or 503, as soon as that is clear
 */
export async function readBody(request: IncomingMessage, share: Share): Promise<Buffer> {
  const { "content-encoding": encoding = "identity", "content-length": length = "0" } = request.headers;
  if (encoding.toLowerCase() !== "identity") throw new RefusedError(415, "unsupported encoding");
  if (Number(length) > mostBytes) throw new RefusedError(413, "too large");
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    bytes += chunk.length;
    if (bytes > mostBytes) throw new RefusedError(413, "too large");
    share.take(chunk.length);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, bytes);
}
