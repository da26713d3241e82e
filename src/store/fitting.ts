/** Bytes of bodies that one transaction removes at most, so that nobody waits for it. */
const mostBytes = 8_000_000;

/** The first rows that one transaction may remove, by their bytes; at least one of them. */
export function fitting<Row extends { weight: number }>(rows: readonly Row[]): Row[] {
  let sum = 0;
  return rows.filter((row, index) => {
    sum += row.weight;
    return index === 0 || sum <= mostBytes;
  });
}
