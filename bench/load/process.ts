import { runClosed } from "./closed.ts";
import type { Job } from "./job.ts";
import { runOpen } from "./open.ts";

/** The process that the load comes from: does one job after the other, until it is disconnected. */

process.on("message", async (job: Job) => {
  const done = job.kind === "closed" ? await runClosed(job) : await runOpen(job);
  process.send?.(done);
});
process.once("disconnect", () => process.exit());
