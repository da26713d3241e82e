import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { ClosedDone, ClosedJob, Done, Job, OpenDone, OpenJob } from "./job.ts";

/** A process of its own that sends. */
export interface Load {
  closed(job: Omit<ClosedJob, "kind">): Promise<ClosedDone>;
  open(job: Omit<OpenJob, "kind">): Promise<OpenDone>;
  pid: number;
  close(): Promise<void>;
}

export function startLoad(): Load {
  const child = fork(join(import.meta.dirname, "process.ts"), [], { serialization: "advanced", execArgv: [] });
  const exited = once(child, "exit");
  const broken = exited.then(() => {
    throw new Error("the process that sends has ended");
  });
  broken.catch(() => {});

  async function run(job: Job): Promise<Done> {
    const answer = once(child, "message");
    child.send(job);
    const [done] = (await Promise.race([answer, broken])) as [Done];
    return done;
  }

  return {
    async closed(job) {
      const done = await run({ kind: "closed", ...job });
      if (done.kind !== "closed") throw new Error("another job was done");
      return done;
    },
    async open(job) {
      const done = await run({ kind: "open", ...job });
      if (done.kind !== "open") throw new Error("another job was done");
      return done;
    },
    pid: child.pid ?? 0,
    close: async () => {
      child.disconnect();
      await exited;
    },
  };
}
