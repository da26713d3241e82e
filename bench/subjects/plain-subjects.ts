import { execFileSync } from "node:child_process";
import { createHmac } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { freePorts } from "../../chaos/ports.ts";
import { isListening, startChild, until } from "../child.ts";
import { mergeRequest, pipeline, push } from "../payloads/gitlab.ts";
import { githubPush, slackMention } from "../payloads/others.ts";
import { type Draft, type PreparedRequest, prepare } from "../request.ts";
import type { Run } from "../run.ts";
import type { Running } from "./subject.ts";

export const secret = `bench-secret-${"0".repeat(11)}`;
const wrong = secret.replace("bench", "wrong");
/** The places that are not about a town. */
const project = "group-0000/project-00000";

/** What GitLab sends, of a kind that is typically so large. */
export const gitlabDraft = (bytes: number, token: string, path: string): Draft => {
  const make = bytes < 10_000 ? mergeRequest : bytes < 100_000 ? pipeline : push;
  const { event, body } = make(bytes);
  const headers = { "x-gitlab-event": event, "x-gitlab-token": token, "idempotency-key": "bench-{{number}}" };
  return { path, headers, body: body.replaceAll("{{project}}", project) };
};

export const gitlabRequest = (bytes: number, isRight = true): PreparedRequest =>
  prepare(gitlabDraft(bytes, isRight ? secret : wrong, "/hooks"));

const hmac = (key: string, text: string) => createHmac("sha256", key).update(text).digest("hex");

/** https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries */
export function githubRequest(bytes: number, isRight = true): PreparedRequest {
  const { event, body } = githubPush(bytes);
  const signature = `sha256=${hmac(isRight ? secret : wrong, body)}`;
  const headers = {
    "x-github-event": event,
    "x-hub-signature-256": signature,
    "x-github-delivery": "bench-{{number}}",
  };
  return prepare({ path: "/hooks", headers: { ...headers, "user-agent": "GitHub-Hookshot/bench" }, body });
}

/** Five minutes long it is taken. https://docs.slack.dev/authentication/verifying-requests-from-slack */
export function slackRequest(bytes: number, isRight = true): PreparedRequest {
  const { body } = slackMention(bytes);
  const time = String(Math.floor(Date.now() / 1000));
  const signature = `v0=${hmac(isRight ? secret : wrong, `v0:${time}:${body}`)}`;
  return prepare({
    path: "/hooks",
    headers: { "x-slack-request-timestamp": time, "x-slack-signature": signature },
    body,
  });
}

interface Program {
  name: string;
  /** from the folder of the benchmark */
  script: string;
  request: Running["request"];
  refusal: number;
  environment?: Record<string, string>;
}

/** Starts a script of ours as a process. */
export async function startScript(
  run: Run,
  { name, script, request, refusal, environment }: Program,
): Promise<Running> {
  const folder = join(import.meta.dirname, "..");
  return startProgram(run, {
    name,
    command: process.execPath,
    args: () => [script],
    folder,
    request,
    refusal,
    environment,
  });
}

interface Command extends Omit<Program, "script" | "environment"> {
  command: string;
  args: (port: number) => string[];
  folder: string;
  environment?: Record<string, string> | undefined;
}

async function startProgram(
  run: Run,
  { name, command, args, folder, request, refusal, environment }: Command,
): Promise<Running> {
  const [port = 0] = await freePorts(1);
  const child = startChild({
    ...{ name, command, folder, args: args(port), log: join(run.workplace.folder, `${name}.log`) },
    environment: { PORT: String(port), BENCH_SECRET: secret, ...environment },
  });
  await until(child, () => isListening(port));
  return { port, pid: child.pid, stop: child.stop, request, refusal };
}

/** Debian's `webhook`, which runs a program for each delivery. https://github.com/adnanh/webhook */
export async function startWebhook(run: Run): Promise<Running> {
  try {
    execFileSync("webhook", ["-version"], { stdio: "pipe" });
  } catch (cause) {
    throw new Error("webhook is not installed here (apt-get install webhook)", { cause });
  }
  const hooks = join(run.workplace.folder, "hooks.json");
  const rule = { match: { type: "value", value: secret, parameter: { source: "header", name: "X-Gitlab-Token" } } };
  const hook = {
    ...{ id: "bench", "execute-command": "/bin/true", "success-http-response-code": 202 },
    ...{ "trigger-rule": rule, "trigger-rule-mismatch-http-response-code": 401 },
  };
  writeFileSync(hooks, JSON.stringify([hook]));
  return startProgram(run, {
    ...{ name: "webhook", command: "webhook", folder: run.workplace.folder, refusal: 401 },
    args: (port) => ["-hooks", hooks, "-ip", "127.0.0.1", "-port", String(port)],
    request: (bytes, isRight = true) => prepare(gitlabDraft(bytes, isRight ? secret : wrong, "/hooks/bench")),
  });
}
