import type { Document, LineCounter, Scalar } from "yaml";
import { isMap, isNode, isScalar } from "yaml";
import type { FileProblem } from "./file-problem.ts";

/** A name of an environment variable after `secret_env:`, or a list of them, is no secret; all else may be one. */
const harmless =
  /secret_env["']?\s*:\s*(?:["']?[A-Z][A-Z0-9_]*(?=["']?\s*([,}#]|$))|\[\s*[A-Z][A-Z0-9_]*(?:\s*,\s*[A-Z][A-Z0-9_]*)*\s*\])/g;
const escapes = new Map<Scalar["type"], RegExp>([
  ["QUOTE_DOUBLE", /^\\(x..|u.{4}|U.{8}|.)/],
  ["QUOTE_SINGLE", /^''/],
]);
const telling = /(secret|token|password)\w*["']?\s*:/i;

/** Turns places in a parsed file into problems. */
export function createPlaces(text: string, document: Document, counter: LineCounter) {
  const lines = text.split(/\r?\n/);

  /** A problem at an offset of the text. A line that may show a secret is not kept. */
  function problemAt(offset: number, word: string, message: string): FileProblem {
    const { line, col } = counter.linePos(offset);
    const excerpt = lines[line - 1] ?? "";
    const problem = { line, column: col, word, message };
    return telling.test(excerpt.replace(harmless, "")) ? problem : { ...problem, excerpt };
  }

  /** Where the value of a path begins, else that of its nearest parent that is there. */
  function offsetOf(path: readonly PropertyKey[]): number {
    const node = path.length === 0 ? document.contents : document.getIn(path, true);
    if (isNode(node)) return node.range?.[0] ?? 0;
    return path.length === 0 ? 0 : offsetOf(path.slice(0, -1));
  }

  /** Where a key of the map at a path begins. */
  function offsetOfKey(path: readonly PropertyKey[], key: string): number {
    const map = path.length === 0 ? document.contents : document.getIn(path, true);
    const pair = isMap(map)
      ? map.items.find((item) => isScalar(item.key) && String(item.key.value) === key)
      : undefined;
    return isScalar(pair?.key) ? (pair.key.range?.[0] ?? 0) : offsetOf(path);
  }

  /** Where a column of a text begins in the file; its start where the text goes over several lines. */
  function offsetIn(scalar: Scalar, column: number): number {
    const [from, to] = scalar.range ?? [0, 0];
    const written = text.slice(from, to);
    const escaped = escapes.get(scalar.type);
    if (/[\r\n]/.test(written)) return from;
    let offset = scalar.type?.startsWith("QUOTE") ? 1 : 0;
    for (let at = 0; at < column; at += 1) offset += escaped?.exec(written.slice(offset))?.[0].length ?? 1;
    return from + offset;
  }

  return { problemAt, offsetOf, offsetOfKey, offsetIn };
}

export type Places = ReturnType<typeof createPlaces>;
