import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/**
 * JavaScript in dist/, and declarations of what the package exports, for `npm pack` only: Node strips no types of files
 * under node_modules (https://nodejs.org/api/typescript.html#type-stripping-in-dependencies). A checkout runs src/.
 */
const root = join(import.meta.dirname, "..");
const dist = join(root, "dist");

/** What tsc leaves as it is: the imports of declarations, and addresses of files, by which threads are started. */
const renamed = (text: string): string =>
  text.replace(/(\b(?:from |import\(|new URL\()"\.{1,2}\/[^"]+)\.ts"/g, '$1.js"');

/** Schemas need zod only. What reads payloads stands beside them, and would make everybody need Node's types. */
const withoutReaders = (text: string): string => text.replace(/^.*(?:"\.\/kind\.js"|\bReadKind\b).*\n/gm, "");

/** The declarations that one needs, itself among them. */
function neededBy(file: string, known = new Set<string>()): Set<string> {
  if (known.has(file)) return known;
  known.add(file);
  for (const [, path = ""] of readFileSync(file, "utf8").matchAll(/"(\.{1,2}\/[^"]+)\.js"/g))
    neededBy(join(dirname(file), `${path}.d.ts`), known);
  return known;
}

function build(): void {
  const files = readdirSync(dist, { recursive: true, encoding: "utf8" }).map((file) => join(dist, file));
  const declarations = files.filter((file) => file.endsWith(".d.ts"));
  for (const file of files.filter((file) => file.endsWith(".js")))
    writeFileSync(file, renamed(readFileSync(file, "utf8")));
  for (const file of declarations) writeFileSync(file, withoutReaders(renamed(readFileSync(file, "utf8"))));
  const needed = neededBy(join(dist, "webhooks.d.ts"));
  for (const file of declarations) if (!needed.has(file)) rmSync(file);
}

rmSync(dist, { recursive: true, force: true });
const project = join(root, "tsconfig.build.json");
const tsc = spawnSync(join(root, "node_modules/.bin/tsc"), ["--project", project], { stdio: "inherit" });
if (tsc.error) throw tsc.error;
if (tsc.status === 0) build();
else process.exitCode = 1;
