import type { IncomingMessage } from "node:http";
import type { Arguments } from "./answer.ts";

const jsonFields = ["blocks", "metadata", "attachments", "view", "unfurls"];

/** What a request says, as JSON or as a form: Slack's client sends forms, with JSON in some fields. */
export async function readArguments(request: IncomingMessage): Promise<Arguments> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const body = Buffer.concat(chunks).toString();
  if (request.headers["content-type"]?.startsWith("application/json")) return JSON.parse(body || "{}");
  return Object.fromEntries(
    [...new URLSearchParams(body)].map(([key, value]) => [key, jsonFields.includes(key) ? parsed(value) : value]),
  );
}

function parsed(value: string): unknown {
  try {
    return JSON.parse(value);
  } catch (error) {
    if (error instanceof SyntaxError) return value; // left as text: the checks then refuse it as Slack does
    throw error;
  }
}
