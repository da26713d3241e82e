import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createServer, setGlobalProxyFromEnv } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { type AddressInfo, createServer as createTcpServer, type Server } from "node:net";
import { join } from "node:path";
import { inspect } from "node:util";
import { WebAPIRequestError } from "@slack/web-api";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createSlack } from "../../src/slack/client.ts";
import { ChatError } from "../../src/slack/errors.ts";
import { maxAnswer } from "../../src/slack/exchange.ts";
import { failure } from "../../src/slack/failure.ts";
import { createFetch } from "../../src/slack/fetch.ts";
import type { Message } from "../../src/slack/message.ts";
import { temporaryFolder } from "../support/belfry.ts";
import type { Fault } from "../support/fake-slack/faults.ts";
import { createFakeSlack, type FakeSlack } from "../support/fake-slack.ts";

const token = "xoxb-acme";
const message: Message = {
  text: "Alice merged !12",
  blocks: [{ type: "section", text: { type: "mrkdwn", text: "Alice merged *!12*" } }],
};

let slack: FakeSlack;
beforeEach(async () => {
  slack = await createFakeSlack();
});
afterEach(() => slack.close());

/** The error of a post that must fail. */
async function refusal(post: Promise<unknown>): Promise<ChatError> {
  const error = await post.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(ChatError);
  return error as ChatError;
}

const post = (to: FakeSlack, { text = message.text, timeout = 5_000 } = {}) =>
  createSlack({ token, apiUrl: to.url, timeout }).post("C0API", { ...message, text });

test("a post has everything that keeps it from calling people or fetching pages", async () => {
  const chat = createSlack({ token, apiUrl: slack.url });
  const parent = await chat.post("#api", message, { id: "0197-a" });
  await chat.post("C0API", message, { id: "0197-b", thread: parent.ts });

  expect(parent).toEqual({ ts: expect.stringMatching(/^\d{10}\.\d{6}$/), channel: "C0API" });
  expect(slack.calls.map((call) => call.args)).toEqual([
    {
      channel: "#api",
      ...message,
      metadata: { event_type: "belfry_message", event_payload: { id: "0197-a" } },
      parse: "none",
      link_names: "false",
      unfurl_links: "false",
      unfurl_media: "false",
    },
    expect.objectContaining({ channel: "C0API", thread_ts: parent.ts }),
  ]);
});

test("a message without blocks is posted as text alone", async () => {
  await createSlack({ token, apiUrl: slack.url }).post("C0API", { text: "plain", blocks: [] });
  expect(slack.messages("#api")).toMatchObject([{ text: "plain" }]);
  expect(slack.calls[0]?.args).not.toHaveProperty("blocks");
});

