import { execFile } from "node:child_process";
import { cpSync, existsSync, readdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { readConfig } from "../src/config.ts";
import { loadKeys } from "../src/store/keys.ts";
import { runBelfry, startBelfry, temporaryFolder } from "./support/belfry.ts";
import { cache, createBench, root } from "./support/commands.ts";

/** What platforms are told about Belfry is about the Belfry that is here. */

const read = (name: string) => readFileSync(join(root, name), "utf8");
const settings = new Set([...read("src/config.ts").matchAll(/^ {2}([A-Z][A-Z_]+):/gm)].map(([, name = ""]) => name));
const procfile = Object.fromEntries(
  read("Procfile")
    .trim()
    .split("\n")
    .map((line) => line.split(/:\s+/, 2)),
);

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

describe("app.json", () => {
  interface Variable {
    value?: string;
    generator?: string;
    required?: boolean;
  }
  const app = JSON.parse(read("app.json")) as {
    env: Record<string, Variable>;
    formation: Record<string, unknown>;
    addons: { plan: string }[];
  };

  test("names settings and processes that there are", () => {
    expect(Object.keys(app.env).filter((name) => !settings.has(name))).toEqual([]);
    expect(Object.keys(app.formation).filter((name) => !procfile[name])).toEqual([]);
  });

  test("is enough to start: what it sets, what Heroku makes, and its database", () => {
    const generated = "0123456789abcdef".repeat(4);
    const made = Object.entries(app.env).flatMap(([name, { value, generator }]) =>
      value !== undefined ? [[name, value]] : generator === "secret" ? [[name, generated]] : [],
    );
    const config = readConfig({
      ...Object.fromEntries(made),
      DYNO: "web.1",
      PORT: "5000",
      DATABASE_URL: "postgres://u:p@h:5432/d",
    });
    expect(config).toMatchObject({ host: "0.0.0.0", port: 5000, trustProxy: 1, metricsToken: generated });
    expect(loadKeys("/nonexistent", config.keys)).toEqual([Buffer.from(generated, "hex")]);
    expect(app.addons.some(({ plan }) => plan.startsWith("heroku-postgresql"))).toBe(true);
    const needed = Object.entries(app.env).filter(([, one]) => one.required !== false && !one.value && !one.generator);
    expect(needed).toEqual([]);
  });
});

describe("the Dockerfile", () => {
  const file = read("Dockerfile").replaceAll("\\\n", " ");
  const all = (word: string) => [...file.matchAll(new RegExp(`^${word} (.+)$`, "gm"))].map(([, rest = ""]) => rest);
  const environment = Object.fromEntries(
    all("ENV").flatMap((line) => [...line.matchAll(/(\w+)=(\S+)/g)].map(([, name = "", value = ""]) => [name, value])),
  );
  const copied = all("COPY")
    .filter((line) => !line.startsWith("--from"))
    .flatMap((line) => line.split(" ").slice(0, -1));

  test("sets settings that there are, and copies what the build may see", () => {
    expect(Object.keys(environment).filter((name) => !settings.has(name))).toEqual(["NODE_ENV", "NODE_COMPILE_CACHE"]);
    const [everything, ...seen] = read(".dockerignore").trim().split("\n");
    expect(everything).toBe("*");
    expect(seen.toSorted()).toEqual([...new Set(copied)].map((path) => `!${path}`).toSorted());
    for (const path of copied) expect(existsSync(join(root, path)), path).toBe(true);
    expect(file).toContain("USER node");
  });

  test("fills the compile cache as the user that runs it, in a folder of that user", () => {
    const [, asUser = ""] = file.split("\nUSER node\n");
    const [, folder = ""] = /^\/app\/(\w+)$/.exec(environment["NODE_COMPILE_CACHE"] ?? "") ?? [];
    expect(asUser).toMatch(/^ENV NODE_COMPILE_CACHE=.*^RUN node src\/main\.ts --version$/ms);
    expect(all("RUN")).toContain(`mkdir /data ${folder} && chown node:node /data ${folder}`);
  });

  test("has all that Belfry needs, and a check that tells whether it is well", async () => {
    const { folder, remove } = temporaryFolder();
    cleanups.push(remove);
    for (const path of copied) cpSync(join(root, path), join(folder, path), { recursive: true });
    symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
    const [entry, command] = [all("ENTRYPOINT")[0] ?? "", all("CMD")[0] ?? ""].map(
      (line) => JSON.parse(line) as string[],
    );
    const files = (entry ?? []).filter((part) => !part.startsWith("-")).slice(1);
    expect([entry?.[0], files, command]).toEqual(["node", ["src/main.ts"], ["start"]]);

    const data = { BELFRY_DATA: join(folder, "data"), BELFRY_RULES: join(folder, "data/rules.yml") };
    const belfry = await startBelfry({ ...environment, ...cache, ...data, PORT: "0" }, command, undefined, folder);
    cleanups.push(() => belfry.kill("SIGKILL"));
    const [, line = ""] = /HEALTHCHECK .*?CMD (.+)$/m.exec(file) ?? [];
    const [program = "", ...args] = JSON.parse(line) as string[];
    expect(program).toBe("node");
    const check = (port: string) =>
      new Promise<number>((resolve) => {
        const env = { PORT: port, BELFRY_METRICS_PORT: "1" };
        const child = execFile(process.execPath, args, { env }, () => resolve(child.exitCode ?? -1));
      });
    const { port } = new URL(belfry.url);
    expect(await check(port)).toBe(0);
    await belfry.kill("SIGTERM");
    expect(await check(port)).toBe(1);
  });
});

describe("docs/belfry.service", () => {
  const unit = read("docs/belfry.service");
  const setting = (name: string) => new RegExp(`^${name}=(.+)$`, "m").exec(unit)?.[1];

  test("starts what is there, and waits until it has ended by itself", async () => {
    const [shell, script = "", node, ...args] = setting("ExecStart")?.split(" ") ?? [];
    expect([shell, existsSync(join(root, script)), node]).toEqual(["/bin/sh", true, "node"]);
    const [main = "", command = ""] = args.filter((part) => !part.startsWith("-"));
    expect(existsSync(join(root, main))).toBe(true);
    expect((await runBelfry([command, "--help"])).code).toBe(0);
    expect(Number(setting("TimeoutStopSec"))).toBeGreaterThan(10);
    expect(setting("Restart")).toBe("always");
  });
});

describe("docs/operations.md", () => {
  const page = read("docs/operations.md");
  const files = readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" }).filter((file) =>
    file.endsWith(".ts"),
  );

  test("names settings that there are", () => {
    const named = [...page.matchAll(/\b(BELFRY_[A-Z_]+|SLACK_[A-Z_]+|DATABASE_URL|LOG_LEVEL)\b/g)].map(
      ([name]) => name,
    );
    expect(named.length).toBeGreaterThan(20);
    expect(named.filter((name) => !settings.has(name))).toEqual([]);
  });

  test("names commands that there are", async () => {
    const words = "hook|rules|deliveries|messages";
    const named = new Set(
      [...page.matchAll(new RegExp(`\\b(${words}) ([a-z]+)(?=[\` ])(?! is| was)`, "g"))].map(
        ([, group, name]) => `${group} ${name}`,
      ),
    );
    const inCode = [...named].filter(
      (name) => (page.includes(`\`${name}`) && name !== "rules paused") || page.includes(`belfry ${name}`),
    );
    expect(inCode.length).toBeGreaterThan(5);
    for (const group of new Set(inCode.map((name) => name.split(" ")[0] ?? ""))) {
      const { out } = await runBelfry([group, "--help"]);
      const known = [...out.matchAll(/^ {2}([a-z]+) /gm)].map(([, name]) => `${group} ${name}`);
      expect(inCode.filter((name) => name.startsWith(`${group} `) && !known.includes(name))).toEqual([]);
    }
  });

  test("quotes log lines that there are", () => {
    const [, table = ""] = /### Log lines([\s\S]+?)\n## /.exec(page) ?? [];
    const lines = [...table.matchAll(/^\| `([^`]+)` \|/gm)].map(([, line = ""]) => line);
    expect(lines.length).toBeGreaterThan(8);
    const code = files.map((file) => read(join("src", file))).join("\n");
    expect(lines.filter((line) => !code.includes(`"${line}"`))).toEqual([]);
  });

  test("quotes metrics that there are", () => {
    const table = read("src/operation/table.ts");
    const named = [...page.matchAll(/\bbelfry_(\w+)/g)].map(([, name = ""]) => name);
    expect(named.filter((name) => !table.includes(`"${name}"`))).toEqual([]);
  });

  test("leads to files and headings that there are", () => {
    const slug = (heading: string) =>
      heading
        .toLowerCase()
        .replace(/[^\w -]/g, "")
        .replaceAll(" ", "-");
    const headings = [...page.matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) => `#${slug(heading)}`);
    const links = [...page.matchAll(/\]\(([^)]+)\)/g)].map(([, link = ""]) => link);
    expect(links.length).toBeGreaterThan(10);
    const broken = links.filter((link) =>
      link.startsWith("#") ? !headings.includes(link) : !existsSync(join(root, "docs", link.split("#")[0] ?? "")),
    );
    expect(broken).toEqual([]);
  });
});

test("a shell reads .env.example as Belfry means it, and its values are the defaults", async () => {
  const bench = createBench();
  cleanups.push(bench.remove);
  const file = bench.file("env", read(".env.example").replace(/^#(?=BELFRY_(PACE|COLLECT|KEEP)_)/gm, ""));
  const out = await new Promise<string>((resolve, reject) => {
    execFile("sh", ["-c", `set -a; . ${file}; env`], { env: {} }, (error, text) =>
      error ? reject(error) : resolve(text),
    );
  });
  const environment = Object.fromEntries(out.split("\n").map((line) => line.split(/=(.*)/s, 2)));
  const { pace, keep, collectAfter } = readConfig({});
  expect(environment["BELFRY_PACE_POSTS"]).toBe("240/min burst 20");
  expect(readConfig(environment)).toMatchObject({ pace, keep, collectAfter });
});
