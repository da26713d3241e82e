import { deliver, until } from "../support/belfry.ts";
import type { Fault } from "../support/fake-slack/faults.ts";
import type { Sent } from "../support/fake-slack-sender.ts";
import { note, pipeline, push } from "./payloads.ts";
import { type Stage, teams } from "./stage.ts";

/** What is done to the Belfry of a canary run: each act goes through good ways and all bad ones that can be reached. */

export const alice = { team: "T0A", channel: "C0A0", user: "U0AALICE" };

/** Goes through an install; the code and the state that it is made of are watched. @param spoil changes the way back */
async function install({ app, canaries, page }: Stage, team: string, spoil = (_back: URL, cookie: string) => cookie) {
  app.fake.chooseTeam(team);
  const begin = await fetch(`${app.belfry.url}/slack/install`, { redirect: "manual" });
  const state = new URL(begin.headers.get("location") ?? "").searchParams.get("state") ?? "";
  canaries.watch("state", state);
  const atSlack = await fetch(begin.headers.get("location") ?? "", { redirect: "manual" });
  const back = new URL(atSlack.headers.get("location") ?? "");
  const code = back.searchParams.get("code");
  if (code) canaries.watch("code", code);
  const cookie = spoil(back, begin.headers.get("set-cookie")?.split(";")[0] ?? "");
  const answer = await page(back.pathname + back.search, { cookie });
  const token = app.fake.world.installs.get(team);
  if (token) canaries.watch("bot token", token);
  return answer;
}

export async function installs(stage: Stage): Promise<void> {
  const { app, canaries } = stage;
  const echo = `<html>${canaries.plant("what Slack echoes")} xoxb-${canaries.plant("token that Slack echoes")}</html>`;
  const faults: Fault[] = ["invalid_code", "bad_client_secret", 500, "reset", { body: echo }, { body: "{}" }];
  for (const fault of [...faults, { body: echo, status: 502 }, { ratelimited: 1 }]) {
    // What breaks is tried three times.
    for (let times = 0; times < 3; times += 1) app.fake.failNext("oauth.v2.access", fault);
    const answer = await install(stage, "T0A");
    if (!answer.startsWith("400 ")) throw new Error(`not refused at ${JSON.stringify(fault)}: ${answer.slice(0, 200)}`);
  }
  app.fake.clearFaults();
  app.fake.denyInstall();
  await install(stage, "T0A");
  await install(stage, "T0A", () => "");
  await install(stage, "T0A", () => `__Host-belfry-install=${canaries.plant("cookie")}`);
  await install(stage, "T0A", (url, cookie) => {
    url.searchParams.set("code", canaries.plant("wrong code"));
    return cookie;
  });
  await install(stage, "T0A", (url) => {
    url.searchParams.set("state", canaries.plant("wrong state"));
    return `__Host-belfry-install=${url.searchParams.get("state")}`;
  });
  for (const { id } of teams) {
    const page = await install(stage, id);
    if (!page.startsWith("200 ")) throw new Error(`no install: ${page}`);
  }
}

/** Types a line; its answer is looked at. @param shows where the answer shows a secret by design */
export async function type(
  { app, canaries, seen }: Stage,
  from: { team: string; channel: string; user: string; responseUrl?: string },
  text: string,
  shows: (answer: string) => readonly string[] = () => [],
): Promise<{ text: string; sent: Sent }> {
  const sent = await app.slack.command({ ...from, text });
  canaries.watch("response_url", new URL(sent.responseUrl).pathname.split("/").at(-1) ?? "");
  const reply = await sent.until();
  const words = JSON.stringify(reply);
  seen.push({ name: `answer to ${text}`, bytes: words, allows: ["typed"], shows: shows(reply.text) });
  return { text: reply.text, sent };
}

export interface Hook {
  hook: string;
  secret: string;
}

/** Hooks of each scheme, one of them with a new secret. @returns that with a token */
export async function connects(stage: Stage): Promise<{ token: Hook; basic: Hook; signed: Hook }> {
  const { canaries } = stage;
  const secretIn = (text: string) => {
    const found = /(whsec_[\w+/=-]+)/.exec(text)?.[1] ?? /\/\/\w+:([^@\s]+)@/.exec(text)?.[1];
    return found ?? /• `(?!http)([^`]+)`/.exec(text)?.[1] ?? "";
  };
  const make = async (line: string): Promise<Hook> => {
    const { text } = await type(stage, alice, line, (answer) => [canaries.watch(line, secretIn(answer))]);
    const hook = /https?:\/\/[^\s`]*\/hooks\/[0-9a-f]{32}/.exec(text)?.[0]?.replace(/\/\/[^@/]+@/, "//") ?? "";
    return { hook, secret: secretIn(text) };
  };
  const token = await make("connect gitlab");
  const signed = await make("connect gitlab scheme:signed https://gitlab.acme.example/signed");
  const basic = await make("connect gitlab scheme:basic https://gitlab.acme.example/basic");
  const rotated = await make("rotate gitlab");
  await type(stage, alice, "list");
  return { token: { ...token, secret: rotated.secret }, basic, signed };
}