const html = "<html><h1>Server Error</h1></html>";
const faults: [name: string, fault: Fault, outcome: string, reason: string][] = [
  ["internal_error", "internal_error", "refused", "internal_error"],
  ["service_unavailable", "service_unavailable", "refused", "service_unavailable"],
  ["a word that we do not know", "strange_new_word", "refused", "strange_new_word"],
  ["503", 503, "refused", "http_503"],
  ["404", 404, "refused", "http_404"],
  ["a redirect", { body: "", status: 302, headers: { location: "http://127.0.0.1:9/" } }, "refused", "http_302"],
  ["500", 500, "uncertain", "http_500"],
  ["502", 502, "uncertain", "http_502"],
  ["504", 504, "uncertain", "http_504"],
  ["a reset", "reset", "uncertain", "ECONNRESET"],
  ["a lost answer", "lost", "uncertain", "ECONNRESET"],
  ["fatal_error", "fatal_error", "uncertain", "fatal_error"],
  ["request_timeout", "request_timeout", "uncertain", "request_timeout"],
  ["HTML with status 200", { body: html }, "uncertain", "unreadable_answer"],
  ["half an answer", { body: '{"ok":tr' }, "uncertain", "unreadable_answer"],
  ["an answer that is null", { body: "null" }, "uncertain", "unreadable_answer"],
  ["ok without ts", { body: '{"ok":true,"channel":"C0API"}' }, "uncertain", "no_ts"],
  ["ok for another channel", { body: '{"ok":true,"channel":"C0X","ts":"1.2"}' }, "uncertain", "other_channel"],
  ["an answer over 1 MB", { body: " ".repeat(maxAnswer + 1) }, "uncertain", "answer_too_long"],
  ["msg_too_long", "msg_too_long", "invalid", "msg_too_long"],
  ["msg_blocks_too_long", "msg_blocks_too_long", "invalid", "msg_blocks_too_long"],
  ["invalid_arguments", "invalid_arguments", "invalid", "invalid_arguments"],
  ["no_text", "no_text", "invalid", "no_text"],
  ["413", 413, "invalid", "http_413"],
  ["channel_not_found", "channel_not_found", "channel", "channel_not_found"],
  ["is_archived", "is_archived", "channel", "is_archived"],
  ["not_in_channel", "not_in_channel", "channel", "not_in_channel"],
  ["restricted_action", "restricted_action", "channel", "restricted_action"],
  ["a restriction to come", "restricted_action_on_mondays", "channel", "restricted_action_on_mondays"],
  ["invalid_auth", "invalid_auth", "workspace", "invalid_auth"],
  ["token_revoked", "token_revoked", "workspace", "token_revoked"],
  ["account_inactive", "account_inactive", "workspace", "account_inactive"],
  ["not_authed", "not_authed", "workspace", "not_authed"],
  ["missing_scope", "missing_scope", "workspace", "missing_scope"],
];

test.each(faults)("%s", async (_name, fault, outcome, reason) => {
  slack.failNext("chat.postMessage", fault);
  const error = await refusal(post(slack));
  expect({ outcome: error.outcome, reason: error.reason }).toEqual({ outcome, reason });
  expect(error.retryAfter).toBeUndefined();
  expect(slack.calls, "nothing is tried twice").toHaveLength(1);
});

test.each<[name: string, fault: Fault, retryAfter: number]>([
  ["Retry-After: 7", { ratelimited: 7 }, 7],
  ["Retry-After: 0", { ratelimited: 0 }, 1],
  ["Retry-After: 1.2", { ratelimited: "1.2" }, 2],
  ["Retry-After: 10⁹", { ratelimited: 1e9 }, 3600],
  ["Retry-After: 1e9", { ratelimited: "1e9" }, 3600],
  ["Retry-After: -5", { ratelimited: -5 }, 30],
  ["Retry-After: abc", { ratelimited: "abc" }, 30],
  ["Retry-After: a date", { ratelimited: "Wed, 21 Oct 2026 07:28:00 GMT" }, 30],
  ["no Retry-After", { ratelimited: null }, 30],
  ["an error word with status 200", "ratelimited", 30],
  ["the same with Retry-After", { body: '{"ok":false,"error":"rate_limited"}', headers: { "retry-after": "9" } }, 9],
])("rate limited, %s", async (_name, fault, retryAfter) => {
  slack.failNext("chat.postMessage", fault);
  const error = await refusal(post(slack));
  expect({ outcome: error.outcome, retryAfter: error.retryAfter }).toEqual({ outcome: "rate_limited", retryAfter });
});

test.each([
  [{ private: true }, false],
  [{ private: false }, true],
  [{ private: true, shared: true }, true],
])("a channel that is %o is open: %s", async (change, isOpen) => {
  Object.assign(slack.channel("C0API"), change);
  expect(await createSlack({ token, apiUrl: slack.url }).isOpen?.("C0API")).toBe(isOpen);
});

test("a channel is asked about by its id only, and never taken for private where Slack does not say", async () => {
  const { isOpen = async () => false } = createSlack({ token, apiUrl: slack.url });
  expect(await refusal(isOpen("#api"))).toMatchObject({ outcome: "refused", reason: "channel_id_unknown" });
  expect(await refusal(isOpen("C0NOWHERE"))).toMatchObject({ outcome: "channel", reason: "channel_not_found" });
  slack.failNext("conversations.info", { body: '{"ok":true,"channel":{"id":"C0API"}}' });
  expect(await isOpen("C0API")).toBe(true);
  expect(slack.calls).toHaveLength(2);
});

