/** Milliseconds between two edits of one card: a hundred states of a minute are ten edits at most. */
export const editEvery = 7_000;
