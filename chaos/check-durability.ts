import type { Problem } from "./problem.ts";

/**
 * What `/readyz` says about fsync: whether commits reach the disk before they are answered. A page that could not be
 * asked, or whose store could not, is no evidence.
 */
export function checkDurability(ready: readonly unknown[]): Problem[] {
  const off = ready.some(
    (answer) => isObject(answer) && isObject(answer["store"]) && answer["store"]["durable"] === false,
  );
  if (!off) return [];
  const says = "/readyz says that the store is not durable: a power cut may lose what was answered 2xx.";
  return [{ kind: "durability", says }];
}

/** How often `/readyz` said that commits reach the disk. */
export const countDurable = (ready: readonly unknown[]): number =>
  ready.filter((answer) => isObject(answer) && isObject(answer["store"]) && answer["store"]["durable"] === true).length;

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;
