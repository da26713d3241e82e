import { join } from "node:path";
import { parseArgs } from "node:util";
import { openStore } from "../src/store/store.ts";
import { loadTemplates } from "../src/templates/load.ts";
import { busyDay, dayBegan } from "../test/conversations/busy-day.ts";
import { type Heard, sumOf, tellDay } from "../test/conversations/run-day.ts";
import { openStage } from "../test/conversations/stage.ts";
import { textOf, transcriptOf } from "../test/conversations/transcript.ts";
import { temporaryFolder } from "../test/support/belfry.ts";
import { table } from "./table.ts";

/** Plays a busy day of twenty projects under the default rules and prints what their eight channels heard of it. */

const { values } = parseArgs({
  options: {
    seed: { type: "string", default: "1" },
    deliveries: { type: "string", default: "2000" },
    hours: { type: "string", default: "10" },
    /** print what stands in this channel at the end, too */
    channel: { type: "string" },
    /** and the calls that it took */
    calls: { type: "boolean", default: false },
  },
});

const { folder, remove } = temporaryFolder();
const store = await openStore({ data: folder });
const templates = loadTemplates(join(import.meta.dirname, "../templates"));
const stage = await openStage({ store, templates, start: dayBegan - 1_000 });
const steps = busyDay({
  seed: Number(values.seed),
  deliveries: Number(values.deliveries),
  hours: Number(values.hours),
});
const began = performance.now();
const { scene, heard } = await tellDay(stage, steps);

const heads = ["events", "one post per event", "posts", "replies", "edits"];
const cells = ({ events, onePerEvent, posts, replies, edits }: Heard) =>
  [events, onePerEvent, posts, replies, edits].map(String);
const hours = [...new Set([...heard.values()].flatMap((one) => [...one.keys()]))].sort((a, b) => a - b);
const whole = sumOf([...heard.values()].flatMap((one) => [...one.values()]));
const busiest = (perHour: Map<number, Heard>) => {
  const posts = [...perHour.values()].map((one) => one.posts);
  return `${Math.max(0, ...posts)}`;
};

const lines = [
  table(
    ["channel", ...heads, "posts in its busiest hour"],
    [
      ...[...heard].map(([name, perHour]) => [`#${name}`, ...cells(sumOf(perHour.values())), busiest(perHour)]),
      ["all", ...cells(whole), ""],
    ],
  ),
  table(
    ["hour", ...heads],
    hours.map((hour) => [
      `${String(hour).padStart(2, "0")}:00`,
      ...cells(sumOf([...heard.values()].flatMap((one) => one.get(hour) ?? []))),
    ]),
  ),
  table(
    ["posts and replies", ...hours.map((hour) => `${String(hour).padStart(2, "0")}:00`)],
    [...heard].map(([name, perHour]) => [
      `#${name}`,
      ...hours.map((hour) => {
        const { posts = 0, replies = 0 } = perHour.get(hour) ?? {};
        return `${posts} + ${replies}`;
      }),
    ]),
  ),
  `${steps.length} deliveries in ${Math.round((performance.now() - began) / 1000)} s; errors and warnings: ${stage.errors().length}`,
  ...stage.errors().slice(0, 10),
];
process.stdout.write(`${lines.join("\n\n")}\n`);
if (values.channel !== undefined) {
  const id = scene.channels[values.channel.replace(/^#/, "")] ?? "";
  const calls = scene.calls().filter(({ channel }) => channel === id);
  process.stdout.write(`\n${transcriptOf(stage.slack, id, calls)}\n`);
  for (const { at, method, args } of values.calls ? calls : []) {
    const text = textOf({ ts: "", user: "", bot_id: "", text: "", ...args }).replaceAll("\n", " ⏎ ");
    process.stdout.write(
      `${new Date(at).toISOString().slice(11, 19)} ${method} ${args["ts"] ?? args["thread_ts"] ?? ""} ${text}\n`,
    );
  }
}

await stage.close();
await store.close();
remove();
