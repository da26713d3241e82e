import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, inject, onTestFinished, test } from "vitest";
import { pushOf } from "../../chaos/delivery.ts";
import { mutants } from "../../chaos/mutants.ts";
import { mutate } from "../../chaos/mutate.ts";
import { runBelfry, temporaryFolder, until } from "../support/belfry.ts";
import { createDatabase } from "../support/postgres.ts";
import { startProxy } from "../support/proxy.ts";
import { testKey } from "../support/stores.ts";
import { canTrace, traceBelfry } from "./trace.ts";

/** The kernel's word for it: what is answered 202 was told to the disk before. */

const project = join(import.meta.dirname, "../..");
const isTraced = canTrace();
if (!isTraced) console.info("test/chaos/fsync.test.ts is left out: there is no strace, or nobody may trace here.");

const withoutFsync = () => {
  const mutant = mutants.find(({ name }) => name === "no-fsync");
  if (!mutant) throw new Error("there is no such mutant");
  const copy = mutate(project, mutant);
  onTestFinished(copy.remove);
  return copy.folder;
};

/** Files that were synced after the request was read and before its 202 was written. */
function syncedBefore202(trace: string): string[] {
  const lines = readFileSync(trace, "utf8").split("\n");
  const read = lines.findIndex((line) => /\bread\(.*"POST \/hooks\//.test(line));
  const answered = lines.findIndex((line, at) => at > read && /\b(write|writev|sendto)\(.*HTTP\/1\.1 202 /.test(line));
  expect([read >= 0, answered > read], "the request and its answer are in the trace").toEqual([true, true]);
  return lines.slice(read, answered).flatMap((line) => /\bf(?:data)?sync\(\d+<([^>]+)>\) += 0/.exec(line)?.[1] ?? []);
}

async function deliver(url: string, { id, secret }: { id: string; secret: string }): Promise<number> {
  const { headers, body } = pushOf(1, "shop/api");
  const options = { method: "POST", headers: { ...headers, "x-gitlab-token": secret }, body };
  return (await fetch(`${url}/hooks/${id}`, options)).status;
}

/** A hook in the store of the environment. */
async function addHook(environment: Record<string, string>) {
  const { out, err } = await runBelfry(["hook", "add", "--name", "traced", "--json"], environment);
  const [, id = ""] = /\/hooks\/(\w+)/.exec(out) ?? [];
  const [, secret = ""] = /"secret": ?"([^"]+)"/.exec(out) ?? [];
  if (!id || !secret) throw new Error(`no hook was added: ${out}${err}`);
  return { id, secret };
}

describe.runIf(isTraced)("strace shows what lies between a request and its 202", () => {
  test.each([
    ["an fsync", () => project, true],
    ["none where Belfry is mutated", withoutFsync, false],
  ])("on SQLite: %s", async (_name, folderOf, isSynced) => {
    const { folder, remove } = temporaryFolder();
    onTestFinished(remove);
    const environment = { BELFRY_DATA: join(folder, "data"), BELFRY_KEYS: testKey };
    const hook = await addHook(environment);
    const { url, end } = await traceBelfry("start", environment, { project: folderOf(), trace: join(folder, "trace") });
    onTestFinished(end);
    expect(await deliver(url, hook)).toBe(202);
    await end();
    const synced = syncedBefore202(join(folder, "trace"));
    expect(synced.some((path) => path.startsWith(join(folder, "data/belfry.db")))).toBe(isSynced);
  });

  test.each([
    ["an fsync", () => project, true],
    ["none where Belfry is mutated", withoutFsync, false],
  ])("of the spool, while PostgreSQL is away: %s", async (_name, folderOf, isSynced) => {
    const { folder, remove } = temporaryFolder();
    onTestFinished(remove);
    const proxy = await startProxy(await createDatabase(inject("postgres")));
    onTestFinished(proxy.close);
    const environment = { BELFRY_DATA: join(folder, "data"), BELFRY_KEYS: testKey, DATABASE_URL: proxy.url };
    const hook = await addHook(environment);
    const { url, end } = await traceBelfry("web", environment, { project: folderOf(), trace: join(folder, "trace") });
    onTestFinished(end);
    await proxy.refuse();
    const spool = async () => (await (await fetch(`${url}/readyz`)).json()) as { spool: { state: string } };
    await until(spool, (seen) => seen.spool.state === "away");
    expect(await deliver(url, hook)).toBe(202);
    await end();
    const synced = syncedBefore202(join(folder, "trace"));
    expect(synced.some((path) => path.includes("/data/spool"))).toBe(isSynced);
  });
});
