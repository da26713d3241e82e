import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** One documented example: the header that the document shows with it, and its body. */
export interface Example {
  /** line of the header in the document, 1-based */
  line: number;
  /** `X-Gitlab-Event` */
  header: string;
  /** `Push Hook` */
  event: string;
  body: string;
}

export interface SeedDocument {
  file: string;
  /** name of the forge that it describes */
  forge: string;
  /** what it says about how a delivery proves itself, else what every GitLab does */
  scheme: "token" | "basic";
  /** `X-Gitlab-Token` */
  tokenHeader: string;
  examples: Example[];
  /** lines that show an event header: as many examples there have to be */
  documented: number;
  /** what was mended so that its examples are JSON, one a line */
  mends: string[];
}

interface Line {
  number: number;
  text: string;
}

/** What tells whose document it is, the first that fits. */
const forgeOf: [RegExp, string][] = [
  [/^X-AtomGit-Event:/m, "atomgit"],
  [/^X-WVS-Event:/m, "wvs"],
  [/GitSwarm/, "gitswarm"],
  [/^X-Gitlab-Event:/m, "gitlab"],
];

const eventLine = /^(X-\w+-Event): (.+)$/;

/** Reads every document of a folder. Throws where an example cannot be read, mended or not. */
export function seedDocuments(folder: string): SeedDocument[] {
  const texts = readdirSync(folder)
    .filter((file) => file.endsWith(".txt"))
    .sort()
    .map((file) => ({ file, text: readFileSync(join(folder, file), "utf8") }));
  const shapes = shapesOf(texts.map(({ text }) => text));
  return texts.map(({ file, text }) => {
    const mends: string[] = [];
    const examples = examplesOf(linesOf(text, mends), (part) => rebuild(part, shapes, mends));
    const brand = /^X-(\w+)-Event: /m.exec(text)?.[1] ?? "Gitlab";
    return {
      file,
      forge: forgeOf.find(([sign]) => sign.test(text))?.[1] ?? "unknown",
      scheme: /HTTP Basic Auth/.test(text) ? "basic" : "token",
      tokenHeader: /X-\w+-Token/.exec(text)?.[0] ?? `X-${brand}-Token`,
      examples,
      documented: text.match(new RegExp(eventLine, "gm"))?.length ?? 0,
      mends,
    };
  });
}

/** Lines without those that only hold the date of a commit, as a page that shows who wrote which line leaves them. */
function linesOf(text: string, mends: string[]): Line[] {
  const lines = text.split(/\r?\n/).map((line, index) => ({ number: index + 1, text: line.trim() }));
  const kept = lines.filter((line) => !/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d [+-]\d\d:\d\d$/.test(line.text));
  if (kept.length < lines.length)
    mends.push(`${lines.length - kept.length} lines that are only a timestamp: left out, among them those in examples`);
  return kept;
}

/** Every event header with the JSON below it, also where that lost its first bracket. */
function examplesOf(lines: readonly Line[], rebuilt: (part: readonly Line[]) => string): Example[] {
  const headers = lines.flatMap(({ text }, index) => (eventLine.test(text) ? [index] : []));
  return headers.map((index, which) => {
    const part = lines.slice(index + 1, headers[which + 1]);
    const [, header = "", event = ""] = eventLine.exec(lines[index]?.text ?? "") ?? [];
    const start = part.findIndex(({ text }) => /^[{"]/.test(text));
    const whole = part[start]?.text.startsWith("{");
    const body = whole ? wholeJson(part.slice(start)) : rebuilt(upToBlank(part.slice(start)));
    return { line: lines[index]?.number ?? 0, header, event, body };
  });
}

const upToBlank = (lines: readonly Line[]) => {
  const end = lines.findIndex(({ text }) => text === "");
  return lines.slice(0, end < 0 ? undefined : end);
};

/** The shortest start of the lines that is JSON. */
function wholeJson(lines: readonly Line[]): string {
  for (const [index, { text }] of lines.entries()) {
    if (!text.startsWith("}")) continue;
    const body = lines.slice(0, index + 1).map((line) => line.text);
    if (isJson(body.join("\n"))) return body.join("\n");
  }
  throw new Error(`line ${lines[0]?.number}: no JSON begins here`);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Which keys each object has, by the key that it stands under. */
type Shapes = Map<string, Set<string>>;

/** The shapes in the documents that are whole: the broken one describes the same payloads. */
function shapesOf(texts: readonly string[]): Shapes {
  const shapes: Shapes = new Map();
  const learn = (name: string, value: unknown): void => {
    if (typeof value !== "object" || value === null) return;
    if (Array.isArray(value)) {
      for (const item of value) learn(name, item);
      return;
    }
    const keys = shapes.get(name) ?? new Set();
    shapes.set(name, keys);
    for (const [key, inner] of Object.entries(value)) {
      keys.add(key);
      learn(key, inner);
    }
  };
  for (const text of texts.filter((one) => /^X-Gitlab-Event:/m.test(one)))
    for (const { body } of examplesOf(linesOf(text, []), () => "null")) learn("", JSON.parse(body));
  return shapes;
}

interface Open {
  name: string;
  members: Record<string, unknown>;
  /** where it is an item of a list: the list */
  list?: Record<string, unknown>[];
}

const member = /^"(\w+)": ?(.*?)(,?)$/;

/**
 * Puts an example together again that lost its closing brackets. An object ends before a key that it does not have in
 * the documents that are whole; in a list, a key that the item has already begins the next item; commas are set anew.
 */
function rebuild(lines: readonly Line[], shapes: Shapes, mends: string[]): string {
  const root: Record<string, unknown> = {};
  const open: Open[] = [{ name: "", members: root }];
  let before: { line: number; comma: boolean } | undefined;
  const mend = (line: number, what: string) => mends.push(`line ${line}: ${what}`);
  const close = (line: number, where: string) => mend(line, `“${open.pop()?.name}” has no end: ended ${where}`);
  mend(lines[0]?.number ?? 0, "the example has no “{”: begun here");

  for (const { number, text } of lines) {
    const [, key = "", value = "", comma] = member.exec(text) ?? [];
    if (!key) throw new Error(`line ${number}: neither a key nor a bracket`);
    const depth = open.length;
    while (open.length > 1 && !shapes.get(open.at(-1)?.name ?? "")?.has(key)) close(number, `before “${key}”`);
    const ended = open.length < depth;
    if (before && before.comma === ended)
      mend(before.line, ended ? "a comma before an end: left out" : "no comma before the next key: set");
    before = undefined;

    const top = open.at(-1) ?? { name: "", members: root };
    if (top.list && (top.list.length === 0 || Object.hasOwn(top.members, key))) {
      mend(number, `an item of “${top.name}” has no brackets: begun before “${key}”`);
      top.members = {};
      top.list.push(top.members);
    } else if (Object.hasOwn(top.members, key)) {
      mend(number, `“${key}” is in “${top.name}” already: left out`);
      before = { line: number, comma: comma === "," };
      continue;
    }
    if (value === "{") {
      const members = {};
      top.members[key] = members;
      open.push({ name: key, members });
    } else if (value === "[") {
      const list: Record<string, unknown>[] = [];
      top.members[key] = list;
      open.push({ name: key, members: {}, list });
    } else {
      top.members[key] = JSON.parse(value);
      before = { line: number, comma: comma === "," };
    }
  }
  const last = lines.at(-1)?.number ?? 0;
  while (open.length > 1) close(last, "with the example");
  mend(last, "the example has no “}”: ended here");
  return JSON.stringify(root);
}
