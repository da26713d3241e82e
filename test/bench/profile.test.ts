import { expect, test } from "vitest";
import { hottest } from "../../bench/profile.ts";

test("the functions that took most of the time that was not idle", () => {
  const frame = (functionName: string, url = "") => ({ functionName, url, lineNumber: 9 });
  const profile = {
    nodes: [
      { id: 1, callFrame: frame("(idle)") },
      { id: 2, callFrame: frame("seal", "file:///home/me/belfry/src/store/seal.ts") },
      { id: 3, callFrame: frame("", "file:///home/me/belfry/node_modules/kysely/dist/a.js") },
      { id: 4, callFrame: frame("seal", "file:///home/me/belfry/src/store/seal.ts") },
    ],
    samples: [1, 2, 3, 4],
    timeDeltas: [9_000, 20, 40, 40],
  };
  expect(hottest(profile, 5)).toEqual([
    { where: "seal src/store/seal.ts:10", share: 0.6 },
    { where: "(anonymous) node_modules/kysely/dist/a.js:10", share: 0.4 },
  ]);
  expect(hottest(profile, 1)).toHaveLength(1);
});
