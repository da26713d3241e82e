import { writeFileSync } from "node:fs";
import { type Command, InvalidArgumentError, Option } from "commander";
import { UserError } from "../errors.ts";
import type { Event } from "../events.ts";
import type { Reading } from "../forges/forge.ts";
import { createClock } from "../pages/slack-post.ts";
import { drawSheet, type SheetPart } from "../pages/slack-sheet.ts";
import { draw } from "../slack/draw.ts";
import { loadTemplates } from "../templates/load.ts";
import { type Rendered, render, type Templates } from "../templates/templates.ts";
import { type Io, json } from "./io.ts";
import { type PayloadOptions, readPayload, takesPayloads } from "./payload.ts";
import { templatesFolder } from "./templates-folder.ts";

interface RenderOptions extends PayloadOptions {
  template?: string;
  json?: boolean;
  html?: string;
}

/** `render`: shows the messages of payload files, without a server and without a store. */
export function addRenderCommand(program: Command, io: Io): void {
  takesPayloads(program.command("render <file...>"))
    .description("Show the message that a payload file would make")
    .option("--template <name>", "render with this template")
    .option("--json", "print one JSON object a line: file, outcome, event, message, error")
    .addOption(
      new Option("--html <page>", "write a page that draws them as Slack would: out.html, or - to print it")
        .argParser(pageName)
        .conflicts("json"),
    )
    .action((files: string[], options: RenderOptions) => {
      const templates = loadTemplates(templatesFolder);
      const all: Shown[] = [];
      for (const file of files) {
        const shown = renderFile(templates, file, options);
        if (options.json) io.out(json(shown));
        else if (options.html === undefined) print(io, shown, files.length > 1);
        else if (shown.error) io.err(errorOf(shown));
        if (shown.outcome !== "event") io.exitCode(1);
        all.push(shown);
      }
      if (options.html !== undefined) writePage(io, options.html, all);
    });
}

/** A payload file that is forgotten behind `--html` must not be written over. */
function pageName(name: string): string {
  if (name === "-" || /\.html?$/i.test(name)) return name;
  throw new InvalidArgumentError("Name the page to write, such as out.html, or - to print it.");
}

interface Shown {
  file: string;
  outcome: Reading["state"];
  event?: Event;
  message?: Rendered["message"];
  error?: string | undefined;
}

function renderFile(templates: Templates, file: string, options: RenderOptions): Shown {
  const reading = readPayload(file, options);
  if (reading.state !== "event") return { file, outcome: reading.state, error: reading.reason };
  const { message, notice } = render(templates, reading.event, { template: options.template });
  return { file, outcome: "event", event: reading.event, message, error: notice };
}

const errorOf = ({ file, outcome, message, error = "" }: Shown): string =>
  message ? error : `${file}: ${outcome}: ${error}`;

function print(io: Io, shown: Shown, many: boolean): void {
  if (many) io.out(`\n${shown.file}`);
  if (shown.message) io.out(draw(shown.message, { colour: io.colour }));
  if (shown.error) io.err(errorOf(shown));
}

function writePage(io: Io, name: string, all: readonly Shown[]): void {
  const page = drawSheet("Messages", all.map(partOf), createClock());
  try {
    if (name === "-") io.out(page.trimEnd());
    else writeFileSync(name, page);
  } catch (cause) {
    throw new UserError(`Cannot write ${name}.`, { cause });
  }
}

const partOf = ({ file, outcome, event, message, error }: Shown, at: number): SheetPart => ({
  title: file,
  posts: message ? [{ id: `m-${at}`, message, at: event?.at }] : [],
  note: message ? error : `${outcome}: ${error}`,
});
