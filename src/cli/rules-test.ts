import type { Command } from "commander";
import { match, type Rule } from "../rules/match.ts";
import { rulesNaming } from "../store/rules.ts";
import { type Io, json, oneLine } from "./io.ts";
import { type PayloadOptions, readPayload, takesPayloads } from "./payload.ts";
import { readChecked } from "./read-checked.ts";
import { withStore } from "./with-store.ts";

interface TestOptions extends PayloadOptions {
  rules?: string;
  json?: boolean;
}

type Event = Parameters<typeof match>[0];
type Find = (project: Event["project"]) => Promise<Rule[]>;

/** `rules test`: asks the stored rules, or those of a file, about payload files. */
export function addRulesTest(rules: Command, io: Io): void {
  takesPayloads(rules.command("test <file...>"))
    .description("Tell for payload files which rules would post them, and why the others would not")
    .option("--rules <file>", "test the rules of this file instead of the stored ones")
    .option("--json", "print one JSON object a line: file, outcome, kind, action, project, decisions, error")
    .action((files: string[], options: TestOptions) => {
      if (options.rules !== undefined) return testAll(io, files, options, rulesOf(options.rules));
      return withStore(io, (store, workspace) =>
        testAll(io, files, options, (project) => rulesNaming(store, workspace, project)),
      );
    });
}

/** The rules of a file, named by their lines. */
function rulesOf(path: string): Find {
  const { rules } = readChecked(path);
  const named = rules.map((rule) => ({
    ...rule,
    id: `line ${rule.line}`,
    createdAt: String(rule.line).padStart(9, "0"),
  }));
  return async () => named;
}

async function testAll(io: Io, files: readonly string[], options: TestOptions, find: Find): Promise<void> {
  for (const file of files) {
    const reading = readPayload(file, options);
    if (reading.state === "event") await testEvent(io, file, reading.event, options, find);
    else {
      const { state: outcome, reason: error } = reading;
      if (options.json) io.out(json({ file, outcome, error }));
      else io.err(`${file}: ${outcome}: ${error}`);
      io.exitCode(1);
    }
  }
}

async function testEvent(io: Io, file: string, event: Event, options: TestOptions, find: Find): Promise<void> {
  const { kind, action, project } = event;
  const decisions = match(event, await find(project));
  if (options.json) {
    return io.out(json({ file, outcome: "event", kind, action, project: project.path, decisions }));
  }
  io.out(oneLine(`${file}: ${kind}:${action} of ${project.path}`));
  if (decisions.length === 0) io.out("  no rule names the project");
  for (const { post, channel, rule, reason } of decisions) {
    io.out(oneLine(`  ${post ? "→" : "·"} ${channel}  ${rule}: ${reason}`));
  }
}