test("one channel's rate limit holds no other channel back", async () => {
  const chat = createSlack({ token, apiUrl: slack.url });
  slack.failNext("chat.postMessage", { ratelimited: 3600 }, "#api");
  await refusal(chat.post("#api", message));
  await chat.post("#deploys", message);
  expect(slack.messages("#deploys")).toHaveLength(1);
});

test.each(["timeout", "late", "stall"])("no answer in time (%s)", async (fault) => {
  slack.failNext("chat.postMessage", fault);
  const error = await refusal(post(slack, { timeout: 200 }));
  expect({ outcome: error.outcome, reason: error.reason }).toEqual({ outcome: "uncertain", reason: "timeout" });
  expect(slack.messages("#api")).toHaveLength(fault === "timeout" ? 0 : 1);
});

test("an answer that is held back is uncertain, though the message stands", async () => {
  slack.pause();
  const error = await refusal(post(slack, { timeout: 200 }));
  slack.resume();
  expect(error.outcome).toBe("uncertain");
  expect(slack.messages("#api")).toHaveLength(1);
});

test.each([
  ["nobody listens", () => slack.url, "ECONNREFUSED"],
  ["no such host", () => "https://slack.invalid/api/", /^(ENOTFOUND|EAI_AGAIN)$/],
  ["not TLS", () => slack.url.replace("http:", "https:"), /^(EPROTO|ERR_SSL_\w+)$/],
  ["no address", () => "nowhere/", "ERR_INVALID_URL"],
])("never sent: %s", async (name, apiUrl, reason) => {
  const url = apiUrl();
  if (name === "nobody listens") await slack.close();
  const error = await refusal(createSlack({ token, apiUrl: url }).post("C0API", message));
  expect(error.outcome).toBe("refused");
  expect(error.reason).toMatch(reason);
});

describe("an answer without end", () => {
  /** A server that answers at once and then sends `chunk` whenever there is room. @returns what it has sent, in bytes */
  async function pouring(chunk: Buffer, pause: number) {
    let sent = 0;
    const cut = Promise.withResolvers<void>();
    const server = createServer((request, response) => {
      request.resume();
      response.once("close", () => cut.resolve());
      response.writeHead(200, { "content-type": "application/json" });
      const pour = () => {
        if (response.destroyed) return;
        sent += chunk.length;
        if (response.write(chunk)) setTimeout(pour, pause);
        else response.once("drain", pour);
      };
      pour();
    });
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    const { port } = server.address() as AddressInfo;
    const chat = createSlack({ token, apiUrl: `http://127.0.0.1:${port}/api/`, timeout: 400 });
    const error = await refusal(chat.post("C0API", message));
    // The connection is cut: nothing goes on behind our back.
    await cut.promise;
    server.close();
    return { error, sent };
  }

  test("byte by byte is cut at the time limit, which no byte prolongs", async () => {
    const { error } = await pouring(Buffer.from(" "), 20);
    expect(error).toMatchObject({ outcome: "uncertain", reason: "timeout" });
  });

  test("as fast as it goes is cut at a megabyte", async () => {
    const { error, sent } = await pouring(Buffer.alloc(65_536, " "), 0);
    expect(error).toMatchObject({ outcome: "uncertain", reason: "answer_too_long" });
    expect(sent).toBeLessThan(16 * maxAnswer);
  });
});

/** A certificate that is signed by nobody but itself; undefined where there is no openssl. */
function selfSigned(): { key: Buffer; cert: Buffer } | undefined {
  const { folder, remove } = temporaryFolder();
  const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")];
  const making = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost";
  try {
    execFileSync("openssl", [...making.split(" "), "-keyout", key, "-out", cert], { stdio: "ignore" });
    return { key: readFileSync(key), cert: readFileSync(cert) };
  } catch {
    return undefined;
  } finally {
    remove();
  }
}

