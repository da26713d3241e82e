import { readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import type { Checked } from "./check.ts";
import { createEngine, type Run, warm } from "./engine.ts";
import { TemplateError } from "./markup.ts";
import type { Templates } from "./templates.ts";

interface File {
  /** path within the folder, with `/` */
  path: string;
  /** name as templates and rules call it */
  name: string;
  isPartial: boolean;
  source: string;
}

const partialsFolder = "partials/";

function read(folder: string): File[] {
  const paths = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".hbs"))
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join("/"))
    .sort();
  return paths.map((path) => {
    const isPartial = path.startsWith(partialsFolder);
    const name = path.slice(isPartial ? partialsFolder.length : 0, -".hbs".length);
    return { path, name, isPartial, source: readFileSync(join(folder, path), "utf8") };
  });
}

/** Partials are written out where they are called, so their parts count there. */
const expandedLimit = 2000;

/** Number of parts with all partials written out. Throws where a partial calls itself, over however many others. */
function expanded(checked: Checked, partials: ReadonlyMap<string, Checked>, path: readonly string[] = []): number {
  let nodes = checked.nodes;
  for (const name of checked.partials) {
    if (path.includes(name))
      throw new TemplateError(`1: the partial ${name} calls itself: ${[...path, name].join(" > ")}`);
    const partial = partials.get(name);
    if (partial) nodes += expanded(partial, partials, [...path, name]);
    if (nodes > expandedLimit) throw new TemplateError(`1: more than ${expandedLimit} parts with its partials`);
  }
  return nodes;
}

/**
 * Reads and compiles `*.hbs` of a folder and its subfolders; `partials/*.hbs` are the partials.
 * Throws one TemplateError that names file and line of every mistake.
 */
export function loadTemplates(folder: string): Templates {
  const files = read(folder);
  const partialFiles = files.filter(({ isPartial }) => isPartial);
  const engine = createEngine(new Set(partialFiles.map(({ name }) => name)));
  const partials = new Map<string, Checked>();
  const templates = new Map<string, Run>();
  const mistakes: string[] = [];
  const attempt = (path: string, work: () => void): void => {
    try {
      work();
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      mistakes.push(`${path}:${error instanceof TemplateError ? why : `1: ${why}`}`);
    }
  };

  for (const { path, name, source } of partialFiles)
    attempt(path, () => partials.set(name, engine.addPartial(name, source)));
  for (const { path, name } of partialFiles) attempt(path, () => expanded({ nodes: 0, partials: [name] }, partials));
  for (const { path, name, source } of files.filter(({ isPartial }) => !isPartial))
    attempt(path, () => {
      const { run, ...checked } = engine.compile(source);
      expanded(checked, partials);
      templates.set(name, run);
    });
  // Not before all is well: a template runs its partials.
  if (mistakes.length === 0) for (const [name, run] of templates) attempt(`${name}.hbs`, () => warm(run));
  if (mistakes.length > 0) throw new TemplateError(`Mistakes in templates:\n${mistakes.join("\n")}`);
  return templates;
}
