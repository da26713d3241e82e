import { copyFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, expect, test } from "vitest";
import { deliver, firstHook, startBelfry, until } from "./support/belfry.ts";
import { createBench, type Row } from "./support/commands.ts";

/** docs/operations.md, Backup and restore: what it says is tried here. */

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const push = (number: number) => ({
  header: "Push Hook",
  body: JSON.stringify({ ref: "refs/heads/main", project: { id: 7, path_with_namespace: "acme/api" }, number }),
});

test("a backup that is taken under load has all that was taken before it, and nobody reads it without the key", async () => {
  const [here, there] = [1, 2].map(() => {
    const bench = createBench({ PORT: "0", HOST: "127.0.0.1" });
    cleanups.push(bench.remove);
    return bench;
  });
  if (!here || !there) throw new Error("no benches");
  const belfry = await startBelfry(here.env);
  cleanups.push(() => belfry.kill("SIGKILL"));
  const to = await firstHook(belfry);

  const taken: string[] = [];
  let over = false;
  const load = [1, 2, 3].map(async (client) => {
    for (let n = 0; !over; n++) {
      const answer = await deliver(to, push(client * 1_000_000 + n));
      taken.push(((await answer.json()) as { delivery: string }).delivery);
    }
  });
  await until(
    () => taken.length,
    (count) => count > 30,
  );
  const before = [...taken];
  const data = here.env["BELFRY_DATA"] ?? "";
  const backup = join(here.folder, "backup.db");
  const source = new DatabaseSync(join(data, "belfry.db"));
  source.exec(`vacuum into '${backup}'`);
  source.close();
  over = true;
  await Promise.all(load);
  await belfry.kill("SIGTERM");

  const restored = there.env["BELFRY_DATA"] ?? "";
  mkdirSync(restored);
  copyFileSync(backup, join(restored, "belfry.db"));
  const without = await there.run("hook", "show", "gitlab", "--secret");
  expect([without.code, without.out]).toEqual([1, ""]);
  expect(without.err).toContain("belfry.key is missing, and the database cannot be read without it");

  const other = { ...there.env, BELFRY_KEYS: Buffer.alloc(32, 7).toString("base64") };
  const wrong = await startBelfry(other).catch((error: unknown) => String(error));
  expect(wrong).toContain("The database was encrypted with another key");

  copyFileSync(join(data, "belfry.key"), join(restored, "belfry.key"));
  expect((await there.run("hook", "show", "gitlab", "--secret")).out).toContain(to.secret);
  const again = await startBelfry(there.env);
  cleanups.push(() => again.kill("SIGKILL"));
  const all = () => there.json<Row[]>("deliveries", "list", "--limit", "10000");
  const rows = await until(all, (seen) => seen.every(({ state }) => state !== "pending"));
  const ids = new Set(rows.map(({ id }) => id));
  expect(before.filter((id) => !ids.has(id))).toEqual([]);
  expect((await deliver({ ...to, hook: to.hook.replace(belfry.url, again.url) }, push(-1))).status).toBe(202);
});