test("a certificate that nobody vouches for: never sent", async (context) => {
  const certificate = selfSigned();
  if (!certificate) return context.skip("left out: there is no openssl to make a certificate");
  let asked = 0;
  const server = createTlsServer(certificate, (_request, response) => {
    asked += 1;
    response.end('{"ok":true,"channel":"C0API","ts":"1.2"}');
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  const error = await refusal(createSlack({ token, apiUrl: `https://127.0.0.1:${port}/api/` }).post("C0API", message));
  expect(error).toMatchObject({ outcome: "refused", reason: "DEPTH_ZERO_SELF_SIGNED_CERT" });
  expect(asked).toBe(0);
  server.close();
});

describe("connections", () => {
  const answer = '{"ok":true,"channel":"C0API","ts":"1.2"}';
  const listen = async (server: Server): Promise<string> => {
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    return `127.0.0.1:${(server.address() as AddressInfo).port}`;
  };
  const portOf = (address: string) => createSlack({ token, apiUrl: `http://${address}/api/`, timeout: 5_000 });

  test("who takes a connection and never speaks TLS has got nothing", async () => {
    const got: Buffer[] = [];
    const server = createTcpServer((socket) => socket.on("data", (chunk) => got.push(chunk)).on("error", () => {}));
    const url = `https://${await listen(server)}/`;
    const error = await createFetch({ connecting: 50 })(url, { body: "the text" }).catch((thrown: unknown) => thrown);
    expect(failure(new WebAPIRequestError(error as Error))).toMatchObject({
      outcome: "refused",
      reason: "connect_timeout",
    });
    expect(Buffer.concat(got).includes("the text")).toBe(false);
    server.close();
  });

  test("who ends a connection before TLS stands has got nothing", async () => {
    const server = createTcpServer((socket) => socket.once("data", () => socket.destroy()).on("error", () => {}));
    const apiUrl = `https://${await listen(server)}/api/`;
    const error = await refusal(createSlack({ token, apiUrl }).post("C0API", message));
    expect(error).toMatchObject({ outcome: "refused", reason: "ECONNRESET" });
    server.close();
  });

  test.each([
    ["is used again", {}, 1],
    ["that the server closes within a second is not", { "keep-alive": "timeout=1" }, 2],
  ])("one %s", async (_name, headers, connections) => {
    let made = 0;
    const server = createServer((request, response) => {
      request.resume().on("end", () => response.writeHead(200, headers).end(answer));
    });
    server.on("connection", () => {
      made += 1;
    });
    const chat = portOf(await listen(server));
    await chat.post("C0API", message);
    await chat.post("C0API", message);
    expect(made).toBe(connections);
    server.close();
  });

  test("one that was kept and breaks under a post is uncertain", async () => {
    let calls = 0;
    const server = createServer((request, response) => {
      calls += 1;
      if (calls === 2) return request.socket.destroy();
      request.resume().on("end", () => response.end(answer));
    });
    const chat = portOf(await listen(server));
    await chat.post("C0API", message);
    expect(await refusal(chat.post("C0API", message))).toMatchObject({ outcome: "uncertain", reason: "ECONNRESET" });
    expect(calls).toBe(2);
    server.close();
  });

  test("an answer whose end is missing is uncertain", async () => {
    const server = createServer((request, response) => {
      request.resume().on("end", () => {
        response.writeHead(200, { "content-length": 1000 }).write(answer);
        setImmediate(() => request.socket.destroy());
      });
    });
    const chat = portOf(await listen(server));
    expect(await refusal(chat.post("C0API", message))).toMatchObject({ outcome: "uncertain", reason: "ECONNRESET" });
    server.close();
  });

  test("an answer in another protocol is uncertain", async () => {
    const server = createServer((request) => {
      const line = "HTTP/1.1 101 Switching Protocols";
      request.resume().on("end", () => request.socket.write(`${line}\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n`));
    });
    const chat = portOf(await listen(server));
    expect(await refusal(chat.post("C0API", message))).toMatchObject({ outcome: "uncertain", reason: "no_answer" });
    server.close();
  });

  test("a proxy that Node is told of is asked, and one that makes no tunnel has got nothing", async () => {
    const asked: string[] = [];
    const proxy = createServer().on("connect", (request, socket) => {
      asked.push(String(request.url));
      socket.end("HTTP/1.1 403 Forbidden\r\n\r\n");
    });
    const restore = setGlobalProxyFromEnv({ https_proxy: `http://${await listen(proxy)}` });
    const chat = createSlack({ token, apiUrl: "https://slack.invalid/api/" });
    const error = await refusal(chat.post("C0API", message)).finally(restore);
    expect(error).toMatchObject({ outcome: "refused", reason: "ERR_PROXY_TUNNEL" });
    expect(asked).toEqual(["slack.invalid:443"]);
    proxy.close();
  });
});

test("invalid blocks are named by pointer", async () => {
  const text = "x".repeat(3001);
  const chat = createSlack({ token, apiUrl: slack.url });
  const error = await refusal(
    chat.post("C0API", { text: "x", blocks: [{ type: "section", text: { type: "mrkdwn", text } }] }),
  );
  expect(error).toMatchObject({ outcome: "invalid", reason: "invalid_blocks", detail: "/blocks/0/text/text" });
});

test("missing scopes are named", async () => {
  slack.failNext("chat.postMessage", {
    body: '{"ok":false,"error":"missing_scope","needed":"chat:write","provided":"x"}',
  });
  expect(await refusal(post(slack))).toMatchObject({ outcome: "workspace", detail: "chat:write" });
});

describe("secrets", () => {
  const secret = "xoxb-1234-super-secret";
  const payload = "the text of the message";

  /** All that a log or an inspector could print of an error. */
  function printed(error: ChatError): string {
    const own = Object.getOwnPropertyNames(error).map((name) => Reflect.get(error, name));
    return [
      inspect(error, { depth: 20, showHidden: true }),
      String(error),
      error.stack,
      JSON.stringify(error),
      ...own,
    ].join("\n");
  }

  test.each<[name: string, fault: Fault, token: string]>([
    ["the token in the answer", { body: `{"ok":false,"error":"bad ${secret}"}` }, secret],
    ["the token as a page", { body: secret }, secret],
    ["the token in a failed answer", { body: secret, status: 500, headers: { "x-token": secret } }, secret],
    [
      "the token in Slack's notes",
      {
        body: `{"ok":false,"error":"invalid_blocks","response_metadata":{"messages":["[ERROR] ${secret} ${payload} [json-pointer:/blocks/0]"]},"needed":"${secret}"}`,
      },
      secret,
    ],
    ["a rate limit", { ratelimited: 3 }, secret],
    ["a reset", "reset", secret],
    ["a timeout", "timeout", secret],
    ["a refused token", "invalid_auth", secret],
    ["a token with a line break", "ok", `${secret}\nx`],
    ["a token that is not ASCII", "ok", `${secret}…`],
  ])("%s: neither the error nor the console shows them", async (_name, fault, token) => {
    slack.failNext("chat.postMessage", fault);
    const written: string[] = [];
    const { debug, info, log, warn, error: failed } = console;
    const note = (...values: unknown[]) => void written.push(values.map((value) => inspect(value)).join(" "));
    Object.assign(console, { debug: note, info: note, log: note, warn: note, error: note });
    const error = await refusal(
      createSlack({ token, apiUrl: slack.url, timeout: 300 }).post("C0API", { ...message, text: payload }),
    ).finally(() => {
      Object.assign(console, { debug, info, log, warn, error: failed });
    });
    expect(written).toEqual([]);
    expect(printed(error)).not.toContain(secret);
    expect(printed(error)).not.toContain(payload);
    expect(error.message).not.toBe("");
  });
});
