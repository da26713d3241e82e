import type { Problem } from "./problem.ts";

/** Words with which `/readyz` may say that commits reach the disk. */
const on = new Set<unknown>([true, "on", "full", "ok"]);

/**
 * What `/readyz` says about fsync. A Belfry that has no such page yet, or whose page does not speak of it, gives no
 * evidence: that is not held against it.
 */
export function checkFsync(ready: readonly unknown[]): Problem[] {
  const said = ready.flatMap((answer) =>
    typeof answer === "object" && answer !== null && "fsync" in answer ? [answer.fsync] : [],
  );
  const off = said.find((word) => !on.has(word));
  return off === undefined
    ? []
    : [
        {
          kind: "durability",
          says: `/readyz says that fsync is ${JSON.stringify(off)}: a power cut may lose what was answered 2xx.`,
        },
      ];
}
