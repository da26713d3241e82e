import { readdirSync, readFileSync, statSync } from "node:fs";
import { basename, join } from "node:path";

/**
 * Who may see a secret that was planted. `secret`: nobody. `typed`: who typed it into a command, in the answer.
 * `written`: who reads what people wrote on the forge. None of them may come into a log or, in clear, onto a disk.
 */
export type CanaryKind = "secret" | "typed" | "written";

/** A place where canaries are looked for. */
export interface Searched {
  name: string;
  bytes: string | Buffer;
  /** canaries of these kinds are right there */
  allows?: readonly CanaryKind[];
  /** the value of a canary that is shown there by design, once */
  shows?: readonly string[];
}

export interface Canaries {
  /** makes up a secret that is found again in every form */
  plant(name: string, kind?: CanaryKind): string;
  /** a secret that somebody else made up */
  watch(name: string, value: string, kind?: CanaryKind): string;
  /** `name (form) in place` for each that is where it must not be */
  find(places: readonly Searched[]): string[];
}

interface Canary {
  name: string;
  kind: CanaryKind;
  value: string;
}

export function createCanaries(): Canaries {
  const canaries: Canary[] = [];
  const watch = (name: string, value: string, kind: CanaryKind = "secret") => {
    if (value.length < 8) throw new Error(`the canary ${name} is too short to be looked for`);
    canaries.push({ name, kind, value });
    return value;
  };
  return {
    watch,
    plant: (name, kind) => watch(name, `CANARY-${name}-${String(canaries.length).padStart(3, "0")}f9a`, kind),
    find: (places) => {
      const needles = needlesOf(canaries);
      return places.flatMap((place) => findIn(place, needles));
    },
  };
}

/** A form of a canary, as it is looked for: in lower case, because hosts and headers are written so. */
interface Needle {
  canary: Canary;
  form: string;
  bytes: Buffer;
}

/** All forms of all canaries by their first four bytes: a place is gone through once, however many there are. */
function needlesOf(canaries: readonly Canary[]): Map<number, Needle[]> {
  const needles = canaries.flatMap((canary) =>
    Object.entries(forms(canary.value)).map(([form, text]) => ({ canary, form, bytes: lowered(text) })),
  );
  return Map.groupBy(needles, ({ bytes }) => bytes.readUInt32LE(0));
}

const lowered = (text: string): Buffer => Buffer.from(text.toLowerCase(), "latin1");

function findIn({ name: place, bytes, allows = [], shows = [] }: Searched, needles: Map<number, Needle[]>): string[] {
  const text = lowered(Buffer.from(bytes).toString("latin1"));
  const found = new Map<Canary, string>();
  for (let at = 0; at + 4 <= text.length; at += 1)
    for (const { canary, form, bytes: wanted } of needles.get(text.readUInt32LE(at)) ?? [])
      if (!found.has(canary) && text.subarray(at, at + wanted.length).equals(wanted)) found.set(canary, form);
  return [...found]
    .filter(([{ kind, value }]) => !allows.includes(kind) && !shows.includes(value))
    .map(([{ name }, form]) => `${name} (${form}) in ${place}`);
}

/** How a text may stand somewhere, as Latin-1. */
export function forms(value: string): Record<string, string> {
  const bytes = Buffer.from(value);
  const each = (write: (byte: number) => string) => Array.from(bytes, write).join("");
  const hex = (byte: number) => byte.toString(16).padStart(2, "0");
  const plain = bytes.toString("latin1");
  const within = [0, 1, 2].map((before) => [`base64 after ${before} bytes`, base64Within(bytes, before)] as const);
  const inAddresses = within.map(([form, text]) => [`${form}, URL`, text.replaceAll("+", "-").replaceAll("/", "_")]);
  return {
    plain,
    reversed: [...plain].reverse().join(""),
    "URL-encoded": encodeURIComponent(value),
    "all URL-encoded": each((byte) => `%${hex(byte)}`),
    JSON: Buffer.from(JSON.stringify(value).slice(1, -1)).toString("latin1"),
    "JSON, reversed": [...JSON.stringify(plain).slice(1, -1)].reverse().join(""),
    "JSON, all escaped": each((byte) => `\\u00${hex(byte)}`),
    "HTML, all escaped": each((byte) => `&#x${hex(byte)};`),
    hex: bytes.toString("hex"),
    "UTF-16": each((byte) => `${String.fromCharCode(byte)}\0`),
    ...Object.fromEntries([...within, ...inAddresses]),
  };
}

/** What of a text's base64 does not depend on the bytes around it. */
function base64Within(bytes: Buffer, before: number): string {
  const text = Buffer.concat([Buffer.alloc(before), bytes])
    .toString("base64")
    .replace(/=+$/, "");
  const start = Math.ceil((before * 8) / 6);
  const whole = Math.floor(((before + bytes.length) * 8) / 6);
  return text.slice(start, whole);
}

/** Every file of a folder and of those below it, as it is on the disk now. */
export function filesOf(folder: string, without: readonly string[] = []): Searched[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((path) => join(folder, path))
    .filter((path) => statSync(path, { throwIfNoEntry: false })?.isFile() && !without.includes(basename(path)))
    .map((path) => ({ name: path.slice(folder.length + 1), bytes: readFileSync(path) }));
}
