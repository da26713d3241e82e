import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { deliver, firstHook, startBelfry, until } from "./support/belfry.ts";
import { createBench, fixture, type Row } from "./support/commands.ts";
import { createFakeSlack } from "./support/fake-slack.ts";

/** Canaries through good and bad paths, with everything logged: none may come out where nobody asked for it. */

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const canary = (name: string) => `CANARY-${name}-4f9a`;
const variable = canary("ci-variable");

/** A pipeline with a variable whose value is a secret. */
function pipeline(): string {
  const payload = JSON.parse(readFileSync(fixture("pipeline_hook__failed"), "utf8")) as { object_attributes: Row };
  payload.object_attributes["variables"] = [{ key: "DEPLOY_PASSWORD", value: variable }];
  return JSON.stringify(payload);
}

test("at LOG_LEVEL=debug no secret comes out: not in good deliveries, not in bad ones, not when Slack fails", async () => {
  const slack = await createFakeSlack();
  cleanups.push(() => slack.close());
  const bench = createBench({
    PORT: "0",
    HOST: "127.0.0.1",
    LOG_LEVEL: "debug",
    BELFRY_METRICS_TOKEN: canary("metrics"),
    SLACK_BOT_TOKEN: `xoxb-${canary("bot")}`,
    SLACK_API_URL: slack.url,
    FILE_SECRET: canary("file"),
    BASIC_SECRET: `belfry:${canary("basic")}`,
    SIGNED_SECRET: `whsec_${Buffer.from(canary("signed")).toString("base64")}`,
  });
  cleanups.push(bench.remove);
  const path = bench.env["BELFRY_RULES"] ?? "";
  const hooks = "hooks:\n  - { name: file, forge: gitlab, scheme: token, secret_env: FILE_SECRET }\n";
  writeFileSync(path, `${hooks}rules:\n  - "#api ** pipeline"\n`);
  const belfry = await startBelfry(bench.env);
  cleanups.push(() => belfry.kill("SIGKILL"));

  const made = await Promise.all([
    bench.json<Row>("hook", "add", "--name", "basic", "--scheme", "basic", "--secret-env", "BASIC_SECRET"),
    bench.json<Row>("hook", "add", "--name", "signed", "--scheme", "signed", "--secret-env", "SIGNED_SECRET"),
  ]);
  const [basic, signed] = made.map(({ url }) => String(url).replace(/^http:\/\/[^/]+/, belfry.url));
  const file = belfry.url + (/Hook “file” of \S+: (\S+)/.exec(belfry.output())?.[1] ?? "");
  const commands: string[] = [];
  const run = async (...args: string[]) => {
    const { out, err } = await bench.run(...args);
    commands.push(`$ ${args[0]} ${args[1]}\n${out}${err}`);
  };

  const good = { header: "Pipeline Hook", body: pipeline() };
  const to = (hook: string, secret: string, headers: Record<string, string> = {}) =>
    deliver({ hook, secret }, good, headers);
  const authorization = `Basic ${Buffer.from(`belfry:${canary("basic")}`).toString("base64")}`;
  const wrong = `Basic ${Buffer.from(`belfry:${canary("guess")}`).toString("base64")}`;
  slack.revoke("xoxb-acme", "invalid_auth");
  expect((await to(file, canary("file"))).status).toBe(202);
  expect((await to(file, canary("file"), { "idempotency-key": "again" })).status).toBe(202);
  expect((await to(file, canary("guess"))).status).toBe(401);
  expect((await to(`${file}?token=${canary("query")}`, canary("guess"))).status).toBe(401);
  expect((await to(basic ?? "", "", { authorization })).status).toBe(202);
  expect((await to(basic ?? "", "", { authorization: wrong })).status).toBe(401);
  expect(
    (await deliver({ hook: file, secret: canary("file") }, { ...good, body: `{"broken": "${variable}` })).status,
  ).toBe(202);
  expect((await deliver({ hook: file, secret: canary("file") }, { ...good, header: canary("event") })).status).toBe(
    202,
  );
  const bodyFile = bench.file("pipeline.json", pipeline());
  const send = (hook: string, ...more: string[]) =>
    run("send", bodyFile, "--hook", hook, "--event", "Pipeline Hook", ...more);
  await send(signed ?? "", "--scheme", "signed", "--secret", bench.env["SIGNED_SECRET"] ?? "");
  await send(signed ?? "", "--scheme", "signed", "--secret", canary("guess"));

  const listed = () => bench.json("messages", "list");
  await until(listed, (seen) => seen.some(({ reason }) => reason === "invalid_auth"));
  for (const { id } of await bench.json("deliveries", "list")) await run("deliveries", "show", String(id), "--body");
  await run("hook", "list");
  await run("hook", "show", "basic", "--json");
  await run("messages", "list", "--json");
  await run("render", bodyFile, "--event", "Pipeline Hook", "--json");
  await run("rules", "test", bodyFile, "--event", "Pipeline Hook", "--json");
  // A secret where the name of a variable belongs: told, not repeated.
  writeFileSync(path, hooks.replace("FILE_SECRET", canary("pasted")));
  await belfry.printed("The rules stay as they were.");
  await run("rules", "check", path);
  for (const page of ["readyz", "metrics"]) {
    const answer = await fetch(`${belfry.url}/${page}`, { headers: { authorization: `Bearer ${canary("metrics")}` } });
    commands.push(`${answer.status} ${await answer.text()}`);
    expect(commands.at(-1)).toMatch(/^200 /);
  }
  await belfry.kill("SIGTERM");

  const said = belfry.output().replaceAll(canary("event"), "");
  expect(said).toContain("delivery read");
  expect(said).toContain("invalid_auth");
  for (const text of [said, ...commands.map((one) => one.replaceAll(canary("event"), ""))])
    expect(text).not.toContain("CANARY");
  expect(said).not.toContain(Buffer.from(canary("basic")).toString("base64").slice(0, 16));
  const folder = bench.env["BELFRY_DATA"] ?? "";
  for (const name of readdirSync(folder)) {
    expect(readFileSync(join(folder, name)).toString("latin1").replaceAll(canary("event"), "")).not.toContain("CANARY");
  }
});

test("the first start prints its secret once, and nothing else prints it", async () => {
  const bench = createBench({ PORT: "0", HOST: "127.0.0.1", LOG_LEVEL: "debug" });
  cleanups.push(bench.remove);
  const belfry = await startBelfry(bench.env);
  cleanups.push(() => belfry.kill("SIGKILL"));
  const { hook, secret } = await firstHook(belfry);
  await until(belfry.output, (seen) => seen.includes("json\n"));
  const printed = belfry.output().split(secret).length;
  await deliver({ hook, secret }, { header: "Pipeline Hook", body: pipeline() });
  await until(belfry.output, (seen) => seen.includes("message sent"));
  await belfry.kill("SIGTERM");
  // Twice: as the secret, and in the line to try.
  expect([printed, belfry.output().split(secret).length]).toEqual([3, 3]);
  expect(belfry.output()).not.toContain(variable);
});
