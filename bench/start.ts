import { spawnBelfry } from "./belfry.ts";
import { isReady, until } from "./child.ts";
import { fullStore } from "./full-store.ts";
import type { Findings } from "./results.ts";
import type { Run } from "./run.ts";
import { atMost } from "./targets.ts";
import { type Place, stores, titleOf } from "./workplace.ts";

const labelsOf = (deliveries: number) => ({
  first: "the first start ever",
  empty: "an empty store",
  full: `${deliveries.toLocaleString("en")} stored deliveries`,
});

/** From the start of the process to `/readyz` saying 200. */
export async function start(run: Run): Promise<Findings> {
  const found = new Map<string, number[]>();
  let stored = 0;
  const wanted = stores.filter((name) => run.wants(name));
  for (const store of wanted) {
    const { place: full, deliveries } = await fullStore(run, store);
    stored = deliveries;
    run.say(`${store}: ${deliveries} deliveries are stored`);
    // Once for nothing: the compile cache is filled, as after every start but the first of an install.
    await measure(run, full);
    for (let round = 0; round < run.rounds; round++) {
      run.say(`round ${round + 1}: ${store}`);
      const place = await run.workplace.newPlace(store);
      const took = {
        first: await measure(run, place),
        empty: await measure(run, place),
        full: await measure(run, full),
      };
      await place.remove();
      for (const [name, value] of Object.entries(took)) {
        const key = `${store} ${name}`;
        found.set(key, [...(found.get(key) ?? []), value]);
      }
    }
  }
  const labels = labelsOf(stored);
  const rows = wanted.flatMap((store) =>
    Object.entries(labels).map(([name, label]) => ({
      labels: [titleOf[store], label],
      figures: [found.get(`${store} ${name}`) ?? []],
    })),
  );
  const target = (name: keyof typeof labels, than: number) =>
    wanted.map((store) =>
      atMost({
        says: `start on ${titleOf[store]}: ${labels[name]}`,
        values: (found.get(`${store} ${name}`) ?? []).map((value) => value / 1000),
        ...{ than, unit: " s" },
      }),
    );
  return {
    how: [
      "`start` as `npm start` has it, with a warm compile cache: from the start of the process to the first 200 of `/readyz`, asked every 5 ms.",
      "“The first start ever” makes the folder, the keys and the schema.",
    ],
    tables: [
      {
        title: "Milliseconds until ready",
        labels: ["store", "with"],
        columns: [{ name: "ms", digits: 0 }],
        rows,
      },
    ],
    targets: [...target("empty", 1), ...target("full", 2)],
    failures: [],
  };
}

async function measure(run: Run, place: Place): Promise<number> {
  const began = performance.now();
  const belfry = await spawnBelfry(run, { command: "start", place });
  await until(belfry, () => isReady(belfry.port));
  const took = performance.now() - began;
  await belfry.stop();
  return took;
}
