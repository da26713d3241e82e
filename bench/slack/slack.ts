import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

/** What was posted since the last `take`. */
export interface Posts {
  posted: number;
  /** of all methods, ever */
  calls: number;
  /** the number of the delivery that each post tells of, and when its first byte came; milliseconds of `now` */
  numbers: Float64Array;
  times: Float64Array;
}

/** A fake Slack in a process of its own. */
export interface SlackProcess {
  /** address of its API */
  url: string;
  pid: number;
  /** how many posts there are that nobody took */
  posted(): Promise<number>;
  /** gives the posts and forgets them */
  take(): Promise<Posts>;
  close(): Promise<void>;
}

export async function startSlack(): Promise<SlackProcess> {
  const child = fork(join(import.meta.dirname, "process.ts"), [], { serialization: "advanced", execArgv: [] });
  const exited = once(child, "exit");
  const [port] = (await once(child, "message")) as [number];
  const ask = async (question: string): Promise<Posts> => {
    const answer = once(child, "message");
    child.send(question);
    const [posts] = (await answer) as [Posts];
    return posts;
  };
  return {
    url: `http://127.0.0.1:${port}/api/`,
    pid: child.pid ?? 0,
    posted: async () => (await ask("count")).posted,
    take: () => ask("take"),
    close: async () => {
      child.disconnect();
      await exited;
    },
  };
}
