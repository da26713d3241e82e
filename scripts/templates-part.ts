import { kinds } from "../src/events.ts";
import { helpers } from "../src/templates/helpers.ts";
import { table } from "./table.ts";

interface Part {
  name: string;
  does: string;
  fields: { name: string; type: string; does: string }[];
}

const field = /^ {2}\/\*\* (?<does>.*) \*\/\n {2}(?<name>\w+)\??: (?<type>[^;]+);$/gm;

/**
 * The interfaces of src/events.ts with the comment of each field. Throws where a field has no comment in the line
 * above it.
 */
export function readParts(source: string): Part[] {
  const interfaces = /(?:^\/\*\* (?<does>.*) \*\/\n)?^export interface (?<name>\w+)[^{]*\{\n(?<body>[\s\S]*?)^\}/gm;
  return [...source.matchAll(interfaces)].map(({ groups }) => {
    const { name = "", does = "", body = "" } = groups ?? {};
    const fields = [...body.matchAll(field)].map((found) => ({
      name: found.groups?.["name"] ?? "",
      type: (found.groups?.["type"] ?? "").replace(" | undefined", ""),
      does: found.groups?.["does"] ?? "",
    }));
    const declared = body.match(/^ {2}\w+\??:.*$/gm)?.filter((line) => !/^ {2}kind:/.test(line)) ?? [];
    if (declared.length !== fields.length) throw new Error(`src/events.ts: a field of ${name} has no comment above it`);
    return { name, does, fields };
  });
}

const optional = (source: string, part: string, name: string): boolean =>
  new RegExp(`interface ${part}\\b[^}]*?\\n  ${name}\\?:`).test(source);

const fieldTable = (source: string, part: Part): string =>
  table(
    ["field", "", "what"],
    part.fields.map(({ name, type, does }) => [
      `\`${name}\`${optional(source, part.name, name) ? " ?" : ""}`,
      type,
      does,
    ]),
  );

const kindOf = (source: string, name: string): string | undefined =>
  new RegExp(`interface ${name} extends Common \\{\\s*kind: "(\\w+)"`).exec(source)?.[1];

function eventSection(source: string, part: Part, kind: string): string {
  const actions: readonly string[] = Object.entries(kinds).find(([name]) => name === kind)?.[1] ?? [];
  return `### ${kind}\n\n${part.does}\n\nActions: ${actions.map((action) => `\`${action}\``).join(", ")}.\n\n${fieldTable(source, part)}`;
}

/** Helpers and fields for templates/README.md, from the source of src/events.ts and the table of helpers. */
export function templatesPart(source: string): string {
  const parts = readParts(source);
  const common = parts.find(({ name }) => name === "Common");
  if (!common) throw new Error("src/events.ts: no interface Common");
  const events = parts.flatMap((part) => {
    const kind = kindOf(source, part.name);
    return kind ? [eventSection(source, part, kind)] : [];
  });
  const pieces = parts.filter((part) => part !== common && !kindOf(source, part.name));
  const words = Object.values(helpers).map(({ usage, does }) => [`\`${usage}\``, does]);
  return [
    "## Helpers",
    table(["write", "get"], words),
    "## Fields",
    "A `?` marks fields that may be absent: stand them in `{{#if}}`.",
    `### Every event\n\n${fieldTable(source, common)}`,
    ...events,
    ...pieces.map((part) => `### ${part.name}\n\n${fieldTable(source, part)}`),
  ].join("\n\n");
}
