import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, type TestContext, test } from "vitest";
import { deliver, firstHook, runBelfry, startBelfry, temporaryFolder, until } from "./support/belfry.ts";
import { cache } from "./support/commands.ts";
import { canMount } from "./support/mount.ts";

/** The disk of SQLite's folder is full, or nobody may write to it. */

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** A disk of so many megabytes, with the data folder on it. */
function newDisk(context: TestContext, megabytes: number) {
  if (!canMount) context.skip("left out: this machine lets nobody mount a small disk");
  const { folder, remove } = temporaryFolder();
  cleanups.push(remove);
  const disk = join(folder, "disk");
  mkdirSync(disk);
  execFileSync("mount", ["-t", "tmpfs", "-o", `size=${megabytes}m`, "tmpfs", disk]);
  cleanups.push(() => execFileSync("umount", ["-l", disk]));
  const env = { ...cache, BELFRY_DATA: join(disk, "data"), PORT: "0", HOST: "127.0.0.1" };
  return { disk, env };
}

const push = (number: number) => ({
  header: "Push Hook",
  body: JSON.stringify({
    ref: "refs/heads/main",
    project: { id: 7, path_with_namespace: "acme/api" },
    number,
    padding: "x".repeat(50_000),
  }),
});

test("a full disk: 503, and nothing is taken that is not there; with room again it goes on without a restart", async (context) => {
  const { disk, env } = newDisk(context, 12);
  const belfry = await startBelfry(env);
  cleanups.push(() => belfry.kill("SIGKILL"));
  const to = await firstHook(belfry);
  const ballast = join(disk, "ballast");
  writeFileSync(ballast, Buffer.alloc(6_000_000));

  const taken: string[] = [];
  const give = async (number: number) => {
    const answer = await deliver(to, push(number));
    const { delivery } = (await answer.json()) as { delivery?: string };
    if (answer.status === 202 && delivery !== undefined) taken.push(delivery);
    return answer;
  };
  let refused: Response | undefined;
  for (let number = 0; !refused && number < 500; number++) {
    const answer = await give(number);
    if (answer.status !== 202) refused = answer;
  }
  expect([refused?.status, refused?.headers.get("retry-after")]).toEqual([503, "10"]);
  expect(taken.length).toBeGreaterThan(5);
  expect((await give(1_000)).status).toBe(503);
  expect(statfsSync(disk).bavail * statfsSync(disk).bsize).toBeLessThan(200_000);

  const before = taken.length;
  rmSync(ballast);
  for (let number = 2_000; number < 2_010; number++) expect((await give(number)).status).toBe(202);
  expect(taken).toHaveLength(before + 10);
  const list = async () =>
    JSON.parse((await runBelfry(["deliveries", "list", "--limit", "999", "--json"], env)).out) as {
      id: string;
      state: string;
    }[];
  const rows = await until(list, (seen) => seen.every(({ state }) => state !== "pending"));
  expect(rows.map(({ id }) => id).sort()).toEqual(taken.toSorted());
  expect(await belfry.kill("SIGTERM")).toBe(0);
});

test("a disk that nobody may write to: a start says so and ends, and nothing is begun anew", async (context) => {
  const { disk, env } = newDisk(context, 12);
  expect((await runBelfry(["migrate"], env)).code).toBe(0);
  execFileSync("mount", ["-o", "remount,ro", disk]);
  const { code, out, err } = await runBelfry(["start"], env);
  expect({ code, out }).toEqual({ code: 1, out: "" });
  expect(err).toMatch(/^Cannot write in the data folder [^\n]+\n$/);
  execFileSync("mount", ["-o", "remount,rw", disk]);
  const belfry = await startBelfry(env);
  expect(await belfry.kill("SIGTERM")).toBe(0);
});
