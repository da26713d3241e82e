import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import * as exported from "../src/webhooks.ts";

const folder = join(import.meta.dirname, "../docs/schemas");

/** The payloads' schemas by the name of their file: `MergeRequestHook` is `merge_request`. */
export const payloads: Readonly<Record<string, z.ZodType>> = Object.fromEntries(
  Object.entries(exported).flatMap(([name, value]) =>
    value instanceof z.ZodType && name.endsWith("Hook") ? [[toKind(name), value]] : [],
  ),
);

function toKind(name: string): string {
  return name
    .replace(/Hook$/, "")
    .replace(/\B[A-Z]/g, (letter) => `_${letter}`)
    .toLowerCase();
}

/** Headers or system events that the schema is listed under. */
const namesIn = (table: Readonly<Record<string, z.ZodType>>, schema: z.ZodType) =>
  Object.keys(table).filter((name) => table[name] === schema);

function descriptionOf(schema: z.ZodType): string {
  const headers = namesIn(exported.webhooks, schema).map((name) => `“${name}”`);
  const system = namesIn(exported.systemHooks, schema).map((name) => `“${name}”`);
  const parts = [
    ...(headers.length > 0 ? [`the event header ${headers.join(" or ")}`] : []),
    ...(system.length > 0 ? [`system hooks that say ${system.join(" or ")}`] : []),
  ];
  return `What Belfry reads of deliveries with ${parts.join(", and of ")}. Payloads have more fields than these.`;
}

/** The JSON Schema of a kind's payload, draft 2020-12. */
export function jsonSchema(kind: string): z.core.JSONSchema.BaseSchema {
  const schema = payloads[kind];
  if (!schema) throw new Error(`no schema of kind ${kind}`);
  const { $schema, ...rest } = z.toJSONSchema(schema, { io: "input" });
  return { ...($schema && { $schema }), title: kind, description: descriptionOf(schema), ...rest };
}

/** Every file of docs/schemas as it should be, by name. */
export const schemaFiles = (): Record<string, string> =>
  Object.fromEntries(
    Object.keys(payloads).map((kind) => [`${kind}.json`, `${JSON.stringify(jsonSchema(kind), null, 2)}\n`]),
  );

if (import.meta.main) {
  mkdirSync(folder, { recursive: true });
  const wanted = schemaFiles();
  const present = readdirSync(folder);
  const current = (file: string) => (present.includes(file) ? readFileSync(join(folder, file), "utf8") : undefined);
  const stale = [...new Set([...present, ...Object.keys(wanted)])].filter((file) => current(file) !== wanted[file]);
  for (const file of stale) {
    const text = wanted[file];
    if (process.argv.includes("--check")) {
      console.error(`docs/schemas/${file} is stale: run npm run schemas`);
      process.exitCode = 1;
    } else if (text === undefined) rmSync(join(folder, file));
    else writeFileSync(join(folder, file), text);
  }
}
