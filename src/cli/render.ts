import type { Command } from "commander";
import type { Reading } from "../forges/forge.ts";
import { draw } from "../slack/draw.ts";
import { loadTemplates } from "../templates/load.ts";
import { type Rendered, render, type Templates } from "../templates/templates.ts";
import { type Io, json } from "./io.ts";
import { type PayloadOptions, readPayload, takesPayloads } from "./payload.ts";
import { templatesFolder } from "./templates-folder.ts";

interface RenderOptions extends PayloadOptions {
  template?: string;
  json?: boolean;
}

/** `render`: shows the messages of payload files, without a server and without a store. */
export function addRenderCommand(program: Command, io: Io): void {
  takesPayloads(program.command("render <file...>"))
    .description("Show the message that a payload file would make")
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

function renderFile(templates: Templates, file: string, options: RenderOptions): Shown {
  const reading = readPayload(file, options);
  if (reading.state !== "event") return { file, outcome: reading.state, error: reading.reason };
  const { message, notice } = render(templates, reading.event, { template: options.template });
  return { file, outcome: "event", event: reading.event, message, error: notice };
}

function print(io: Io, { file, outcome, message, error }: Shown, many: boolean): void {
  if (many) io.out(`\n${file}`);
  if (message) io.out(draw(message, { colour: io.colour }));
  if (error) io.err(message ? error : `${file}: ${outcome}: ${error}`);
}
