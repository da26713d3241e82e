/** How many letters must be put in, taken out or changed to turn one word into the other (Levenshtein). */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (const [line, letter] of [...a].entries()) {
    const next = [line + 1];
    for (const [column, other] of [...b].entries()) {
      const changed = (row[column] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(changed, (row[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}

/**
 * The candidate that somebody who typed `word` most likely meant: at most 3 letters off and at most half of the
 * word, a third where another letter comes first; of equals the first. Undefined where none is near, and for words
 * over 40 characters.
 */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  if (word.length > 40) return undefined;
  let best: { candidate: string; off: number } | undefined;
  for (const candidate of candidates) {
    const off = distance(word.toLowerCase(), candidate.toLowerCase());
    const part = word.charAt(0).toLowerCase() === candidate.charAt(0).toLowerCase() ? 2 : 3;
    const limit = Math.min(3, Math.floor(Math.max(word.length, candidate.length) / part));
    if (off <= limit && off < (best?.off ?? Number.POSITIVE_INFINITY)) best = { candidate, off };
  }
  return best?.candidate;
}
