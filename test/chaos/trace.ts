import { spawn, spawnSync } from "node:child_process";

/** What a delivery and its way to the disk are made of; with the filter other calls cost nothing. */
const options = ["-f", "--seccomp-bpf", "-y", "-s", "64", "-e", "trace=read,fsync,fdatasync,write,writev,sendto"];

/** Whether there is a strace here that can do that, and the system lets it. */
export const canTrace = (): boolean => spawnSync("strace", [...options, "-o", "/dev/null", "true"]).status === 0;

/**
 * Starts a real Belfry under strace, which writes these calls of all its threads to the file `trace`, with the paths of
 * their files. https://man7.org/linux/man-pages/man1/strace.1.html
 * @returns its address, and what ends it: then the trace is complete
 */
export async function traceBelfry(
  command: "start" | "web",
  environment: Record<string, string>,
  { project, trace }: { project: string; trace: string },
): Promise<{ url: string; end: () => Promise<void> }> {
  const { PATH, HOME } = process.env;
  const belfry = [process.execPath, "src/main.ts", command];
  const child = spawn("strace", [...options, "-o", trace, ...belfry], {
    cwd: project,
    env: { PATH, HOME, NO_COLOR: "1", PORT: "0", HOST: "127.0.0.1", BELFRY_RULES: "/nonexistent", ...environment },
    stdio: ["ignore", "pipe", "pipe"],
    // strace blocks signals while it waits: they go to the group, where Belfry gets them.
    detached: true,
  });
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  let text = "";
  const url = await new Promise<string>((resolve, reject) => {
    const read = (chunk: Buffer) => {
      text += chunk;
      const [, address] = /listens on (\S+)/.exec(text) ?? [];
      if (address) resolve(address);
    };
    child.stdout.on("data", read);
    child.stderr.on("data", read);
    void ended.then(() => reject(new Error(`Belfry ended before it listened:\n${text}`)));
  });
  return {
    url,
    end: async () => {
      if (child.pid !== undefined && child.exitCode === null && child.signalCode === null)
        process.kill(-child.pid, "SIGTERM");
      await ended;
    },
  };
}
