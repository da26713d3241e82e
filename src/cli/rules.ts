import { readFileSync } from "node:fs";
import type { Command } from "commander";
import { UserError } from "../errors.ts";
import { forgeNamed, forges } from "../forges/index.ts";
import { type RulesFile, readRulesFile } from "../rules/file.ts";
import { formatProblem } from "../rules/file-problem.ts";
import { match, type Rule } from "../rules/match.ts";
import { findRule, listRules, pauseRule, removedReason, rulesNaming } from "../store/rules.ts";
import { type Io, json, oneLine, table } from "./io.ts";
import { withStore } from "./open.ts";

interface TestOptions {
  forge: string;
  event: string;
  brand?: string;
  rules?: string;
  json?: boolean;
}

/** `rules check|test|list|pause|resume` */
export function addRuleCommands(program: Command, io: Io): void {
  const rules = program.command("rules").description("Which events go to which channel");

  rules
    .command("check [file]")
    .description("Check a rules file without starting anything")
    .action((file: string | undefined) => {
      const path = file ?? io.config().rules;
      const { hooks, rules: found } = readChecked(path);
      io.out(`${path} is fine: ${found.length} rules, ${hooks.length} hooks.`);
      for (const rule of found) io.out(`  ${rule.channel}  ${rule.words}`);
    });

  rules
    .command("test <file...>")
    .description("Tell for payload files which rules would post them, and why the others would not")
    .requiredOption("--event <header>", 'value of the event header: "Merge Request Hook"')
    .option("--forge <forge>", "which forge sent it", "gitlab")
    .option("--brand <brand>", "the name in the headers: X-<Brand>-Event")
    .option("--rules <file>", "test the rules of this file instead of the stored ones")
    .option("--json", "print JSON")
    .action((files: string[], options: TestOptions) =>
      options.rules === undefined
        ? withStore(io, async (store, workspace) => {
            for (const file of files)
              await test(io, file, options, (project) => rulesNaming(store, workspace, project));
          })
        : testFile(io, files, options, options.rules),
    );

  rules
    .command("list")
    .description("List the rules")
    .option("--json", "print JSON")
    .action((options: { json?: boolean }) =>
      withStore(io, async (store, workspace) => {
        const found = await listRules(store, workspace);
        if (options.json) return io.out(json(found.map(({ grammar: _, ...rule }) => rule)));
        if (found.length === 0) return io.out("There are no rules yet. Write some into rules.yml.");
        const state = (rule: Rule) => (rule.paused ? `paused: ${rule.paused}` : "active");
        io.out(
          table(
            ["RULE", "CHANNEL", "STATE", "FROM", "WORDS"],
            found.map((rule) => [rule.id, rule.channel, state(rule), rule.origin, rule.words]),
          ),
        );
      }),
    );

  rules
    .command("pause <rule>")
    .description("Let a rule post nothing until it is resumed")
    .action((id: string) => setPaused(io, id, "by hand"));

  rules
    .command("resume <rule>")
    .description("Let a paused rule post again")
    .action((id: string) => setPaused(io, id, null));
}

const setPaused = (io: Io, id: string, reason: string | null) =>
  withStore(io, async (store, workspace) => {
    const rule = await findRule(store, workspace, id);
    if (!rule) throw new UserError(`There is no rule “${id}”. See: rules list`);
    if (rule.paused === removedReason) throw new UserError("Its line is not in rules.yml any more. Put it back there.");
    await pauseRule(store, workspace, id, reason);
    io.out(`${reason === null ? "Resumed" : "Paused"}: ${rule.channel}  ${rule.words}`);
  });

/** The rules file at a path. @throws UserError with every mistake in it */
export function readChecked(path: string): Exclude<RulesFile, { problems: unknown }> {
  const read = readRulesFile(readText(path), Object.keys(forges));
  if ("problems" in read) throw new UserError(read.problems.map((problem) => formatProblem(problem, path)).join("\n"));
  return read;
}

const readText = (path: string) => {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    throw new UserError(`Cannot read ${path}.`, { cause });
  }
};

async function testFile(io: Io, files: string[], options: TestOptions, path: string): Promise<void> {
  const { rules } = readChecked(path);
  const named = rules.map((rule) => ({
    ...rule,
    id: `line ${rule.line}`,
    createdAt: String(rule.line).padStart(9, "0"),
  }));
  for (const file of files) await test(io, file, options, async () => named);
}

async function test(
  io: Io,
  file: string,
  options: TestOptions,
  find: (project: Parameters<typeof rulesNaming>[2]) => Promise<Rule[]>,
) {
  const forge = forgeNamed(options.forge);
  const headers = { [forge.eventHeaders(options.brand)[0] ?? ""]: options.event };
  const reading = forge.parse({ headers, body: Buffer.from(readText(file)) }, options.brand);
  if (reading.state !== "event") throw new UserError(`${file}: ${reading.state}: ${reading.reason}`);
  const { event } = reading;
  const decisions = match(event, await find(event.project));
  if (options.json)
    return io.out(json({ file, kind: event.kind, action: event.action, project: event.project.path, decisions }));
  io.out(oneLine(`${file}: ${event.kind}:${event.action} of ${event.project.path}`));
  if (decisions.length === 0) return io.out("  no rule names the project");
  for (const { post, channel, rule, reason } of decisions)
    io.out(oneLine(`  ${post ? "→" : "·"} ${channel}  ${rule}: ${reason}`));
}
