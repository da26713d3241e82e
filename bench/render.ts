import { join } from "node:path";
import { setImmediate as breath } from "node:timers/promises";
import { loadTemplates } from "../src/templates/load.ts";
import { presetNames } from "../src/templates/presets.ts";
import { render as renderEvent } from "../src/templates/templates.ts";
import { type Example, exampleKinds, examples } from "./examples.ts";
import { perSecond } from "./pace-of-work.ts";
import type { Findings, Row } from "./results.ts";
import type { Run } from "./run.ts";
import { ratios } from "./statistics.ts";

const folder = join(import.meta.dirname, "../templates");
const warmUp = 0.05;
/** What rules that name no template have. */
const usual = "full";

/** Messages per second by kind and preset, and what reading a payload costs beside JSON.parse alone. */
export async function render(run: Run): Promise<Findings> {
  const all = examples();
  const kinds = exampleKinds(all).filter((kind) => run.wants(kind));
  const of = (kind: string) => all.filter(({ event }) => event.kind === kind);
  const templates = loadTemplates(folder);
  const messages = new Map(kinds.map((kind) => [kind, presetNames.map((): number[] => [])]));
  const reads = new Map(kinds.map((kind) => [kind, { own: [] as number[], json: [] as number[] }]));
  for (let round = 0; round < run.rounds; round++) {
    run.say(`round ${round + 1}`);
    for (const kind of kinds) {
      // Signals are heard in between only.
      await breath();
      const own = of(kind);
      for (const [at, preset] of presetNames.entries()) {
        const wish = preset === usual ? {} : { template: preset };
        const work = overAll(own, ({ event }) => renderEvent(templates, event, wish));
        perSecond(warmUp, work);
        messages.get(kind)?.[at]?.push(perSecond(run.seconds, work));
      }
      const parse = overAll(own, (one) => one.parse());
      const json = overAll(own, ({ fixture }) => JSON.parse(fixture.body.toString()));
      for (const work of [parse, json]) perSecond(warmUp, work);
      reads.get(kind)?.own.push(perSecond(run.seconds, parse));
      reads.get(kind)?.json.push(perSecond(run.seconds, json));
    }
  }
  return {
    how: [
      "In the process of the benchmark, over all of the project's examples of a kind in turn (`test/forges/gitlab`), one core.",
      "Presets as a rule's `template:` names them: `full` is a template as it is, the others show less of the same.",
      "Reading: the forge's own parser, which is JSON.parse, the checks before it, zod and the event; beside JSON.parse of the same bytes alone.",
    ],
    tables: [
      {
        title: "Messages rendered per second",
        labels: ["kind"],
        columns: presetNames.map((name) => ({ name, digits: 0 })),
        rows: kinds.map((kind) => ({ labels: [kind], figures: messages.get(kind) ?? [] })),
      },
      {
        title: "Payloads read per second",
        labels: ["kind", "examples", "mean bytes"],
        columns: ["read", "JSON.parse alone"].map((name) => ({ name, digits: 0 })).concat({ name: "×", digits: 2 }),
        rows: kinds.map((kind): Row => {
          const { own, json } = reads.get(kind) ?? { own: [], json: [] };
          const bytes = of(kind).reduce((sum, { fixture }) => sum + fixture.body.length, 0) / of(kind).length;
          return { labels: [kind, String(of(kind).length), bytes.toFixed(0)], figures: [own, json, ratios(own, json)] };
        }),
      },
    ],
    targets: [],
    failures: [],
  };
}

/** Work that goes from one example to the next. */
function overAll(all: readonly Example[], work: (one: Example) => unknown): () => unknown {
  let at = 0;
  return () => {
    const one = all[at++ % all.length];
    return one && work(one);
  };
}
