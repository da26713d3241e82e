import type { ServerResponse } from "node:http";
import { styleSource } from "./style.ts";

/** A page may load and run nothing, be put into no frame and send no form; only its own style counts. */
export const pageHeaders = {
  "content-type": "text/html; charset=utf-8",
  "content-security-policy": [
    "default-src 'none'",
    `style-src ${styleSource}`,
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; "),
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cache-control": "no-store",
} as const;

/** Answers with a page. @param headers beside those of every page, or instead of them */
export function sendPage(
  response: ServerResponse,
  status: number,
  page: string,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { ...pageHeaders, ...headers, "content-length": Buffer.byteLength(page) });
  response.end(page);
}
