import { randomInt } from "node:crypto";

const letters = "abcdefghjkmnpqrstuvwxyz23456789";

/** A new id, short enough to type in a chat; without letters that look alike. */
export const shortId = (): string => Array.from({ length: 7 }, () => letters[randomInt(letters.length)]).join("");
