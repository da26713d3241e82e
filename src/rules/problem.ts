/** What is wrong with a line that somebody typed, and where. */
export interface Problem {
  /** a whole sentence or two for the user, the suggestion included; at most a few hundred characters */
  message: string;
  /** the wrong word as typed; empty where something is missing */
  word: string;
  /** 0-based column of the wrong word in the typed text, in UTF-16 units */
  at: number;
  /** how many columns it takes; 0 where something is missing */
  length: number;
  /** what to put in its place */
  suggestion?: string;
}

/** A piece of the typed text and where it begins. */
export interface Piece {
  text: string;
  at: number;
}

/** A problem with one piece of the typed text. `says` is the sentence before "Did you mean …?". */
export function problemAt(piece: Piece, says: string, suggestion?: string): { problem: Problem } {
  const place = { word: piece.text, at: piece.at, length: piece.text.length };
  if (suggestion === undefined) return { problem: { message: says, ...place } };
  return { problem: { message: `${says} Did you mean \`${suggestion}\`?`, ...place, suggestion } };
}

/** “text” for a sentence, cut to 60 characters. */
export function quoted(text: string): string {
  return `“${text.length > 60 ? `${text.slice(0, 59)}…` : text}”`;
}
