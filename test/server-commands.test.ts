import { writeFileSync } from "node:fs";
import { afterEach, describe, expect, test } from "vitest";
import { type Belfry, deliver, firstHook, startBelfry, until } from "./support/belfry.ts";
import { createBench, fixture, type Row, shell } from "./support/commands.ts";
import { createFakeSlack } from "./support/fake-slack.ts";

/** Commands beside a running server: what they change counts within two seconds. */

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

function prepare(environment: Record<string, string> = {}) {
  const bench = createBench({ PORT: "0", HOST: "127.0.0.1", ...environment });
  cleanups.push(bench.remove);
  const start = async () => {
    const belfry = await startBelfry(bench.env);
    cleanups.push(() => belfry.kill("SIGKILL"));
    return belfry;
  };
  return { bench, start };
}

const opened = fixture("merge_request_hook__open");
const title = "opened !12 Add the Swedish VAT table";
const count = (belfry: Belfry, text: string) => belfry.output().split(text).length - 1;

/** What a command changed is seen within two seconds: three are left for the processes themselves. */
const soon = 5;

const push = (branch: string) => ({
  header: "Push Hook",
  body: JSON.stringify({
    ref: `refs/heads/${branch}`,
    before: "a".repeat(40),
    after: "b".repeat(40),
    project: { name: "api", path_with_namespace: "acme/api", web_url: "https://gitlab.acme.io/acme/api" },
    commits: [{ id: "b".repeat(40), message: `On ${branch}`, author: { name: "Ada" } }],
    total_commits_count: 1,
  }),
});

test("the first start shows a hook, its secret, a rule and a line to try; the line works as it stands", async () => {
  const { bench, start } = prepare();
  const belfry = await start();
  const { hook, secret } = await firstHook(belfry);
  await until(belfry.output, (seen) => seen.includes(opened.slice(-40)));
  expect(belfry.output()).toContain("everything of every project goes to #preview");
  const line = /^ {2}(npm run .*)$/m.exec(belfry.output())?.[1] ?? "";
  const tried = shell(line, { npm_config_update_notifier: "false" });
  expect({ code: await tried.ended, text: tried.output() }).toMatchObject({
    code: 0,
    text: expect.stringContaining("202 stored"),
  });
  await until(belfry.output, (seen) => seen.includes(title));
  expect(belfry.output()).toContain("\n#preview\n");

  expect(await belfry.kill("SIGTERM")).toBe(0);
  const again = await start();
  await again.printed("No SLACK_BOT_TOKEN");
  expect(await again.kill("SIGTERM")).toBe(0);
  expect(again.output()).not.toContain(secret);
  expect(again.output()).not.toContain(hook.slice(-32));
  expect(await bench.json("rules", "list")).toMatchObject([{ channel: "#preview", origin: "start" }]);
});

