import { type Io, json, oneLine } from "./io.ts";

type Cell = string | null | undefined;

/**
 * Prints rows as a table, or as JSON where it is asked for.
 * @param columns heading and what stands under it
 * @param empty what to say where there are no rows
 */
export function printList<Row>(
  io: Io,
  options: { json?: boolean },
  rows: readonly Row[],
  columns: Record<string, (row: Row) => Cell>,
  empty: string,
): void {
  const cells = Object.values(columns);
  const lines = rows.map((row) => cells.map((cell) => cell(row)));
  io.out(options.json ? json(rows) : rows.length === 0 ? empty : table(Object.keys(columns), lines));
}

/** Lines in columns as wide as their widest cell. */
function table(head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const lines = [head, ...rows.map((row) => row.map((cell) => oneLine(cell ?? "")))];
  const widths = head.map((_, column) => Math.max(...lines.map((line) => (line[column] ?? "").length)));
  return lines
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
