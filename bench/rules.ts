import { sql } from "kysely";
import type { Event } from "../src/events.ts";
import { match } from "../src/rules/match.ts";
import { rulesNaming } from "../src/store/rules.ts";
import { openStore, type Store } from "../src/store/store.ts";
import { ensureWorkspace, previewWorkspace } from "../src/store/workspaces.ts";
import { exampleEvents } from "./examples.ts";
import { timesOf } from "./pace-of-work.ts";
import type { Findings } from "./results.ts";
import type { Run } from "./run.ts";
import { ratios, times } from "./statistics.ts";
import { atMost } from "./targets.ts";
import { addRules } from "./town.ts";
import { type Place, type StoreName, stores, titleOf } from "./workplace.ts";

/** How many rules the workspace has, and how many of them name the project. */
interface Size {
  rules: number;
  naming: number;
}

const sizes: Size[] = [
  { rules: 100, naming: 3 },
  { rules: 10_000, naming: 3 },
  { rules: 1_000_000, naming: 3 },
  { rules: 10_000, naming: 1_000 },
];
/** A million takes a minute to write. */
const quickSizes = sizes.map(({ rules, naming }) => ({ rules: Math.min(rules, 20_000), naming }));
const warmUp = 0.2;
const path = "shop/web/prices";

interface Open {
  place: Place;
  store: Store;
  size: Size;
}

/** `match` for one event, with the look-up of the rules in the store. */
export async function rules(run: Run): Promise<Findings> {
  const wanted = stores.filter((name) => run.wants(name));
  const events = exampleEvents();
  const sample = events.find(({ kind, action }) => kind === "merge_request" && action === "open");
  if (!sample) throw new Error("there is no merge request among the examples");
  const event: Event = { ...sample, project: { ...sample.project, path } };
  const tables: Findings["tables"] = [];
  const targets: Findings["targets"] = [];
  for (const name of wanted) {
    const open: Open[] = [];
    try {
      for (const size of run.quick ? quickSizes : sizes) {
        run.say(`${name}: ${size.rules} rules are written`);
        open.push(await fill(run, name, size));
      }
      const found = await measure(run, open, event);
      const base = found[0]?.p50 ?? [];
      tables.push({
        title: titleOf[name],
        labels: ["rules", "that name the project"],
        columns: ["p50 ms", "p99 ms", "× 100 rules", "of it match ms"].map((column) => ({ name: column, digits: 3 })),
        rows: open.map(({ size }, at) => {
          const { p50 = [], p99 = [], pure = [] } = found[at] ?? {};
          const labels = [size.rules, size.naming].map((count) => count.toLocaleString("en"));
          return { labels, figures: [p50, p99, ratios(p50, base), pure] };
        }),
      });
      const values = ratios(found[2]?.p50 ?? [], base);
      targets.push(atMost({ says: `rules on ${titleOf[name]}: 1,000,000 by 100`, values, than: 1.5, unit: " ×" }));
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
  "All rules are in one workspace, which is the worst case: one for each of as many other projects, every tenth for a whole group; those that name the project do so by its path, by its group and by `*/prices`, in equal parts, each for a channel of its own.",
  "One new merge request: the rules are looked up in the store, parsed and matched; one after the other, in the process of the benchmark. “of it match” is the pure function alone.",
];

async function measure(run: Run, open: readonly Open[], event: Event) {
  const found = open.map(() => ({ p50: [] as number[], p99: [] as number[], pure: [] as number[] }));
  for (let round = 0; round < run.rounds; round++) {
    run.say(`round ${round + 1}`);
    for (const [at, { store, size }] of open.entries()) {
      const named = await rulesNaming(store, previewWorkspace.id, event.project);
      if (named.length !== size.naming) throw new Error(`${named.length} rules name the project, not ${size.naming}`);
      const work = async () => match(event, await rulesNaming(store, previewWorkspace.id, event.project));
      await timesOf(warmUp, work);
      const { p50, p99 } = times(await timesOf(run.seconds, work));
      const pure = times(await timesOf(run.seconds / 10, async () => match(event, named)));
      found[at]?.p50.push(p50);
      found[at]?.p99.push(p99);
      found[at]?.pure.push(pure.p50);
    }
  }
  return found;
}

async function fill(run: Run, name: StoreName, size: Size): Promise<Open> {
  const place = await run.workplace.newPlace(name);
  const store = await openStore(place.options);
  await ensureWorkspace(store, previewWorkspace);
  const patterns = [path, "shop/web/**", "*/prices"];
  const naming = Array.from({ length: size.naming }, (_, at) => patterns[at % patterns.length] ?? path);
  const others = Array.from({ length: size.rules - size.naming }, (_, at) =>
    at % 10 === 0 ? `group-${at}/**` : `group-${at}/project-${at}`,
  );
  const words = [...naming, ...others].map((pattern) => `${pattern} merge_request:open,merge pipeline:failed`);
  await addRules(
    store,
    previewWorkspace.id,
    words.map((text, at) => ({ channel: `C${at}`, words: text })),
  );
  // As they would be after a while: PostgreSQL does this by itself, at a time of its own.
  await sql`analyze`.execute(store.db);
  return { place, store, size };
}
