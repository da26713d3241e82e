import { type Belfry, startBelfry } from "./belfry.ts";
import { type Load, startLoad } from "./load/load.ts";
import { mergeRequest, pipeline, push } from "./payloads/gitlab.ts";
import { type PreparedRequest, prepare } from "./request.ts";
import type { Run } from "./run.ts";
import { type SlackProcess, startSlack } from "./slack/slack.ts";
import { type Address, build, type Town } from "./town.ts";
import { secondsOf, secondsOfName } from "./usage.ts";
import type { Place, StoreName } from "./workplace.ts";

/** Belfry between a forge and a Slack, each in a process of its own. */
export interface Fleet {
  /** the process that receives, and those that send; on SQLite one and the same */
  web: Belfry;
  workers: Belfry[];
  slack: SlackProcess;
  load: Load;
  addresses: Address[];
  place: Place;
  stop(): Promise<void>;
}

/** Nothing is held back, so that what is measured is Belfry. */
const unpaced = { BELFRY_PACE_CHANNEL: "off", BELFRY_PACE_POSTS: "off", BELFRY_PACE_UPDATES: "off" };

export async function startFleet(run: Run, store: StoreName, town: Town, workers = 1): Promise<Fleet> {
  const cleanups: (() => Promise<void>)[] = [];
  const stop = async () => {
    for (const clean of cleanups.splice(0).reverse()) await clean();
  };
  try {
    const place = await run.workplace.newPlace(store);
    cleanups.push(place.remove);
    const addresses = await build(place, town);
    await run.workplace.settle();
    const slack = await startSlack();
    cleanups.push(slack.close);
    const load = startLoad();
    cleanups.push(load.close);
    const start = async (command: "start" | "web" | "worker") => {
      const environment = { SLACK_API_URL: slack.url, ...unpaced };
      const belfry = await startBelfry(run, { command, place, environment });
      cleanups.push(belfry.stop);
      return belfry;
    };
    const web = await start(store === "sqlite" ? "start" : "web");
    const senders: Belfry[] = [];
    if (store === "sqlite") senders.push(web);
    else for (let count = 0; count < workers; count++) senders.push(await start("worker"));
    return { web, workers: senders, slack, load, addresses, place, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Deliveries of 5 KB that are posted: pushes, new merge requests and pipelines that failed, as many of each. */
export const postedRequests = (): PreparedRequest[] =>
  [push, mergeRequest, pipeline].map((make) => {
    const { event, body } = make(5_000);
    const headers = { "x-gitlab-event": event, "x-gitlab-token": "{{secret}}", "idempotency-key": "bench-{{number}}" };
    return prepare({ path: "/hooks/{{hook}}", headers, body });
  });

/** Shares of a core since it was made, by part: what bounds a figure. */
export function watchUsage({ web, workers, slack, load }: Fleet): () => number[] {
  const look = () => [
    secondsOf(web.pid),
    workers.reduce((sum, { pid }) => sum + (pid === web.pid ? 0 : secondsOf(pid)), 0),
    secondsOfName("postgres"),
    secondsOf(slack.pid),
    secondsOf(load.pid),
  ];
  const [before, began] = [look(), performance.now()];
  return () => look().map((now, at) => (now - (before[at] ?? 0)) / ((performance.now() - began) / 1000));
}

export const usageColumns = ["CPU web", "CPU workers", "CPU PostgreSQL", "CPU Slack", "CPU load"].map((name) => ({
  name,
  digits: 2,
}));
