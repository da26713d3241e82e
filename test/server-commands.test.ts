import { writeFileSync } from "node:fs";
import { afterEach, describe, expect, test } from "vitest";
import { followRulesFile } from "../src/cli/rules-file.ts";
import { readConfig } from "../src/config.ts";
import { listRules } from "../src/store/rules.ts";
import { openStore } from "../src/store/store.ts";
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
      [
        ["gitlab", "token"],
        ["gitlab", "basic"],
        ["gitlab", "signed"],
        ["atomgit", "hmac"],
      ].map(([forge = "", scheme = ""]) =>
        bench.json<Row>("hook", "add", "--name", scheme, "--forge", forge, "--scheme", scheme),
      ),
    );
    const send = ({ url, secret, forge, scheme }: Row, more: Row = {}) => {
      const given = {
        forge,
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
    // One event, so one message: the other hooks only tell it again.
    const states = async () =>
      (await bench.json<Row[]>("deliveries", "list")).map(({ state }) => state as string).sort();
    await until(states, (seen) => !seen.includes("pending"));
    expect(await states()).toEqual(["duplicate", "duplicate", "duplicate", "event"]);
    await until(
      () => count(belfry, title),
      (seen) => seen === 1,
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
    expect(shown["body"]).toMatchObject({ ref: "refs/heads/one" });
    expect(text.out).toContain(delivery);

    expect((await bench.run("deliveries", "replay", delivery)).out).toContain("within two seconds");
    await until(
      () => count(belfry, "On one"),
      (seen) => seen === 2,
      soon,
    );
  });

  test("what is no JSON is shown with its problem", async () => {
    const { bench, start } = prepare();
    const belfry = await start();
    const answer = await deliver(await firstHook(belfry), { header: "Push Hook", body: "{" });
    const { delivery } = (await answer.json()) as { delivery: string };
    const shown = await bench.json<Row>("deliveries", "show", delivery, "--body");
    expect(shown).toMatchObject({ id: delivery, bodyProblem: "the body is not JSON" });
    expect(shown).not.toHaveProperty("body");
  });

  test("send says once where to see what became of it", async () => {
    const { bench, start } = prepare();
    const belfry = await start();
    const { hook, secret } = await firstHook(belfry);
    const send = (...files: string[]) =>
      bench.run("send", ...files, "--hook", hook, "--secret", secret, "--event", "Merge Request Hook");
    const one = await send(opened);
    const [, id = "none"] = /^202 stored .* (\S+)$/m.exec(one.out) ?? [];
    expect(one.out).toMatch(new RegExp(`\nWhat became of it: npm run -s belfry -- deliveries show ${id}\n$`));
    const two = await send(opened, opened);
    expect(two.out.match(/What became of it: .*/g)).toEqual([
      "What became of it: npm run -s belfry -- deliveries list --limit 2",
    ]);
    const named = await bench.run(
      ...["--workspace", "preview", "send", opened],
      ...["--hook", hook, "--secret", secret, "--event", "Merge Request Hook"],
    );
    expect(named.out).toContain("What became of it: npm run -s belfry -- --workspace preview deliveries show ");
  });

  test("a reader of its output that goes away does not stop it", async () => {
    const { bench, start } = prepare();
    const belfry = await start();
    const hook = await firstHook(belfry);
    belfry.process.stdout?.destroy();
    belfry.process.stderr?.destroy();
    const states = async () => (await bench.json("messages", "list")).map(({ state }) => state);
    for (const number of [1, 2]) {
      expect((await deliver(hook, push(`number-${number}`))).status).toBe(202);
      await until(states, (seen) => seen.length === number && seen.every((state) => state === "sent"));
    }
    expect(await belfry.kill("SIGTERM")).toBe(0);
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

  test("the dead and suppressed of a channel or a rule are brought back together", async () => {
    const slack = await createFakeSlack();
    cleanups.push(() => slack.close());
    const { bench, start } = prepare({ SLACK_BOT_TOKEN: "xoxb-acme", SLACK_API_URL: slack.url });
    writeFileSync(bench.env["BELFRY_RULES"] ?? "", 'rules:\n  - "#api ** push"\n  - "#deploys ** push"\n');
    const [api, deploys] = ["#api", "#deploys"].map((name) => slack.channel(name));
    if (!api || !deploys) throw new Error("two channels");
    api.archived = true;
    deploys.archived = true;
    const belfry = await start();
    const hook = await firstHook(belfry);
    for (const branch of ["one", "two"]) await deliver(hook, push(branch));
    const waiting = async () => (await bench.json("messages", "list")).filter(({ state }) => state !== "sent");
    const isDone = (rows: Row[]) => rows.every(({ state }) => state === "dead" || state === "suppressed");
    const rules = () => bench.json("rules", "list");
    await until(rules, (seen) => seen.every(({ paused }) => paused === "Slack: is_archived"));
    const stuck = await until(waiting, (seen) => seen.length >= 2 && isDone(seen));
    const stuckIn = (channel: string) => stuck.filter((row) => row["channel"] === channel).length;

    api.archived = false;
    deploys.archived = false;
    const of = async (channel: string) => String((await rules()).find((rule) => rule["channel"] === channel)?.["id"]);
    for (const channel of ["#api", "#deploys"]) await bench.run("rules", "resume", await of(channel));
    const back = await bench.run("messages", "retry", "--channel", "#api");
    expect(back.out).toBe(`Back in the queue: ${stuckIn("#api")}. The running server sends each in its turn.\n`);
    await until(waiting, (seen) => seen.every((row) => row["channel"] === "#deploys"));
    expect(slack.messages("#api")).toHaveLength(stuckIn("#api"));
    expect(slack.messages("#deploys")).toEqual([]);
    expect((await bench.run("messages", "retry", "--rule", await of("#deploys"))).code).toBe(0);
    await until(waiting, (seen) => seen.length === 0);
    expect(slack.messages("#deploys")).toHaveLength(stuckIn("#deploys"));
  });

  test("without the token it says that Slack's messages wait, and serves the hooks of both workspaces", async () => {
    const slack = await createFakeSlack();
    cleanups.push(() => slack.close());
    const { bench, start } = prepare();
    const first = await start();
    const tried = await firstHook(first);
    await first.kill("SIGTERM");
    const token = { SLACK_BOT_TOKEN: "xoxb-acme", SLACK_API_URL: slack.url };
    const withToken = await startBelfry({ ...bench.env, ...token });
    cleanups.push(() => withToken.kill("SIGKILL"));
    // A shell without the token, beside a server with it.
    const { url, secret } = await bench.json<Row>("hook", "add", "--name", "acme");
    const path = (address: unknown) => String(address).replace(/^http:\/\/[^/]+/, "");
    const to = (belfry: Belfry, address: unknown) => belfry.url + path(address);
    writeFileSync(bench.env["BELFRY_RULES"] ?? "", 'rules:\n  - "#api ** push"\n');
    await until(
      () => bench.json("rules", "list"),
      (seen) => seen.length === 1,
    );
    await deliver({ hook: to(withToken, url), secret: String(secret) }, push("one"));
    await until(
      () => slack.messages("#api"),
      (seen) => seen.length === 1,
    );
    await withToken.kill("SIGTERM");

    const without = await start();
    await without.printed("Messages for Slack wait until SLACK_BOT_TOKEN is set.\n");
    expect(without.output()).not.toContain("local preview workspace");
    expect((await deliver({ hook: to(without, url), secret: String(secret) }, push("two"))).status).toBe(202);
    await deliver({ hook: to(without, tried.hook), secret: tried.secret }, push("of the trial"));
    await without.printed("On of the trial");
    expect(without.output()).not.toContain("On two");
    // The trial's own rule says so, not rules.yml, which is Slack's.
    expect(await bench.json("rules", "list", "--workspace", "preview")).toMatchObject([{ origin: "start" }]);
  });

  test("rules.yml does not take over a hook made by hand; one that says the same may move into the file", async () => {
    const { bench, start } = prepare({ CI_SECRET: "of-the-file", NEXT_SECRET: "the-next" });
    const path = bench.env["BELFRY_RULES"] ?? "";
    const line = (secrets: string) => `  - { name: ci, forge: gitlab, scheme: token, secret_env: ${secrets} }\n`;
    const { id } = await bench.json<Row>("hook", "add", "--name", "ci", "--secret-env", "CI_SECRET");
    const hook = () => bench.json<Row>("hook", "show", "ci", "--secret");
    writeFileSync(path, `hooks:\n${line("CI_SECRET").replace("ci", "other")}${line("NEXT_SECRET")}`);
    expect(await bench.run("start")).toEqual({
      code: 1,
      out: "",
      err: `${path}:3: There is a hook named “ci” that this file did not make. Choose another name, or remove the hook: hook remove ci --yes\n`,
    });
    expect(await bench.json("hook", "list")).toMatchObject([{ name: "ci", origin: "command" }]);

    // Newest first; the old secret stays valid, so nothing that the forge sends is refused.
    writeFileSync(path, `hooks:\n${line("[NEXT_SECRET, CI_SECRET]")}`);
    const belfry = await start();
    expect(await hook()).toMatchObject({ id, origin: "file", secrets: ["the-next", "of-the-file"] });
    for (const secret of ["the-next", "of-the-file"]) {
      const answer = await deliver({ hook: `${belfry.url}/hooks/${id}`, secret }, push(secret));
      expect(answer.status).toBe(202);
    }
    writeFileSync(path, "rules: []\n");
    await belfry.printed("Hook “ci” left");
    writeFileSync(path, `hooks:\n${line("[NEXT_SECRET, CI_SECRET]")}`);
    await until(hook, (seen) => seen["origin"] === "file", soon);
    expect(await hook()).toMatchObject({ id });
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
    // A server sees within two seconds what a command beside it changed.
    const three = { hook: address, secret: "of-the-file" };
    await until(
      async () => (await deliver(three, push("three"))).status,
      (status) => status === 401,
      soon,
    );
  });
});

describe("following rules.yml", () => {
  const hooks = [1, 2, 3, 4].map((n) => `  - { name: ci${n}, forge: gitlab, scheme: token, secret_env: CI_SECRET }\n`);
  const slow = `hooks:\n${hooks.join("")}rules: ["#old acme/* push"]\n`;
  const quick = 'rules: ["#new acme/* push"]\n';

  /** Follows a file whose changes are told by the test; `onHook` is called when the first hook was written. */
  async function follow(onHook: (parts: { path: string; change: (text: string) => void }) => void) {
    const { bench } = prepare();
    const path = bench.file("rules.yml", "rules: []\n");
    const store = await openStore({ data: bench.folder });
    cleanups.push(() => store.close());
    const done: string[] = [];
    let changed = () => {};
    const change = (text: string) => {
      writeFileSync(path, text);
      changed();
    };
    let told = false;
    const out = () => {
      if (told) return;
      told = true;
      onHook({ path, change });
    };
    const stop = await followRulesFile(
      {
        io: { out, err: (line) => done.push(line) },
        config: readConfig({ BELFRY_DATA: bench.folder, BELFRY_RULES: path, CI_SECRET: "s" }),
        store,
        workspace: "acme",
        log: { info: () => done.push("read"), error: () => done.push("failed") },
      },
      (_path, onChange) => {
        changed = onChange;
        return () => {};
      },
    );
    return { stop, store, change, done };
  }

  test("a change during a change is applied after it, and counts", async () => {
    const { stop, store, change, done } = await follow((file) => file.change(quick));
    change(slow);
    await until(
      () => done,
      (seen) => seen.length === 2,
    );
    await stop();
    const active = (await listRules(store, "acme")).filter(({ paused }) => paused === undefined);
    expect(active.map(({ channel }) => channel)).toEqual(["#new"]);
    expect(done).toEqual(["read", "read"]);
  });

  test("who stops waits for the change under way", async () => {
    let stopped: Promise<void> | undefined;
    const begun = Promise.withResolvers<void>();
    const { stop, change, done } = await follow(() => {
      stopped = stop();
      begun.resolve();
    });
    change(slow);
    await begun.promise;
    expect(done).toEqual([]);
    await stopped;
    expect(done).toEqual(["read"]);
  });
});
