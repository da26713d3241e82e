import { spawn } from "node:child_process";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Bench, createBench, fixture, type Row, root } from "./support/commands.ts";

/** Every command as a process of its own, without a server. */

let bench: Bench;
beforeAll(async () => {
  bench = createBench({ TEAM_SECRET: "from-the-variable", EMPTY: "" });
  await bench.run("migrate");
});
afterAll(() => bench.remove());

const run = (...args: string[]) => bench.run(...args);
const opened = fixture("merge_request_hook__open");

describe.concurrent("the command line", () => {
  const helps: [string, string][] = [
    ["", "Brings the webhooks"],
    ["start", "Receive deliveries and send messages"],
    ["web", "Only receive deliveries"],
    ["worker", "Only read deliveries and send messages"],
    ["migrate", "Bring the database up to date"],
    ["hook add", "Make a hook and print its address and secret"],
    ["hook list", "List the hooks"],
    ["hook show", "Show one hook"],
    ["hook rotate", "Give a hook a new secret"],
    ["hook remove", "Remove a hook"],
    ["rules check", "Check a rules file"],
    ["rules test", "which rules would post"],
    ["rules list", "List the rules"],
    ["rules pause", "post nothing"],
    ["rules resume", "post again"],
    ["deliveries list", "List the newest deliveries"],
    ["deliveries show", "Show one delivery"],
    ["deliveries replay", "Read a delivery again"],
    ["messages list", "List the newest messages"],
    ["messages retry", "Send a message"],
    ["messages drop", "Do not send"],
    ["render", "Show the message that a payload file would make"],
    ["send", "Send payload files to a hook"],
    ["manifest", "Print the manifest of the Slack app"],
  ];

  test("--help of every command says what it does, and of a group names its commands", async () => {
    const groups = new Set(
      helps.map(([command]) => command.split(" ")).flatMap(([group, one]) => (one && group) || []),
    );
    const help = (command: string) => run(...command.split(" ").filter(Boolean), "--help");
    const told = await Promise.all(helps.map(([command]) => help(command)));
    for (const [index, [command, says]] of helps.entries()) {
      expect({ command, ...told[index] }).toEqual({ command, code: 0, err: "", out: expect.stringContaining(says) });
    }
    for (const group of groups) {
      const { out } = await help(group);
      for (const [command] of helps.filter(([name]) => name.startsWith(`${group} `))) {
        expect(out).toMatch(new RegExp(`^  ${command.split(" ")[1]} `, "m"));
      }
    }
  });

  test.each([
    [["rule"], "Did you mean rules?"],
    [["hook", "lst"], "Did you mean list?"],
    [["hook", "list", "--jsn"], "Did you mean --json?"],
    [["hook", "add"], "--name <name>"],
    [["render", opened], "--event <header>"],
    [["deliveries", "list", "--limit", "many"], "a number from 1 to 10000"],
    [["deliveries", "list", "--state", "new"], "pending, event, unsupported, unreadable, ignored, duplicate"],
    [["messages", "list", "--state", "new"], "pending, sent, retry, uncertain, suppressed, dead"],
    [["hook", "add", "--name", "x", "--forge", "github"], "Allowed choices are gitlab, gitswarm, atomgit, wvs."],
    [["hook", "add", "--name", "x", "--scheme", "magic"], "Allowed choices are token, basic, signed, hmac."],
    [["hook", "add", "--name", "x", "--brand", "Git Swarm"], "A brand is written as in X-<Brand>-Event"],
    [["hook", "add", "--name", ""], "A name has a-z, 0-9, _ and -, at most 40."],
    [["hook", "add", "--name", "Acme"], "A name has a-z, 0-9, _ and -, at most 40."],
    [
      ["render", opened, "--event", "Push Hook", "--forge", "github"],
      "Allowed choices are gitlab, gitswarm, atomgit, wvs.",
    ],
    [["rules", "test", opened, "--event", "Push Hook", "--brand", "Git:Swarm"], "A brand is written as in"],
    [["send", opened, "--event", "Push Hook", "--scheme", "magic"], "Allowed choices are token, basic, signed, hmac."],
  ])("%j is a wrong command line: exit code 2 and a hint", async (args, hint) => {
    const { code, out, err } = await run(...args);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toContain(hint);
    expect(err).not.toContain("    at ");
  });

  test.each([
    [{ PORT: "many" }, "PORT: must be a number from 0 to 65535"],
    [{ PORT: "70000" }, "PORT: must be a number from 0 to 65535"],
    [{ BELFRY_URL: "belfry.example.com" }, "BELFRY_URL: must be an address"],
    [{ BELFRY_TRUST_PROXY: "yes" }, "BELFRY_TRUST_PROXY: must be a number of proxies"],
    [{ BELFRY_KEYS: "c2hvcnQ=" }, "BELFRY_KEYS must hold keys of 32 bytes"],
    [{ SLACK_BOT_TOKEN: "xapp-canary" }, "SLACK_BOT_TOKEN: must start with xoxb-"],
    [{ SLACK_BOT_TOKEN: "xoxp-canary" }, "SLACK_BOT_TOKEN: must start with xoxb-"],
    [{ LOG_LEVEL: "loud" }, "LOG_LEVEL"],
    [{ BELFRY_DATA: "/dev/null/data" }, "Set BELFRY_DATA to a folder that can be written"],
  ])("%j is said to be wrong, without its value where it may be a secret", async (setting, says) => {
    const wrong = createBench(setting as Record<string, string>);
    const { code, out, err } = await wrong.run("start");
    wrong.remove();
    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(err).toContain(says);
    expect(err).not.toMatch(/canary|c2hvcnQ|^ {4}at /m);
  });
});

