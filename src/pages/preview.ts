import { createHash } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Routes } from "../operation/routes.ts";
import type { Message } from "../slack/message.ts";
import type { ShownChannel, ShownPost, ShownRow } from "../store/shown-messages.ts";
import { pageHeaders, sendPage } from "./page.ts";
import { channelPath, previewPage } from "./preview-page.ts";
import { scriptSource } from "./preview-script.ts";
import { previewStyleSource } from "./preview-style.ts";
import { type Clock, createClock, type Post } from "./slack-post.ts";

export interface PreviewSource {
  /** what is in the channels, without contents: it is asked every second */
  look: () => Promise<{ channels: readonly ShownChannel[]; postsOf: (channel: string) => readonly ShownPost[] }>;
  /** what messages show, by their ids; what cannot be read is missing */
  open: (ids: readonly string[]) => Promise<ReadonlyMap<string, Message>>;
}

export interface PreviewOptions {
  source: PreviewSource;
  /** whether who asks may see it; for others it is not there */
  mayLook: (request: IncomingMessage) => boolean;
  /** the page could not be made */
  onError: (error: unknown) => void;
  clock?: Clock;
}

/** Its own style and script, and its own address to ask again; nothing else. */
const headers = {
  "content-security-policy": [
    "default-src 'none'",
    `style-src ${previewStyleSource}`,
    `script-src ${scriptSource}`,
    "connect-src 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; "),
  "cross-origin-resource-policy": "same-origin",
  "cross-origin-opener-policy": "same-origin",
};

/** `/preview`: the newest channel; `/preview?channel=%23api`: that one. Answers 304 to who has seen all of it. */
export function createPreviewPages({ source, mayLook, onError, clock = createClock() }: PreviewOptions): Routes {
  return (request, response) => {
    const [path, query] = request.url?.split("?", 2) ?? [];
    if (path !== "/preview" || (request.method !== "GET" && request.method !== "HEAD") || !mayLook(request))
      return false;
    const asked = new URLSearchParams(query).get("channel") ?? undefined;
    void answer(source, clock, asked, request, response).catch((error: unknown) => {
      onError(error);
      response.writeHead(503, { "content-type": "text/plain; charset=utf-8", "cache-control": "no-store" });
      response.end("try again later\n");
    });
    return true;
  };
}

async function answer(
  source: PreviewSource,
  clock: Clock,
  asked: string | undefined,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { channels, postsOf } = await source.look();
  const channel = channels.find(({ name }) => name === asked)?.name;
  const newest = channels.toSorted((a, b) => ((a.newest ?? "") < (b.newest ?? "") ? 1 : -1))[0]?.name;
  if (channel === undefined && newest !== undefined) return redirect(response, channelPath(newest));
  const posts = channel === undefined ? [] : postsOf(channel);
  const revision = revisionOf([channel, channels, posts]);
  if (request.headers["if-none-match"] === revision) {
    response.writeHead(304, { etag: revision, "cache-control": "no-store" });
    return void response.end();
  }
  const shown = await source.open(posts.flatMap(({ row, replies }) => [row.id, ...replies.map(({ id }) => id)]));
  const page = previewPage({ channel, channels, posts: drawable(posts, shown), revision, clock });
  sendPage(response, 200, page, { ...headers, etag: revision });
}

function redirect(response: ServerResponse, location: string): void {
  response.writeHead(302, { ...pageHeaders, location, "content-length": 0 });
  response.end();
}

/** Of our own code as well: after an update of Belfry everything is asked for anew. */
const revisionOf = (seen: unknown): string =>
  `"${createHash("sha256").update(scriptSource).update(previewStyleSource).update(JSON.stringify(seen)).digest("base64url")}"`;

const idOf = (ts: string) => `m-${encodeURIComponent(ts)}`;

function drawable(posts: readonly ShownPost[], shown: ReadonlyMap<string, Message>): Post[] {
  const parents = new Map(posts.map(({ row }) => [row.ts, row]));
  const post = (row: ShownRow): Post => ({
    id: idOf(row.ts),
    message: shown.get(row.id),
    at: row.finished_at ?? row.created_at,
    edits: row.edits,
  });
  return posts.map(({ row, replies }) => {
    const parent = row.thread_ts === null ? undefined : parents.get(row.thread_ts);
    return {
      ...post(row),
      // A reply that the channel got as well stands there twice: within the thread under an id of its own.
      replies: replies.map((reply) => ({ ...post(reply), id: `t-${idOf(reply.ts)}` })),
      ...(row.thread_ts !== null && {
        answers: { id: parent && idOf(parent.ts), text: (parent && shown.get(parent.id)?.text) ?? "" },
      }),
    };
  });
}
