import { readFileSync } from "node:fs";
import { basename } from "node:path";

/** A CPU profile as V8 writes it. https://chromedevtools.github.io/devtools-protocol/tot/Profiler/#type-Profile */
export interface CpuProfile {
  nodes: { id: number; callFrame: { functionName: string; url: string; lineNumber: number } }[];
  samples: number[];
  /** microseconds since the sample before */
  timeDeltas: number[];
}

export interface Hot {
  /** function and file */
  where: string;
  /** of the time that was not idle */
  share: number;
}

/** The functions in which most of the time was spent itself, the most first. */
export function hottest({ nodes, samples, timeDeltas }: CpuProfile, most: number): Hot[] {
  const names = new Map(nodes.map(({ id, callFrame }) => [id, placeOf(callFrame)]));
  const times = new Map<string, number>();
  let all = 0;
  for (const [index, id] of samples.entries()) {
    const name = names.get(id) ?? "unknown";
    if (name.startsWith("(idle)")) continue;
    const took = timeDeltas[index] ?? 0;
    all += took;
    times.set(name, (times.get(name) ?? 0) + took);
  }
  return [...times]
    .map(([where, took]) => ({ where, share: took / all }))
    .toSorted((a, b) => b.share - a.share)
    .slice(0, most);
}

const placeOf = ({ functionName, url, lineNumber }: CpuProfile["nodes"][number]["callFrame"]) => {
  const file = url.replace(/^.*\/(?=node_modules\/|src\/)/, "");
  return `${functionName || "(anonymous)"}${file ? ` ${file}:${lineNumber + 1}` : ""}`;
};

/** Says where the profile is, and where the time went. */
export function sayHottest(file: string, say: (line: string) => void): void {
  say(`profile: ${file} (for the Performance panel of Chromium's DevTools)`);
  const profile = JSON.parse(readFileSync(file, "utf8")) as CpuProfile;
  for (const { where, share } of hottest(profile, 25))
    say(`  ${(share * 100).toFixed(1).padStart(5)} % ${where}  ${basename(file)}`);
}
