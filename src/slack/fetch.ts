import { retryAfter } from "./retry-after.ts";

/** Bytes of one answer that we read: Slack's answer to a post is a few kilobytes. */
export const maxAnswer = 1_048_576;

/** The answer to a call is longer than we read. */
export class AnswerTooLong extends Error {
  readonly code = "answer_too_long";
}

/**
 * `fetch` for Slack's client: reads at most 1 MB of an answer, within the client's timeout, and follows no redirect.
 *
 * Of an answer that is not 200 only the status counts, so its body is not read. A 429 always has a `Retry-After` that
 * is a number: without one the client throws an error that nothing tells from any other.
 */
export async function slackFetch(url: string | URL | Request, init?: RequestInit): Promise<Response> {
  // "manual" rather than "error": not followed either way, but this keeps the status, which proves that nothing was posted.
  const answer = await fetch(url, { ...init, redirect: "manual" });
  const headers = new Headers({ "content-type": answer.headers.get("content-type") ?? "" });
  const wait = answer.headers.get("retry-after");
  if (wait !== null || answer.status === 429) headers.set("retry-after", String(retryAfter(wait)));
  if (answer.status === 200) return new Response(await readAnswer(answer), { status: 200, headers });
  await answer.body?.cancel();
  return new Response(null, { status: answer.status, headers });
}

async function readAnswer(answer: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of answer.body ?? []) {
    length += chunk.length;
    if (length > maxAnswer) throw new AnswerTooLong(`longer than ${maxAnswer} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}
