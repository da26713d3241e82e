import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { runBelfry, startBelfry, temporaryFolder } from "./support/belfry.ts";
import { cache, root } from "./support/commands.ts";

/** CONTRIBUTING's recipe for a GitLab-like forge, carried out to the letter in a copy of the project. */

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** The code that the recipe shows, and the name that it gives the forge. */
function recipe() {
  const text = readFileSync(join(root, "CONTRIBUTING.md"), "utf8");
  const [, file = "", code = ""] = /\*\*A GitLab-like forge\*\*[^`]*`([^`]+)`[^`]*```ts\n(.*?)```/s.exec(text) ?? [];
  const [, name = ""] = /export const (\w+)/.exec(code) ?? [];
  return { file, code, name };
}

function copyProject(): string {
  const { folder, remove } = temporaryFolder();
  cleanups.push(remove);
  for (const part of ["src", "templates", "package.json"])
    cpSync(join(root, part), join(folder, part), { recursive: true });
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  return folder;
}

/** Writes what the recipe says; the lines of code that it took. */
function carryOut(folder: string): number {
  const { file, code, name } = recipe();
  mkdirSync(join(folder, file, ".."), { recursive: true });
  writeFileSync(join(folder, file), code);
  const index = join(folder, "src/forges/index.ts");
  const before = readFileSync(index, "utf8");
  const after = `import { ${name} } from "./${name}/index.ts";\n${before}`.replace(
    "= { gitlab,",
    `= { ${name}, gitlab,`,
  );
  writeFileSync(index, after);
  const known = new Set(before.split("\n"));
  return [...code.split("\n"), ...after.split("\n").filter((line) => !known.has(line))].filter(Boolean).length;
}

test("an invented brand is a forge with at most 15 lines of code, and its deliveries are posted", async () => {
  const folder = copyProject();
  expect(carryOut(folder)).toBeLessThanOrEqual(15);

  const rules = join(folder, "rules.yml");
  writeFileSync(
    rules,
    'hooks: [{ name: moss, forge: moss, scheme: token, secret_env: MOSS_SECRET }]\nrules: ["#moss ** push"]\n',
  );
  const env = { ...cache, BELFRY_DATA: join(folder, "data"), BELFRY_RULES: rules, MOSS_SECRET: "s3cret" };
  const belfry = await startBelfry(env, ["start"], "listens on", folder);
  cleanups.push(() => belfry.kill("SIGKILL"));
  const hook = `${belfry.url}${/\/hooks\/\w+/.exec(belfry.output())?.[0]}`;

  const body = readFileSync(join(root, "test/forges/wvs/push_hook__two_commits.json"), "utf8");
  const deliver = (headers: Record<string, string>) =>
    fetch(hook, { method: "POST", headers: { "content-type": "application/json", ...headers }, body });
  expect((await deliver({ "x-moss-event": "Push Hook", "x-moss-token": "wrong" })).status).toBe(401);
  expect((await deliver({ "x-moss-event": "Push Hook", "x-moss-token": "s3cret" })).status).toBe(202);
  await belfry.printed("Bo Lindqvist");

  const payload = join(root, "test/forges/wvs/merge_request_hook__merge.json");
  const shown = await runBelfry(["render", "--forge", "moss", "--event", "Merge Request Hook", payload], env, folder);
  expect(shown).toMatchObject({ code: 0, out: expect.stringContaining("merged") });
});
