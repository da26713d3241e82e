import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join, relative } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";

/** The package as others get it: packed from a copy of the checkout, installed by npm without network, and used. */

const root = join(import.meta.dirname, "..");
const modules = join(root, "node_modules");
const scratch = mkdtempSync(join(tmpdir(), "belfry-package-"));
const app = join(scratch, "app");
const fixture = join(import.meta.dirname, "forges/gitlab/merge_request_hook__open.json");

afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** Runs a command with this Node and the tools of the checkout, and returns what it wrote. */
function run(cwd: string, command: string, ...args: string[]): string {
  const path = [join(modules, ".bin"), process.env["PATH"]].join(delimiter);
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd,
    encoding: "utf8",
    env: { ...process.env, PATH: path },
  });
  if (error) throw error;
  if (status !== 0) throw new Error(`${command} ${args[0]} ended with ${status}:\n${stdout}${stderr}`);
  return stdout;
}

const Lock = z.object({
  packages: z.record(z.string(), z.looseObject({ dev: z.boolean().optional(), optional: z.boolean().optional() })),
});

/** What the package depends on, with links to their commands: npm fetches nothing that lies there already. */
function putDependencies(): void {
  const { packages } = Lock.parse(JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")));
  for (const [path, { dev, optional, devOptional }] of Object.entries(packages))
    if (path !== "" && !dev && !optional && !devOptional)
      cpSync(join(root, path), join(app, path), { recursive: true });
  cpSync(join(modules, ".bin"), join(app, "node_modules/.bin"), { recursive: true, verbatimSymlinks: true });
}

function pack(): string {
  const checkout = join(scratch, "checkout");
  const left = new Set(["node_modules", ".git", "dist", "data"]);
  cpSync(root, checkout, { recursive: true, filter: (file) => !left.has(relative(root, file)) });
  symlinkSync(modules, join(checkout, "node_modules"));
  return join(scratch, run(checkout, "npm", "pack", "--silent", "--pack-destination", scratch).trim());
}

beforeAll(() => {
  const tarball = pack();
  mkdirSync(app);
  writeFileSync(join(app, "package.json"), JSON.stringify({ name: "app", private: true, type: "module" }));
  putDependencies();
  const offline = ["--offline", "--cache", join(scratch, "cache"), "--omit=optional", "--ignore-scripts"];
  run(app, "npm", "install", "--silent", "--no-audit", "--no-fund", ...offline, tarball);
}, 180_000);

const source = `
import schema from "belfry/schemas/merge_request.json" with { type: "json" };
import { type EventHeader, MergeRequestHook, type Payload, type PushHook, webhooks } from "belfry/webhooks";
import body from "./body.json" with { type: "json" };

const titleOf = ({ object_attributes: it }: MergeRequestHook): string | null | undefined => it.title;
const branchOf = (hook: PushHook): string | null | undefined => hook.ref;
const header: EventHeader = "Merge Request Hook";
const payload: Payload<"Merge Request Hook"> = webhooks[header].parse(body);

// @ts-expect-error a ref is text
export const wrong: PushHook = { ref: 7 };
// @ts-expect-error not a word of GitLab
export const none = () => webhooks["Pull Request Hook"];

console.log(JSON.stringify({
  title: titleOf(payload),
  branch: branchOf(webhooks["Push Hook"].parse({ ref: "refs/heads/main" })),
  refused: !MergeRequestHook.safeParse({}).success,
  schema: schema.title,
}));
`;

/** No types of Node and no skipLibCheck: the declarations must stand on zod's alone. */
const compilerOptions = {
  module: "nodenext",
  strict: true,
  exactOptionalPropertyTypes: true,
  resolveJsonModule: true,
  types: [],
  lib: ["es2024", "dom"],
  outDir: "out",
};

test("a TypeScript file compiles against belfry/webhooks and runs", () => {
  cpSync(fixture, join(app, "body.json"));
  writeFileSync(join(app, "use.ts"), source);
  writeFileSync(join(app, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["use.ts"] }));
  run(app, "tsc");
  expect(JSON.parse(run(app, process.execPath, "out/use.js"))).toEqual({
    title: expect.stringMatching(/\w/),
    branch: "refs/heads/main",
    refused: true,
    schema: "merge_request",
  });
});

test("its command renders a payload with the templates it brings", () => {
  const told = run(app, join(app, "node_modules/.bin/belfry"), "render", "--event", "Merge Request Hook", fixture);
  expect(told).toContain("acme/shop");
});

test("its threads parse large bodies", () => {
  const script = `
    import { parseLarge } from "./node_modules/belfry/dist/forges/parse-large.js";
    const body = Buffer.from(JSON.stringify({ ref: "refs/heads/main", project: { path_with_namespace: "a/b" } }));
    console.log((await parseLarge("gitlab", { headers: { "x-gitlab-event": "Push Hook" }, body })).state);
  `;
  writeFileSync(join(app, "large.js"), script);
  expect(run(app, process.execPath, "large.js")).toBe("event\n");
});

test("what is in it is what is needed to run it and no more", () => {
  expect(readdirSync(join(app, "node_modules/belfry")).sort()).toEqual(
    [".env.example", "LICENSE", "README.md", "app.yml", "dist", "docs", "package.json", "templates"].sort(),
  );
});
