import { readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import type { Checked } from "./check.ts";
import { createEngine, type Run } from "./engine.ts";
import { TemplateError } from "./markup.ts";
import type { Templates } from "./templates.ts";

interface File {
  /** path within the folder, with `/` */
  path: string;
  /** name as templates and rules call it */
  name: string;
  source: string;
}

const partialsFolder = "partials/";

function read(folder: string): File[] {
  const paths = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".hbs"))
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join("/"))
    .sort();
  return paths.map((path) => ({
    path,
    name: path.replace(partialsFolder, "").replace(/\.hbs$/, ""),
    source: readFileSync(join(folder, path), "utf8"),
  }));
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
  const isPartial = (file: File): boolean => file.path.startsWith(partialsFolder);
  const engine = createEngine(new Set(files.filter(isPartial).map(({ name }) => name)));
  const mistakes: string[] = [];
  const attempt = (file: File, work: () => void): void => {
    try {
      work();
    } catch (error) {
      mistakes.push(`${file.path}:${error instanceof Error ? error.message : String(error)}`);
    }
  };

  const partials = new Map<string, Checked>();
  for (const file of files.filter(isPartial))
    attempt(file, () => partials.set(file.name, engine.addPartial(file.name, file.source)));
  const templates = new Map<string, Run>();
  for (const file of files.filter((one) => !isPartial(one)))
    attempt(file, () => {
      const { run, ...checked } = engine.compile(file.source);
      expanded(checked, partials);
      templates.set(file.name, run);
    });
  for (const file of files.filter(isPartial)) {
    const checked = partials.get(file.name);
    if (checked) attempt(file, () => expanded(checked, partials, [file.name]));
  }
  if (mistakes.length > 0) throw new TemplateError(`Mistakes in templates:\n${[...new Set(mistakes)].join("\n")}`);
  return templates;
}