describe("beside a server", () => {
  test("a new hook works at once, in each scheme; a wrong secret is refused with a kind word", async () => {
    const { bench, start } = prepare();
    const belfry = await start();
    await firstHook(belfry);
    const made = await Promise.all(
      ["token", "basic", "signed"].map((scheme) =>
        bench.json<Row>("hook", "add", "--name", scheme, "--scheme", scheme),
      ),
    );
    const send = ({ url, secret, scheme }: Row, more: Row = {}) => {
      const given = {
        hook: String(url).replace(/^http:\/\/[^/]+/, belfry.url),
        secret,
        scheme,
        event: "Merge Request Hook",
        ...more,
      };
      return bench.run(
        "send",
        opened,
        ...Object.entries(given).flatMap(([name, value]) => [`--${name}`, String(value)]),
      );
    };
    const sent = await Promise.all(made.map((hook) => send(hook)));
    for (const { code, out } of sent)
      expect({ code, out }).toMatchObject({ code: 0, out: expect.stringMatching(/^202 stored /) });
    await until(
      () => count(belfry, title),
      (seen) => seen === 3,
    );

    const [hook = {}] = made;
    const refused = { code: 1, out: `401 refused: wrong address or secret  ${opened}\n` };
    expect(await send(hook, { secret: "wrong" })).toMatchObject(refused);
    expect(await send({ ...hook, url: `${belfry.url}/hooks/${"0".repeat(32)}` })).toMatchObject(refused);
    expect((await send(hook, { key: "same" })).out).toMatch(/^202 stored/);
    expect(await send(hook, { key: "same" })).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^200 known already/),
    });

    await bench.run("hook", "remove", "token", "--yes");
    expect(await send(hook)).toMatchObject(refused);
  });

  test("a secret beyond ASCII works", async () => {
    const { bench, start } = prepare({ UMLAUT: "Schlüssel-日本" });
    const belfry = await start();
    const { url } = await bench.json<Row>("hook", "add", "--name", "umlaut", "--secret-env", "UMLAUT");
    const address = String(url).replace(/^http:\/\/[^/]+/, belfry.url);
    const sent = await bench.run(
      "send",
      opened,
      "--hook",
      address,
      "--secret",
      "Schlüssel-日本",
      "--event",
      "Push Hook",
    );
    expect(sent.out).toMatch(/^202/);
  });

  test("a delivery is shown, and replayed it is posted again", async () => {
    const { bench, start } = prepare();
    const belfry = await start();
    const answer = await deliver(await firstHook(belfry), push("one"));
    const { delivery } = (await answer.json()) as { delivery: string };
    await until(
      () => count(belfry, "On one"),
      (seen) => seen === 1,
    );

    const [listed, shown, text] = await Promise.all([
      bench.json("deliveries", "list", "--state", "event"),
      bench.json<Row>("deliveries", "show", delivery, "--body"),
      bench.run("deliveries", "list", "--project", "acme/api"),
    ]);
    expect(listed).toMatchObject([{ id: delivery, state: "event", kind: "push", project: "acme/api" }]);
    expect(shown).toMatchObject({ id: delivery, decisions: { count: 1, rules: [{ post: true }] } });
    expect(shown["messages"]).toMatchObject([{ channel: "#preview", state: "sent" }]);
    expect(shown["body"]).toMatchObject({ json: { ref: "refs/heads/one" } });
    expect(text.out).toContain(delivery);

    expect((await bench.run("deliveries", "replay", delivery)).out).toContain("within two seconds");
    await until(
      () => count(belfry, "On one"),
      (seen) => seen === 2,
      soon,
    );
  });

  test("a paused rule keeps its messages back with the reason; resumed, they can be sent", async () => {
    const { bench, start } = prepare();
    const belfry = await start();
    const hook = await firstHook(belfry);
    const [rule] = await bench.json("rules", "list");
    const id = String(rule?.["id"]);
    expect((await bench.run("rules", "pause", id)).out).toMatch(/^Paused: #preview /);
    await deliver(hook, push("quiet"));
    const decided = async () => (await bench.json("deliveries", "list", "--state", "event"))[0];
    const { id: delivery } = (await until(decided, (seen) => seen !== undefined, soon)) ?? {};
    const shown = await bench.json<{ decisions: Row }>("deliveries", "show", String(delivery));
    expect(shown.decisions["rules"]).toMatchObject([{ rule: id, post: false, reason: "paused: by hand" }]);

    expect((await bench.run("rules", "list")).out).toContain("paused: by hand");
    expect((await bench.run("rules", "resume", id)).out).toMatch(/^Resumed: #preview /);
    await bench.run("deliveries", "replay", String(delivery));
    await until(
      () => count(belfry, "On quiet"),
      (seen) => seen === 1,
      soon,
    );
  });

  test("messages that wait are listed, dropped and brought back", async () => {
    const slack = await createFakeSlack();
    cleanups.push(() => slack.close());
    const { bench, start } = prepare({ SLACK_BOT_TOKEN: "xoxb-acme", SLACK_API_URL: slack.url });
    writeFileSync(bench.env["BELFRY_RULES"] ?? "", 'rules:\n  - "#api ** push"\n');
    for (let tries = 0; tries < 50; tries++) slack.failNext("chat.postMessage", "internal_error");
    const belfry = await start();
    await deliver(await firstHook(belfry), push("later"));
    const listed = () => bench.json("messages", "list", "--channel", "#api");
    const [waiting] = await until(listed, ([seen]) => seen?.["state"] === "retry");
    const id = String(waiting?.["id"]);
    expect(waiting).toMatchObject({ channel: "#api", reason: "internal_error" });
    expect((await bench.run("messages", "list")).out).toContain("internal_error");
    expect((await bench.run("messages", "retry", id)).code).toBe(1);
    expect((await bench.run("messages", "drop", id)).out).toBe("Dropped.\n");
    expect(await listed()).toMatchObject([{ id, state: "suppressed", reason: "dropped by hand" }]);
    slack.clearFaults();
    expect((await bench.run("messages", "retry", id)).code).toBe(0);
    await until(listed, ([seen]) => seen?.["state"] === "sent");
    expect(slack.messages("#api")).toHaveLength(1);
  });

  test("rules.yml is followed; its hook cannot be changed by commands until it leaves the file", async () => {
    const { bench, start } = prepare({ CI_SECRET: "of-the-file" });
    const path = bench.env["BELFRY_RULES"] ?? "";
    const hooks = "hooks:\n  - { name: ci, forge: gitlab, scheme: token, secret_env: CI_SECRET }\n";
    writeFileSync(path, `${hooks}rules:\n  - "#api acme/* push"\n`);
    const belfry = await start();
    const address = belfry.url + (/Hook “ci” of \S+: (\S+)/.exec(belfry.output())?.[1] ?? "");
    expect((await deliver({ hook: address, secret: "of-the-file" }, push("one"))).status).toBe(202);
    await belfry.printed("On one");

    for (const args of [["rotate"], ["rotate", "--finish"], ["remove", "--yes"]]) {
      const { code, err } = await bench.run("hook", args[0] ?? "", "ci", ...args.slice(1));
      expect({ code, err }).toEqual({ code: 1, err: "“ci” comes from rules.yml. Change it there.\n" });
    }

    writeFileSync(path, `${hooks}rules:\n  - "#api acme/* psh"\n`);
    await belfry.printed("The rules stay as they were.");
    expect(belfry.output()).toContain(`${path}:4:18: `);

    writeFileSync(path, "rules: []\n");
    await belfry.printed("Hook “ci” left");
    const [rule] = await until(
      () => bench.json("rules", "list"),
      ([seen]) => seen?.["paused"] !== undefined,
      soon,
    );
    expect(rule).toMatchObject({ origin: "file", paused: "removed from rules.yml" });
    const resumed = await bench.run("rules", "resume", String(rule?.["id"]));
    expect(resumed).toMatchObject({ code: 1, err: "Its line is not in rules.yml any more. Put it back there.\n" });
    expect((await deliver({ hook: address, secret: "of-the-file" }, push("two"))).status).toBe(202);
    expect((await bench.run("hook", "remove", "ci", "--yes")).out).toBe("Removed “ci”.\n");
    expect((await deliver({ hook: address, secret: "of-the-file" }, push("three"))).status).toBe(401);
  });
});
