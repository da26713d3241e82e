import { readFileSync } from "node:fs";

/**
 * Loaded into Belfry's processes with `--import`: moves their clock by the milliseconds in the file CHAOS_CLOCK, which
 * may change while they run. Timers stay as they are, as with a clock that somebody sets.
 */
const path = process.env["CHAOS_CLOCK"];
const Real = Date;
const lookEvery = 20;
let offset = 0;
let looked = Number.NEGATIVE_INFINITY;

function now(): number {
  if (path !== undefined && performance.now() - looked > lookEvery) {
    looked = performance.now();
    offset = Number(readFileSync(path, "utf8"));
  }
  return Real.now() + offset;
}

globalThis.Date = new Proxy(Real, {
  construct: (target, given, newTarget) => Reflect.construct(target, given.length > 0 ? given : [now()], newTarget),
  apply: () => new Real(now()).toString(),
  get: (target, key, receiver) => (key === "now" ? now : Reflect.get(target, key, receiver)),
});
