/** A parsed body, or why it is none. */
export type Json = { json: unknown } | { problem: string };

const mostDepth = 64;
const mostItems = 5_000;
/** In memory a value takes up to a hundred times what it takes in the body. */
const mostValues = 1_000_000;
const unsafeKeys = new Set(["__proto__", "constructor", "prototype"]);

/**
 * Parses a hostile body. Depth and the number of values are limited before the parser sees it: `JSON.parse` takes a
 * million levels, most code after it does not; and where its memory ends within the parser, V8 ends the whole process,
 * also from a thread (https://nodejs.org/api/worker_threads.html#new-workerfilename-options, `resourceLimits`). Lists are cut to 5,000 items, keys that reach into prototypes are dropped, whole numbers beyond
 * 2^53 become text so that no two ids merge, and the values of CI variables are removed: they are secrets
 * (https://docs.gitlab.com/user/project/integrations/webhook_events/#pipeline-events).
 */
export function readJson(body: Buffer): Json {
  if (body.length === 0) return { problem: "the body is empty" };
  const problem = tooMuch(body);
  if (problem !== undefined) return { problem };
  try {
    const text = new TextDecoder().decode(body);
    const json: unknown = /\d{16}/.test(text) ? JSON.parse(text, keepLongNumbers) : JSON.parse(text);
    return { json: tame(json) };
  } catch {
    // The parser's own message quotes the body, which may hold secrets.
    return { problem: "the body is not JSON" };
  }
}

/** Why the parser must not see a body: counts brackets and commas outside strings, up to the limits. */
function tooMuch(body: Buffer): string | undefined {
  let [level, values, quoted] = [0, 0, false];
  for (let at = 0; at < body.length; at++) {
    const byte = body[at];
    if (quoted) {
      if (byte === 0x5c) at++;
      else if (byte === 0x22) quoted = false;
    } else if (byte === 0x22) quoted = true;
    else if (byte === 0x2c) values++;
    else if (byte === 0x7b || byte === 0x5b) {
      values++;
      if (++level > mostDepth) return `the body is nested more than ${mostDepth} levels deep`;
    } else if (byte === 0x7d || byte === 0x5d) level--;
    if (values > mostValues) return "the body has more than a million values";
  }
  return undefined;
}

/** https://github.com/tc39/proposal-json-parse-with-source: the third argument holds the number as it was written. */
function keepLongNumbers(this: unknown, _key: string, value: unknown, context?: { source?: string }): unknown {
  return typeof value === "number" && !Number.isSafeInteger(value) && /^-?\d+$/.test(context?.source ?? "")
    ? context?.source
    : value;
}

function tame(value: unknown): unknown {
  if (Array.isArray(value)) {
    value.length = Math.min(value.length, mostItems);
    for (const item of value) tame(item);
  } else if (typeof value === "object" && value !== null) {
    for (const [key, item] of Object.entries(value)) {
      if (unsafeKeys.has(key)) Reflect.deleteProperty(value, key);
      else tame(item);
      if (key === "variables" && Array.isArray(item)) hideValues(item);
    }
  }
  return value;
}

function hideValues(variables: unknown[]): void {
  for (const variable of variables) {
    if (typeof variable === "object" && variable !== null && "value" in variable) variable.value = "[removed]";
  }
}
