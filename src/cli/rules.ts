import type { Command } from "commander";
import { UserError } from "../errors.ts";
import type { Rule } from "../rules/match.ts";
import { pauseRule } from "../store/change-rules.ts";
import { removedReason } from "../store/file-rules.ts";
import { findRule, listRules } from "../store/rules.ts";
import type { Io } from "./io.ts";
import { printList } from "./print-list.ts";
import { readChecked } from "./read-checked.ts";
import { addRulesTest } from "./rules-test.ts";
import { withStore } from "./with-store.ts";

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

  addRulesTest(rules, io);

  rules
    .command("list")
    .description("List the rules")
    .option("--json", "print JSON")
    .action((options: { json?: boolean }) =>
      withStore(io, async (store, workspace) => {
        const found = await listRules(store, workspace);
        const state = ({ paused }: Pick<Rule, "paused">) => (paused ? `paused: ${paused}` : "active");
        printList(
          io,
          options,
          found.map(({ grammar: _, ...rule }) => rule),
          {
            RULE: (rule) => rule.id,
            CHANNEL: (rule) => rule.channel,
            STATE: state,
            FROM: (rule) => rule.origin,
            WORDS: (rule) => rule.words,
          },
          "There are no rules yet. Write some into rules.yml.",
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