/** Good deliveries and bad ones to all hooks, with secrets wherever a forge or a mistaken person could put them. */
export async function deliveries(
  { canaries, page }: Stage,
  { token, basic, signed }: Awaited<ReturnType<typeof connects>>,
) {
  const poison = { variable: canaries.plant("variable"), written: canaries.plant("glpat", "written") };
  const secret = (name: string) => canaries.plant(name);
  const loose = {
    ...{ cookie: `session=${secret("cookie")}`, authorization: `Bearer ${secret("bearer")}` },
    ...{ "x-github-encoded-secret": secret("encoded"), "x-hub-signature-256": secret("signature") },
    ...{ "private-token": secret("private"), "job-token": secret("job") },
  };
  const events = [
    { header: "Push Hook", body: push(poison) },
    { header: "Pipeline Hook", body: pipeline(poison, 1) },
    { header: "Note Hook", body: note(poison) },
  ];
  const query = (name: string) => `?private_token=${secret(name)}&token=${secret(name)}`;
  const statuses: number[] = [];
  const send = async (...args: Parameters<typeof deliver>) => statuses.push((await deliver(...args)).status);
  for (const event of events) {
    await send({ ...token, hook: token.hook + query("query") }, event, loose);
    await send({ ...basic, secret: secret("token on basic") }, event, { ...loose, authorization: basicOf(basic) });
    await send({ ...basic, secret: secret("token on basic") }, event, loose);
    await send({ ...signed, secret: secret("token on signed") }, event, loose);
    await send({ ...token, secret: secret("wrong token") }, event, { "x-gitlab-token-2": secret("other header") });
  }
  const nowhere = `${token.hook.slice(0, -32)}${secret("in an address")}`;
  await send({ hook: nowhere, secret: token.secret }, events[0] ?? { header: "", body: "" });
  await send({ hook: `${token.hook.slice(0, -1)}x`, secret: token.secret }, { header: "Push Hook", body: "{}" });
  for (const body of [`{"broken": "${secret("broken body")}`, secret("no JSON"), "", `{"a":"${secret("no event")}"}`])
    await send(token, { header: "Push Hook", body });
  await send(token, { header: "Canary Hook", body: JSON.stringify({ secret: secret("unknown kind") }) });
  await send(token, { header: "Push Hook", body: secret("huge").repeat(1_500_000) }).catch(() => statuses.push(413));
  await send(token, { header: "Push Hook", body: secret("packed") }, { "content-encoding": secret("encoding") });
  await page(`/hooks/${secret("GET")}?private_token=${secret("GET")}`);
  return { statuses, poison };
}

const basicOf = ({ secret }: Hook) => `Basic ${Buffer.from(`belfry:${secret}`).toString("base64")}`;

/** Every way in which Slack does not take a post, each in a channel of its own. */
export async function posts(stage: Stage, token: Hook, poison: Parameters<typeof pipeline>[0]): Promise<void> {
  const { app, canaries } = stage;
  const echo = `<html>${canaries.plant("what Slack echoes to a post")}</html>`;
  const faults: Fault[] = ["lost", "reset", "invalid_blocks", "channel_not_found", "invalid_auth", 500];
  for (const [index, fault] of [...faults, { ratelimited: 1 }, { body: echo }].entries()) {
    const channel = `C0A${index + 1}`;
    await type(stage, { ...alice, channel }, "subscribe acme/shop/api pipeline:failed");
    app.fake.failNext("chat.postMessage", fault, channel);
  }
  await deliver(token, { header: "Pipeline Hook", body: pipeline(poison, 2) });
  const tried = () => app.fake.calls.filter(({ method }) => method === "chat.postMessage");
  await until(
    () => new Set(tried().flatMap(({ result }) => (result === "ok" ? [] : [result]))).size,
    (kinds) => kinds >= 8,
  );
}
