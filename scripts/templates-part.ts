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
  /** its action, where it has but one: that of a view */
  action: string | undefined;
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
 * The interfaces of src/events.ts or src/cards/views.ts with the comment of each field. Throws where a field has no
 * comment in the line above it.
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
    const declared = body.match(/^ {2}\w+\??:.*$/gm)?.filter((line) => !/^ {2}(?:kind|action): "/.test(line)) ?? [];
    if (declared.length !== fields.length) throw new Error(`a field of ${name} has no comment above it`);
    const only = (key: string) => new RegExp(`^ {2}${key}: "(\\w+)"`, "m").exec(body)?.[1];
    return { name, does, base: base?.trim(), kind: only("kind"), action: only("action"), fields };
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

const tableOf = (fields: readonly Field[]): string =>
  table(
    ["field", "", "what"],
    fields.map(({ name, isOptional, type, does }) => [`\`${name}\`${isOptional ? " ?" : ""}`, type, does]),
  );

const fieldTable = (part: Part, parts: readonly Part[]): string => tableOf(fieldsOf(part, parts));

function eventSection(part: Part, kind: string, parts: readonly Part[]): string {
  const actions: readonly string[] = Object.entries(kinds).find(([name]) => name === kind)?.[1] ?? [];
  return `### ${kind}\n\n${part.does}\n\nActions: ${actions.map((action) => `\`${action}\``).join(", ")}.\n\n${fieldTable(part, parts)}`;
}

/** Its own fields: the others are those of the event that it extends. */
function viewSection({ base, action, does, fields }: Part, events: readonly Part[]): string {
  const kind = events.find(({ name }) => name === base)?.kind;
  if (!kind) throw new Error(`src/cards/views.ts: no event ${base}`);
  const text = does.replace(/^Template `[^`]*`: (.)/, (_all, first: string) => first.toUpperCase());
  return `### ${kind}.${action}\n\n${text}\n\n${tableOf(fields)}`;
}

/**
 * Helpers and fields for templates/README.md, from the sources of src/events.ts and src/cards/views.ts and the table of
 * helpers.
 */
export function templatesPart(source: string, viewSource = ""): string {
  const parts = readParts(source);
  const views = readParts(viewSource);
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
    ...(views.length > 0 ? viewsPart(views, parts) : []),
  ].join("\n\n");
}

/** What live messages have beside the fields of their newest event. */
function viewsPart(views: readonly Part[], events: readonly Part[]): string[] {
  return [
    "## Fields of live messages",
    "Beside these they have the fields of their kind, from the newest event of the object.",
    ...views.filter(({ action }) => action).map((view) => viewSection(view, events)),
    ...views.filter(({ action }) => !action).map((part) => `### ${part.name}\n\n${fieldTable(part, views)}`),
  ];
}
