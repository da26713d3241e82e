import { type EndedSend, finishSends } from "../src/store/finish-sends.ts";
import type { Store } from "../src/store/store.ts";
import { type Taken, takeMessages } from "../src/store/take-message.ts";
import { add, type Backlog, fill } from "./lanes-backlog.ts";
import type { Findings } from "./results.ts";
import type { Run } from "./run.ts";
import { median, ratios } from "./statistics.ts";
import { atMost } from "./targets.ts";
import { stores, titleOf } from "./workplace.ts";

const backlogs = [1_000, 20_000, 200_000];
const quickBacklogs = [1_000, 2_000, 4_000];
const warmUps = 5;
/** Claim and finish, with messages waiting in 1,000 lanes. */
export async function lanes(run: Run): Promise<Findings> {
  const wanted = stores.filter((name) => run.wants(name));
  const tables: Findings["tables"] = [];
  const targets: Findings["targets"] = [];
  for (const name of wanted) {
    const open: Backlog[] = [];
    try {
      for (const size of run.quick ? quickBacklogs : backlogs) {
        run.say(`${name}: a backlog of ${size} is written`);
        open.push(await fill(run, name, size));
      }
      const found = open.map(() => ({ claim: [] as number[], finish: [] as number[], perSecond: [] as number[] }));
      for (let round = 0; round < run.rounds; round++) {
        run.say(`round ${round + 1}: ${name}`);
        for (const [at, backlog] of open.entries()) {
          for (let turn = 0; turn < warmUps; turn++) await claimAndFinish(backlog);
          const { claim, finish, messages } = await measure(run.seconds, backlog);
          found[at]?.claim.push(median(claim));
          found[at]?.finish.push(median(finish));
          found[at]?.perSecond.push(messages / (sum(claim) + sum(finish)) / 1e-3);
        }
      }
      const base = found[0]?.claim ?? [];
      tables.push({
        title: `${titleOf[name]}, ${open[0]?.store.engine.together ?? 0} lanes at a time`,
        labels: ["backlog"],
        columns: [
          ...["claim ms", "finish ms", "× claim of 1,000"].map((column) => ({ name: column, digits: 2 })),
          { name: "messages/s", digits: 0 },
        ],
        rows: open.map(({ size }, at) => {
          const { claim = [], finish = [], perSecond = [] } = found[at] ?? {};
          return { labels: [size.toLocaleString("en")], figures: [claim, finish, ratios(claim, base), perSecond] };
        }),
      });
      const values = ratios(found.at(-1)?.claim ?? [], base);
      targets.push(
        atMost({ says: `lanes on ${titleOf[name]}: claim at 200,000 by 1,000`, values, than: 3, unit: " ×" }),
      );
    } finally {
      for (const { place, store } of open) {
        await store.close();
        await place.remove();
      }
    }
  }
  return { how, tables, targets, failures: [] };
}

const how = [
  "A transaction that claims lanes with their next messages, then one that writes down that all were posted, in the process of the benchmark, one after the other, pace off; median milliseconds of each. 1,000 lanes in 10 workspaces, as many messages in each.",
  "What was posted is written anew between two measurements, so the backlog stays as large as it is.",
];

const sum = (values: readonly number[]) => values.reduce((all, one) => all + one, 0);

async function measure(seconds: number, backlog: Backlog) {
  const [claim, finish]: number[][] = [[], []];
  let messages = 0;
  const until = performance.now() + seconds * 1000;
  while (performance.now() < until) {
    const done = await claimAndFinish(backlog);
    claim?.push(done.claim);
    finish?.push(done.finish);
    messages += done.messages;
  }
  return { claim: claim ?? [], finish: finish ?? [], messages };
}

async function claimAndFinish(backlog: Backlog): Promise<{ claim: number; finish: number; messages: number }> {
  const { store, worker } = backlog;
  const options = { worker, pace: { channel: undefined, posts: undefined }, collectBefore: undefined };
  const began = performance.now();
  const { taken } = await takeMessages(store, { most: store.engine.together, without: [] }, options);
  const claimed = performance.now();
  await finishSends(
    store,
    taken.map((one) => posted(store, one)),
  );
  const finished = performance.now();
  if (taken.length === 0) throw new Error("no lane was ready");
  await add(backlog, taken.length);
  return { claim: claimed - began, finish: finished - claimed, messages: taken.length };
}

const posted = (store: Store, { lane, message, turn }: Taken): EndedSend => ({
  ...{ lane, message, turn, end: { end: "passed" } },
  result: { state: "sent", sent: { text: "Posted.", blocks: [] }, ts: "1700000000.000100" },
  change: { ready: store.now().getTime(), fullAt: lane.fullAt, channelId: lane.channel },
});
