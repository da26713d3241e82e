import type { Outcome } from "./scenario.ts";

const mostProblems = 20;

/** What a run showed, as lines for people. */
export function reportOf({ problems, figures, more, kept }: Outcome): string[] {
  const lines = Object.entries({ ...more, ...figures }).map(
    ([name, value]) => `${wordsOf(name).padEnd(20)} ${figureOf(name, value)}`,
  );
  const kinds = [...new Set(problems.map(({ kind }) => kind))];
  return [
    ...lines,
    "",
    ...(problems.length === 0
      ? [
          "No problem: nothing lost, invented, doubled without a record, out of order, over the pace or astray; each card is the only one and shows the newest state.",
        ]
      : kinds.flatMap((kind) => {
          const all = problems.filter((problem) => problem.kind === kind);
          const rest = all.length > mostProblems ? [`  … and ${all.length - mostProblems} more`] : [];
          return [`${kind}: ${all.length}`, ...all.slice(0, mostProblems).map(({ says }) => `  ${says}`), ...rest];
        })),
    ...(kept ? ["", `Logs and data are kept in ${kept}`] : []),
  ];
}

/** `secondsToDrain` → `seconds to drain` */
const wordsOf = (name: string) => name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);

function figureOf(name: string, value: unknown): string {
  if (typeof value === "number") return String(Math.round(value * 10) / 10);
  if (Array.isArray(value)) return value.map((one) => `\n  ${one}`).join("");
  if (typeof value !== "object" || value === null) return String(value);
  const show = (one: unknown) => (name === "memory" ? `${Math.round(Number(one) / 1e6)} MB` : String(one));
  return Object.entries(value)
    .toSorted(([a], [b]) => a.localeCompare(b))
    .map(([key, one]) => `${key} ${show(one)}`)
    .join(", ");
}
