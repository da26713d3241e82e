/** What is wrong with a rules file, and where. */
export interface FileProblem {
  /** 1-based */
  line: number;
  /** 1-based, in UTF-16 units */
  column: number;
  /** the wrong word as written; empty where something is missing, and where it may be a secret */
  word: string;
  /** whole sentences for the user */
  message: string;
  /** the line of the file; absent where it may show a secret */
  excerpt?: string;
}

/** `rules.yml:12:9: …`, with the line and a caret under the wrong word where the line may be shown. */
export function formatProblem(problem: FileProblem, file = "rules.yml"): string {
  const { line, column, word, message, excerpt } = problem;
  const head = `${file}:${line}:${column}: ${message}`;
  // A long line is shown from a little before the word, so that the caret is in sight.
  const from = column > 80 ? column - 40 : 0;
  const shown = excerpt?.slice(from, from + 120);
  if (shown === undefined) return head;
  const room = shown.slice(0, column - 1 - from).replace(/[^\t]/g, " ");
  const carets = "^".repeat(Math.max(1, Math.min(word.length, shown.length - room.length)));
  return `${head}\n  ${shown}\n  ${room}${carets}`;
}
