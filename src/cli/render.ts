import { readFileSync } from "node:fs";
import type { Command } from "commander";
import { UserError } from "../errors.ts";
import type { Reading } from "../forges/forge.ts";
import { forgeNamed } from "../forges/index.ts";
import { draw } from "../slack/draw.ts";
import { loadTemplates } from "../templates/load.ts";
import { type Rendered, render, type Templates } from "../templates/templates.ts";
import { type Io, json } from "./io.ts";
import { templatesFolder } from "./open.ts";

interface RenderOptions {
  forge: string;
  event: string;
  brand?: string;
  template?: string;
  json?: boolean;
}

/** `render`: shows the messages of payload files, without a server and without a store. */
export function addRenderCommand(program: Command, io: Io): void {
  program
    .command("render <file...>")
    .description("Show the message that a payload file would make")
    .requiredOption("--event <header>", 'value of the event header: "Merge Request Hook"')
    .option("--forge <forge>", "which forge sent it", "gitlab")
    .option("--brand <brand>", "the name in the headers: X-<Brand>-Event")
    .option("--template <name>", "render with this template")
    .option("--json", "print one JSON object a line: file, outcome, event, message, error")
    .action((files: string[], options: RenderOptions) => {
      const templates = loadTemplates(templatesFolder);
      for (const file of files) {
        const shown = renderFile(templates, file, options);
        if (options.json) io.out(json(shown));
        else print(io, shown, files.length > 1);
        if (shown.outcome !== "event") io.exitCode(1);
      }
    });
}

interface Shown {
  file: string;
  outcome: Reading["state"];
  event?: object;
  message?: Rendered["message"];
  error?: string | undefined;
}

function renderFile(
  templates: Templates,
  file: string,
  { forge: name, brand, event: label, template }: RenderOptions,
): Shown {
  const forge = forgeNamed(name);
  const headers = { [forge.eventHeaders(brand)[0] ?? ""]: label };
  const reading = forge.parse({ headers, body: read(file) }, brand);
  if (reading.state !== "event") return { file, outcome: reading.state, error: reading.reason };
  const { message, notice } = render(templates, reading.event, { template });
  return { file, outcome: "event", event: reading.event, message, error: notice };
}

function read(file: string): Buffer {
  try {
    return readFileSync(file === "-" ? 0 : file);
  } catch (cause) {
    throw new UserError(`Cannot read ${file}.`, { cause });
  }
}

function print(io: Io, { file, outcome, message, error }: Shown, many: boolean): void {
  if (many) io.out(`\n${file}`);
  if (message) io.out(draw(message, { colour: io.colour }));
  if (error) io.err(message ? error : `${file}: ${outcome}: ${error}`);
}
