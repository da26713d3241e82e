import { createHash } from "node:crypto";
import { createServer, type OutgoingHttpHeaders, request } from "node:http";
import { afterEach, expect, test } from "vitest";
import { createPreviewPages, type PreviewOptions } from "../../src/pages/preview.ts";
import { createClock } from "../../src/pages/slack-post.ts";
import { openChannels, says } from "./channels.ts";

const closes: (() => void)[] = [];
afterEach(() => {
  for (const close of closes.splice(0)) close();
});

async function serve(options: Pick<PreviewOptions, "source"> & Partial<PreviewOptions>) {
  const pages = createPreviewPages({
    mayLook: () => true,
    onError: (error) => {
      throw error;
    },
    clock: createClock("UTC"),
    ...options,
  });
  const server = createServer((asked, response) => {
    if (!pages(asked, response)) response.writeHead(404).end("not a page");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closes.push(() => server.close());
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  return (path: string, headers: OutgoingHttpHeaders = {}, method = "GET") =>
    new Promise<{ status: number | undefined; headers: Record<string, unknown>; body: string }>((resolve, reject) => {
      request({ port, path, method, headers, agent: false }, (response) => {
        let body = "";
        response.setEncoding("utf8").on("data", (chunk) => {
          body += chunk;
        });
        response.on("end", () => resolve({ status: response.statusCode, headers: response.headers, body }));
      })
        .on("error", reject)
        .end();
    });
}

const api = "/preview?channel=%23api";
const shown = (body: string) => [...body.matchAll(/<li class="post" id="([^"]*)"/g)].map(([, id]) => id);

test("a channel's page has its messages, and the list of channels", async () => {
  const { source, post } = openChannels("#api", "#deploys", "C0123ABC");
  const first = post("#api", says("*one*"));
  post("#deploys", says("elsewhere"));
  post("#api", says("reply"), { thread: first });
  post("#api", says("told to all"), { thread: first, broadcast: true });
  const ask = await serve({ source });
  const { status, body, headers } = await ask(api);
  expect(status).toBe(200);
  expect(headers).toMatchObject({ "cache-control": "no-store", "cross-origin-resource-policy": "same-origin" });
  expect(body).toMatch(/^<!doctype html>\n<html lang="en">/);
  expect(body).toContain("<title>#api · Belfry preview</title>");
  expect(shown(body)).toEqual(["m-ts-001", "t-m-ts-003", "t-m-ts-004", "m-ts-004"]);
  expect(body).toContain('<a href="#m-ts-001">replied to a thread:</a> <b>one</b>');
  expect(body).toContain('<li class="day" id="d-Tuesday-3-November"><span>Tuesday 3 November</span></li>');
  expect(body).not.toContain("elsewhere");
  expect(body).toContain('<a href="/preview?channel=%23api" aria-current="page"><span class="sign">#</span>api</a>');
  expect(body).toContain('<a href="/preview?channel=C0123ABC">C0123ABC</a>');
  expect(body).toContain('<p class="none" id="none" hidden>');
});

test("its policy names its own style and script, and nothing else", async () => {
  const { source, post } = openChannels("#api");
  post("#api", says("<script>alert(1)</script>"));
  const { body, headers } = await (await serve({ source }))(api);
  const hash = (text = "") => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
  const [, style] = /<style>(.*?)<\/style>/s.exec(body) ?? [];
  const [, script] = /<script type="module">(.*?)<\/script>/s.exec(body) ?? [];
  expect(headers["content-security-policy"]).toBe(
    `default-src 'none'; style-src ${hash(style)}; script-src ${hash(script)}; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'`,
  );
  expect(body.match(/<script/g)).toHaveLength(1);
  expect(body).not.toMatch(/\sstyle=|\son\w+=|url\(|@import/i);
});

test("who has seen all of it gets 304, and no content is opened for that", async () => {
  const { source, post, edit, opened } = openChannels("#api", "#deploys");
  const ts = post("#api", says("one"));
  const ask = await serve({ source });
  const seen = async (revision: unknown) => ask(api, { "if-none-match": String(revision) });
  const first = await ask(api);
  expect(first.body).toContain(`data-revision="${String(first.headers["etag"]).replaceAll('"', "&quot;")}"`);
  expect(await seen(first.headers["etag"])).toMatchObject({ status: 304, body: "" });
  expect(opened()).toBe(1);

  const changes = [
    () => edit(ts, says("one, edited")),
    () => void post("#api", says("two")),
    () => void post("#api", says("reply"), { thread: ts }),
    () => void post("#deploys", says("elsewhere")),
  ];
  let last = first.headers["etag"];
  for (const change of changes) {
    change();
    const answer = await seen(last);
    expect(answer.status).toBe(200);
    last = answer.headers["etag"];
    expect(await seen(last)).toMatchObject({ status: 304 });
  }
});

test("without a channel, or with one that is not there, it is the newest", async () => {
  const { source, post } = openChannels("#api", "#deploys & more", "#quiet");
  post("#api", says("one"));
  post("#deploys & more", says("two"));
  const ask = await serve({ source });
  for (const path of ["/preview", "/preview?channel=", "/preview?channel=%3Cscript%3E", "/preview?x=1"])
    expect(await ask(path)).toMatchObject({
      status: 302,
      headers: { location: "/preview?channel=%23deploys%20%26%20more" },
    });
  const quiet = await ask("/preview?channel=%23quiet");
  expect(quiet.status).toBe(200);
  expect(quiet.body).toContain('<p class="none" id="none">Nothing yet.');
});

test("before the first message there is an empty page", async () => {
  const { source } = openChannels();
  const { status, body } = await (await serve({ source }))("/preview");
  expect(status).toBe(200);
  expect(body).toContain("<h1>No channel yet</h1>");
});

test("names of channels are words", async () => {
  const name = `#"><script>alert(1)</script>'`;
  const { source, post } = openChannels(name);
  post(name, says("one"));
  const { body } = await (await serve({ source }))(`/preview?channel=${encodeURIComponent(name)}`);
  expect(body.match(/<script/g)).toHaveLength(1);
  expect(body).toContain("&lt;script&gt;alert(1)");
});

test("what cannot be read stops nothing", async () => {
  const { source, post, forget } = openChannels("#api");
  forget(post("#api", says("one")));
  post("#api", says("two"));
  const { body } = await (await serve({ source }))(api);
  expect(body).toContain("This message cannot be read any more.");
  expect(body).toContain(">two<");
});

test("while the store does not answer it is 503, and the error is told to us only", async () => {
  const errors: unknown[] = [];
  const { source } = openChannels("#api");
  const look = () => Promise.reject(new Error("database: secret"));
  const ask = await serve({ source: { ...source, look }, onError: (error) => errors.push(error) });
  expect(await ask(api)).toMatchObject({ status: 503, body: "try again later\n" });
  expect(errors).toEqual([new Error("database: secret")]);
});

test("it is there for GET and HEAD, at its own address, for who may look", async () => {
  const { source, post } = openChannels("#api");
  post("#api", says("one"));
  const ask = await serve({ source, mayLook: ({ headers }) => headers.host === "localhost" });
  const host = "localhost";
  expect(await ask(api, { host })).toMatchObject({ status: 200 });
  expect(await ask(api, { host }, "HEAD")).toMatchObject({ status: 200, body: "" });
  for (const [path, headers, method] of [
    [api, { host: "evil.tld" }, "GET"],
    ["/preview", { host: "evil.tld" }, "GET"],
    [api, { host }, "POST"],
    ["/preview/", { host }, "GET"],
    ["/Preview", { host }, "GET"],
  ] as const)
    expect(await ask(path, headers, method), path).toMatchObject({ status: 404, body: "not a page" });
});
