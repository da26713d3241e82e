import { kinds } from "../src/events.ts";
import { helpers } from "../src/templates/helpers.ts";
import { table } from "./table.ts";

interface Part {
  name: string;
  does: string;
  /** the interface that it extends */
  base: string | undefined;
  /** its kind of event, where it is one */
  kind: string | undefined;
  /** its own, without those of `base` */
  fields: Field[];
}

interface Field {
  name: string;
  isOptional: boolean;
  type: string;
  does: string;
}

const field = /^ {2}\/\*\* (?<does>.*) \*\/\n {2}(?<name>\w+)(?<mark>\??): (?<type>[^;]+);$/gm;

/**
 * The interfaces of src/events.ts with the comment of each field. Throws where a field has no comment in the line
 * above it.
 */
export function readParts(source: string): Part[] {
  const interfaces =
    /(?:^\/\*\* (?<does>.*) \*\/\n)?^export interface (?<name>\w+)(?: extends (?<base>[^{]+))? \{\n(?<body>[\s\S]*?)^\}/gm;
  return [...source.matchAll(interfaces)].map(({ groups }) => {
    const { name = "", does = "", base, body = "" } = groups ?? {};
    const fields = [...body.matchAll(field)].map((found) => ({
      name: found.groups?.["name"] ?? "",
      isOptional: found.groups?.["mark"] === "?",
      type: (found.groups?.["type"] ?? "").replace(" | undefined", ""),
      does: found.groups?.["does"] ?? "",
    }));
    const declared = body.match(/^ {2}\w+\??:.*$/gm)?.filter((line) => !/^ {2}kind:/.test(line)) ?? [];
    if (declared.length !== fields.length) throw new Error(`src/events.ts: a field of ${name} has no comment above it`);
    return { name, does, base, kind: /^ {2}kind: "(\w+)"/m.exec(body)?.[1], fields };
  });
}

/**
 * The fields of a part: those of what it extends, with its own words where it has some, then its own. What every event
 * has stands once, above all kinds.
 */
function fieldsOf({ base: name, fields }: Part, parts: readonly Part[]): Field[] {
  if (name === undefined || name === "Common") return fields;
  const base = parts.find((part) => part.name === name);
  if (!base) throw new Error(`src/events.ts: no interface ${name}`);
  return [...new Map([...fieldsOf(base, parts), ...fields].map((one) => [one.name, one])).values()];
}

const fieldTable = (part: Part, parts: readonly Part[]): string =>
  table(
    ["field", "", "what"],
    fieldsOf(part, parts).map(({ name, isOptional, type, does }) => [
      `\`${name}\`${isOptional ? " ?" : ""}`,
      type,
      does,
    ]),
  );

function eventSection(part: Part, kind: string, parts: readonly Part[]): string {
  const actions: readonly string[] = Object.entries(kinds).find(([name]) => name === kind)?.[1] ?? [];
  return `### ${kind}\n\n${part.does}\n\nActions: ${actions.map((action) => `\`${action}\``).join(", ")}.\n\n${fieldTable(part, parts)}`;
}

/** Helpers and fields for templates/README.md, from the source of src/events.ts and the table of helpers. */
export function templatesPart(source: string): string {
  const parts = readParts(source);
  const common = parts.find(({ name }) => name === "Common");
  if (!common) throw new Error("src/events.ts: no interface Common");
  const events = parts.flatMap((part) => (part.kind ? [eventSection(part, part.kind, parts)] : []));
  const bases = new Set(parts.map(({ base }) => base));
  const pieces = parts.filter((part) => !part.kind && !bases.has(part.name));
  const words = Object.values(helpers).map(({ usage, does }) => [`\`${usage}\``, does]);
  return [
    "## Helpers",
    table(["write", "get"], words),
    "## Fields",
    "A `?` marks fields that may be absent: stand them in `{{#if}}`.",
    `### Every event\n\n${fieldTable(common, parts)}`,
    ...events,
    ...pieces.map((part) => `### ${part.name}\n\n${fieldTable(part, parts)}`),
  ].join("\n\n");
}