describe.concurrent("the workspace of commands", () => {
  test("is the preview until Slack's is used, then Slack's also without the token; --workspace chooses", async () => {
    const bench = createBench();
    const slack = createBench({ ...bench.env, SLACK_BOT_TOKEN: "xoxb-acme" });
    const names = async (...args: string[]) => (await bench.json("hook", "list", ...args)).map(({ name }) => name);
    await bench.run("hook", "add", "--name", "tried");
    expect(await names()).toEqual(["tried"]);
    expect(await slack.json("hook", "list")).toEqual([]);
    expect(await names()).toEqual(["tried"]);
    await slack.run("hook", "add", "--name", "real");
    expect(await names()).toEqual(["real"]);
    await bench.run("hook", "add", "--name", "later");
    expect((await slack.json("hook", "list")).map(({ name }) => name)).toEqual(["real", "later"]);
    expect(await names("--workspace", "preview")).toEqual(["tried"]);
    const before = await slack.run("--workspace", "preview", "hook", "list", "--json");
    expect((JSON.parse(before.out) as Row[]).map(({ name }) => name)).toEqual(["tried"]);
    slack.remove();
    bench.remove();
  });

  test("is told by --help of every command", async () => {
    expect((await run("hook", "list", "--help")).out).toMatch(/--workspace <workspace> +preview, slack, or Slack's id/);
  });
});

describe.concurrent("a reader that has read enough", () => {
  test("lets a command end as ever", async () => {
    const child = spawn(process.execPath, [join(root, "src/main.ts"), "--help"], { stdio: ["ignore", "pipe", "pipe"] });
    child.stdout.destroy();
    let err = "";
    child.stderr.on("data", (chunk) => (err += String(chunk)));
    const code = await new Promise((resolve) => child.once("close", resolve));
    expect({ code, err }).toEqual({ code: 0, err: "" });
  });
});

describe.concurrent("hook", () => {
  test("commands that come first, and at once, share one key and one database", async () => {
    const fresh = createBench();
    const names = ["one", "two", "three", "four"];
    const made = await Promise.all(names.map((name) => fresh.run("hook", "add", "--name", name)));
    const listed = await fresh.json("hook", "list");
    fresh.remove();
    expect(made.map(({ code, err }) => ({ code, err }))).toEqual(names.map(() => ({ code: 0, err: "" })));
    expect(listed.map(({ name }) => name).sort()).toEqual(names.toSorted());
  });

  test("the secret is shown when the hook is made, and then only when asked for", async () => {
    const { code, out } = await run("hook", "add", "--name", "shown");
    expect(code).toBe(0);
    const [, address = "", secret = ""] = /address {2}(\S+)\n {2}secret {3}(\S+)/.exec(out) ?? [];
    expect(address).toMatch(/^http:\/\/127\.0\.0\.1:3000\/hooks\/[0-9a-f]{32}$/);
    expect(secret).toHaveLength(32);
    for (const args of [["list"], ["list", "--json"], ["show", "shown"], ["show", "shown", "--json"]]) {
      const told = await run("hook", ...args);
      expect(told.out).toContain(address);
      expect(told.out + told.err).not.toContain(secret);
    }
    expect((await run("hook", "show", "shown", "--secret")).out).toMatch(
      new RegExp(
        [
          "name      shown",
          `address   ${address}`,
          "forge     GitLab",
          "scheme    token",
          "made      \\S+Z by a command",
          `secret    ${secret}`,
        ].join("\n"),
      ),
    );
    const id = address.slice(-32);
    expect(await bench.json<Row>("hook", "show", id, "--secret")).toMatchObject({ name: "shown", secrets: [secret] });
  });

  test("each scheme gets a secret of its form, or takes one from a variable", async () => {
    const basic = await bench.json<Row>("hook", "add", "--name", "basic", "--scheme", "basic");
    expect(basic).toMatchObject({ scheme: "basic", secret: expect.stringMatching(/^belfry:\S{32}$/) });
    const signed = await bench.json<Row>("hook", "add", "--name", "signed", "--scheme", "signed");
    expect(signed).toMatchObject({ secret: expect.stringMatching(/^whsec_[A-Za-z0-9+/]{43}=$/) });
    const hmac = await bench.run("hook", "add", "--name", "hmac", "--forge", "atomgit", "--scheme", "hmac");
    expect(hmac.out).toMatch(/^ {2}secret {3}\S{32} {4}\(“Signature key” in AtomGit\)$/m);
    const own = await bench.json<Row>(
      "hook",
      "add",
      "--name",
      "own",
      "--secret-env",
      "TEAM_SECRET",
      "--brand",
      "GitSwarm",
    );
    expect(own).toMatchObject({ secret: "from-the-variable", brand: "GitSwarm", forge: "gitlab" });
  });

  test.each([
    [["--name", "x", "--secret-env", "NOT_THERE"], "The variable NOT_THERE is not set"],
    [["--name", "x", "--secret-env", "EMPTY"], "The variable EMPTY is not set"],
    [["--name", "x", "--secret-env", "TEAM_SECRET", "--scheme", "basic"], "TEAM_SECRET must be user:password"],
    [["--name", "x", "--secret-env", "TEAM_SECRET", "--scheme", "signed"], "TEAM_SECRET must be whsec_"],
    [["--name", "x", "--scheme", "hmac"], "GitLab has no scheme “hmac”. Choose one of: token, basic, signed."],
    [
      ["--name", "x", "--scheme", "signed", "--forge", "wvs"],
      "WVS has no scheme “signed”. Choose one of: token, basic.",
    ],
  ])("hook add %j is refused", async (args, says) => {
    const { code, out, err } = await run("hook", "add", ...args);
    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(err).toContain(says);
    expect(err).not.toContain("from-the-variable");
  });

  test("a name is taken once; a hook that is not there is said so", async () => {
    await run("hook", "add", "--name", "twice");
    const again = await run("hook", "add", "--name", "twice");
    expect(again).toMatchObject({ code: 1, err: "There is a hook named “twice” already. Choose another --name.\n" });
    for (const args of [["show"], ["rotate"], ["remove", "--yes"]]) {
      const { code, err } = await run("hook", args[0] ?? "", "nobody", ...args.slice(1));
      expect({ code, err }).toEqual({ code: 1, err: "There is no hook “nobody”. See: hook list\n" });
    }
  });

  test("a new secret joins the old one until --finish; removing asks first", async () => {
    const { secret } = await bench.json<Row>("hook", "add", "--name", "turning");
    const [, fresh = ""] = /New secret: (\S+)/.exec((await run("hook", "rotate", "turning")).out) ?? [];
    const secrets = async () => (await bench.json<Row>("hook", "show", "turning", "--secret"))["secrets"];
    expect(await secrets()).toEqual([fresh, secret]);
    const { out } = await run("hook", "show", "turning", "--secret");
    expect(out).toContain(`secret    ${fresh}\nsecret    ${secret}\n`);
    expect((await run("hook", "rotate", "turning", "--finish")).out).not.toContain(fresh);
    expect(await secrets()).toEqual([fresh]);

    expect(await run("hook", "remove", "turning")).toMatchObject({ code: 1, err: expect.stringContaining("--yes") });
    expect(await secrets()).toEqual([fresh]);
    expect((await run("hook", "remove", "turning", "--yes")).out).toBe("Removed “turning”.\n");
    expect((await run("hook", "show", "turning")).code).toBe(1);
  });
});

describe.concurrent("rules check and test", () => {
  test("a good file is said to be fine, with the rules in their canonical words", async () => {
    const path = bench.file("good.yml", 'rules:\n  - "#api  acme/*  mr:opened branch:main"\n');
    const { code, out } = await run("rules", "check", path);
    expect({ code, out }).toEqual({
      code: 0,
      out: `${path} is fine: 1 rules, 0 hooks.\n  #api  acme/* merge_request:open branch:main\n`,
    });
  });

  test("every mistake is shown with line, column, the word marked and the nearest right one", async () => {
    const path = bench.file("bad.yml", 'rules:\n  - "#api acme/* merge_requst"\n  - "#API acme/* push"\nrulse: []\n');
    const { code, out, err } = await run("rules", "check", path);
    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(err).toContain(`${path}:2:18: `);
    expect(err).toContain('  - "#api acme/* merge_requst"\n                   ^^^^^^^^^^^^\n');
    expect(err).toContain("Did you mean `merge_request`?");
    expect(err).toContain(`${path}:3:6: “#API” is not a channel`);
    expect(err).toContain(`${path}:4:1: “rulse” is not a key here. Did you mean \`rules\`?`);
    expect((await run("rules", "check", "nowhere.yml")).err).toBe("Cannot read nowhere.yml.\n");
  });

  test("rules test tells which rules post, and why the others do not", async () => {
    const rules = bench.file("test.yml", 'rules:\n  - "#all ** merge_request"\n  - "#ci ** pipeline"\n');
    const { code, out } = await run("rules", "test", opened, "--event", "Merge Request Hook", "--rules", rules);
    expect(code).toBe(0);
    expect(out).toContain("merge_request:open of ");
    expect(out).toContain("  → #all  line 2: posts\n");
    expect(out).toMatch(/ {2}· #ci {2}line 3: kind merge_request:open is not among pipeline/);
    const found = await bench.json<Row>("rules", "test", opened, "--event", "Merge Request Hook", "--rules", rules);
    expect(found["decisions"]).toHaveLength(2);
  });

  test("a file that is no event does not keep the others from being tested", async () => {
    const files = [bench.file("none.json", "{"), opened];
    const plain = await run("rules", "test", ...files, "--event", "Merge Request Hook");
    expect(plain).toMatchObject({ code: 1, err: `${files[0]}: unreadable: the body is not JSON\n` });
    expect(plain.out).toContain(`${opened}: merge_request:open of `);
    const { code, out } = await run("rules", "test", ...files, "--event", "Merge Request Hook", "--json");
    expect(code).toBe(1);
    const [first, second] = out
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Row);
    expect(first).toEqual({ file: files[0], outcome: "unreadable", error: "the body is not JSON" });
    expect(second).toMatchObject({ file: opened, outcome: "event", action: "open", decisions: [] });
  });

  test("a payload cannot move the terminal's cursor", async () => {
    const project = { path_with_namespace: "acme/\u001b[2J\u009b2Japi", web_url: "https://gitlab.acme.io/acme/api" };
    const body = { object_kind: "push", ref: "refs/heads/a\u001b[2J", project, commits: [], before: "1", after: "2" };
    const path = bench.file("escape.json", JSON.stringify(body));
    const rules = bench.file("escape.yml", 'rules:\n  - "#all ** push branch:main"\n');
    const plain = await run("rules", "test", path, "--event", "Push Hook", "--rules", rules);
    const rendered = await run("render", path, "--event", "Push Hook");
    const json = await run("render", path, "--event", "Push Hook", "--json");
    for (const { out } of [plain, rendered, json]) {
      expect(out).not.toBe("");
      expect(out.replaceAll("\n", "")).not.toMatch(/\p{Cc}/u);
    }
  });

  test("an unknown event and an unknown rule are errors", async () => {
    const unknown = await run("rules", "test", opened, "--event", "Party Hook");
    expect(unknown).toMatchObject({ code: 1, out: "", err: expect.stringContaining("unsupported") });
    for (const verb of ["pause", "resume"]) {
      expect((await run("rules", verb, "zzzzzzz")).err).toBe("There is no rule “zzzzzzz”. See: rules list\n");
    }
    expect((await run("rules", "list")).out).toBe("There are no rules yet. Write some into rules.yml.\n");
  });
});

describe.concurrent("deliveries and messages", () => {
  test("without any there is a sentence, or an empty list", async () => {
    expect((await run("deliveries", "list")).out).toBe("There are no such deliveries.\n");
    expect((await run("messages", "list")).out).toBe("There are no such messages.\n");
    expect(await bench.json("deliveries", "list")).toEqual([]);
    expect(await bench.json("messages", "list")).toEqual([]);
  });

  test.each([
    [["deliveries", "show", "x"], "There is no delivery “x”. See: deliveries list\n"],
    [["deliveries", "replay", "x"], "There is no delivery “x”. See: deliveries list\n"],
    [["messages", "retry", "x"], "There is no message “x” that is dead or suppressed. See: messages list\n"],
    [["messages", "drop", "x"], "There is no message “x” that waits. See: messages list\n"],
    [
      ["messages", "retry", "--channel", "#x", "--rule", "x"],
      "There is no such message that is dead or suppressed and still has its content. See: messages list\n",
    ],
    [["messages", "retry"], "Name one message, or all with --channel, --rule or both.\n"],
    [["messages", "retry", "x", "--rule", "x"], "Name one message, or all with --channel, --rule or both.\n"],
  ])("%j names what is not there", async (args, err) => {
    expect(await run(...args)).toEqual({ code: 1, out: "", err });
  });
});

describe.concurrent("render", () => {
  test("shows the message as people read it, and each file's as one line of JSON", async () => {
    const { code, out } = await run("render", opened, "--event", "Merge Request Hook");
    expect(code).toBe(0);
    expect(out).toMatch(/^🔀 \*Bo Lindqvist\* opened !12 Add the Swedish VAT table/);
    const push = fixture("push_hook__one_commit");
    const json = await run("render", opened, push, "--event", "Merge Request Hook", "--json");
    const [first, second, ...more] = json.out
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Row);
    expect(more).toEqual([]);
    expect(first).toMatchObject({ file: opened, outcome: "event", event: { kind: "merge_request", action: "open" } });
    expect(first?.["message"]).toEqual({ text: expect.stringMatching(/./), blocks: expect.any(Array) });
    expect(first).not.toHaveProperty("error");
    expect(second).toEqual({ file: push, outcome: "unreadable", error: expect.stringMatching(/./) });
    expect(json.code).toBe(1);
  });

  test.each([
    [["--event", "Party Hook"], 1, /: unsupported: /],
    [["--event", "Merge Request Hook", "--template", "nothing"], 0, /There is no template nothing for merge_request/],
  ])("%j ends with %i and says why", async (args, code, says) => {
    const shown = await run("render", opened, ...args);
    expect(shown.code).toBe(code);
    expect(shown.err).toMatch(says);
  });

  test("a body that is no JSON and a file that is not there", async () => {
    const broken = await run("render", bench.file("broken.json", "{"), "--event", "Push Hook", "--json");
    expect(broken.code).toBe(1);
    expect(JSON.parse(broken.out)).toMatchObject({ outcome: "unreadable", error: "the body is not JSON" });
    expect((await run("render", "nowhere.json", "--event", "Push Hook")).err).toBe("Cannot read nowhere.json.\n");
  });
});

describe.concurrent("send, with nobody to take it", () => {
  const to = (hook: string, secret = "s") => [
    "send",
    opened,
    "--hook",
    hook,
    "--secret",
    secret,
    "--event",
    "Push Hook",
  ];
  test.each([
    [
      to("http://127.0.0.1:9/hooks/x?private_token=canary"),
      "Nothing answers at http://127.0.0.1:9/hooks/x. Is Belfry running there?\n",
    ],
    [to("127.0.0.1:3000/hooks/x"), "--hook must be an address: http://host/hooks/…\n"],
    [to("http://user:canary@127.0.0.1:9/hooks/x"), "Leave user and password out of --hook: they belong to --secret.\n"],
    [to("http://127.0.0.1:9/hooks/x", "canary\n"), "The value for x-gitlab-token must be one line.\n"],
  ])("%j", async (args, err) => {
    expect(await run(...args)).toEqual({ code: 1, out: "", err });
  });
});
