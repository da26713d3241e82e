import type { Piece, Problem } from "./problem.ts";
import { problemAt } from "./problem.ts";

/** Straight quotes, and those that word processors and phones put in their place. */
const quoteMarks = `"“”„‟`;

interface Letter {
  text: string;
  at: number;
  /** true between quotes: a space, comma or plus there is only itself */
  quoted: boolean;
  /** true for the quotes themselves and for the `\` before a quote or another `\` */
  mark: boolean;
}

/** Every letter with its place, and where a quote was left open. */
function lettersOf(text: string): { letters: Letter[]; open: number | undefined } {
  const letters: Letter[] = [];
  let open: number | undefined;
  for (let at = 0; at < text.length; at += 1) {
    const letter = text.charAt(at);
    const next = text.charAt(at + 1);
    const escaped = open !== undefined && letter === "\\" && next !== "" && `${quoteMarks}\\`.includes(next);
    if (escaped) {
      letters.push(
        { text: letter, at, quoted: true, mark: true },
        { text: next, at: at + 1, quoted: true, mark: false },
      );
      at += 1;
    } else if (quoteMarks.includes(letter)) {
      letters.push({ text: letter, at, quoted: true, mark: true });
      open = open === undefined ? at : undefined;
    } else letters.push({ text: letter, at, quoted: open !== undefined, mark: false });
  }
  return { letters, open };
}

/** The runs of letters between those for which `parts` holds, empty runs included. */
function split(letters: readonly Letter[], parts: (letter: string) => boolean, end: number): Piece[] {
  const pieces: Piece[] = [];
  let piece: Piece = { text: "", at: letters[0]?.at ?? end };
  for (const letter of letters) {
    if (!letter.quoted && parts(letter.text)) {
      pieces.push(piece);
      piece = { text: "", at: letter.at + 1 };
    } else piece.text += letter.text;
  }
  return [...pieces, piece];
}

/**
 * Splits a line at its spaces, but not within "quotes" (straight or curly; `\"` is a quote within them). The words
 * keep their quotes, so that a place in a word is a place in the line; `plain` takes them off.
 */
export function splitWords(text: string): { words: Piece[] } | { problem: Problem } {
  const { letters, open } = lettersOf(text);
  if (open !== undefined) return problemAt({ text: text.slice(open), at: open }, "This quote is not closed.");
  return { words: split(letters, (letter) => /\s/.test(letter), text.length).filter((word) => word.text !== "") };
}

/** Splits a word at a separator that is not within quotes. Empty pieces are kept. */
export function splitAt(word: Piece, separators: string): Piece[] {
  const pieces = split(lettersOf(word.text).letters, (letter) => separators.includes(letter), 0);
  return pieces.map((piece) => ({ text: piece.text, at: piece.at + word.at }));
}

/** Whether the word has one of these letters outside its quotes. */
export function hasOutsideQuotes(word: string, separators: string): boolean {
  return lettersOf(word).letters.some((letter) => !letter.quoted && separators.includes(letter.text));
}

/** The word without its quotes and escapes. */
export function plain(word: string): string {
  return lettersOf(word)
    .letters.filter((letter) => !letter.mark)
    .map((letter) => letter.text)
    .join("");
}

/** The text as it must be typed to be one value: quoted where it has spaces, quotes or separators. */
export function spell(text: string): string {
  if (text !== "" && !/[\s,+"“”„‟]/.test(text)) return text;
  return `"${text.replace(/["“”„‟\\]/g, "\\$&")}"`;
}
