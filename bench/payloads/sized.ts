import { widths } from "../request.ts";

/**
 * JSON that has so many bytes when its places are filled in: items are added as long as they fit, and a text is filled
 * up with what is left.
 * @param make the payload with so many items and this text
 * @throws Error where even one item is too large
 */
export function sized(bytes: number, make: (items: number, filler: string) => object): string {
  const room = (items: number) => bytes - lengthOf(toJson(make(items, "")));
  let [items, step] = [1, 1];
  while (room(items + step) >= 0) step *= 2;
  for (; step >= 1; step /= 2) if (room(items + step) >= 0) items += step;
  const rest = room(items);
  if (rest < 0) throw new Error(`a payload of ${bytes} bytes is too small for one item`);
  return toJson(make(items, "and so on ".repeat(rest / 10 + 1).slice(0, rest)));
}

const lengthOf = (json: string) =>
  Buffer.byteLength(json.replace(/\{\{(\w+)\}\}/g, (_, name: string) => "0".repeat(widths[name] ?? 0)));

/** Places of numbers stand in quotes while the payload is made: `"#1{{number}}"` becomes `1{{number}}`. */
const toJson = (payload: object) => JSON.stringify(payload).replace(/"#(1\{\{\w+\}\})"/g, "$1");

/** A number that a delivery's own number makes, as a place in a payload. */
export const numberPlace = "#1{{number}}";

/** The word by which the fake Slack knows which delivery a post tells of. */
export const word = "bench-{{number}}";

/** 40 hexadecimal digits, of the delivery's number. */
export const sha = `${"a".repeat(28)}{{number}}`;
