import type { Command } from "commander";
import { listChanges } from "../store/audit.ts";
import type { Io } from "./io.ts";
import { printList } from "./print-list.ts";
import { wholeNumber } from "./values.ts";
import { withStore } from "./with-store.ts";

/** `audit list` */
export function addAuditCommands(program: Command, io: Io): void {
  const audit = program.command("audit").description("Who changed which rule, hook or mute, and when");

  audit
    .command("list")
    .description("List the newest changes")
    .option("--of <id>", "of one rule, mute, delivery or message by its id, or of one hook by its name")
    .option("--limit <n>", "how many", wholeNumber, 20)
    .option("--json", "print JSON")
    .action(({ of, limit, ...options }: { of?: string; limit: number; json?: boolean }) =>
      withStore(io, async (store, workspace) =>
        printList(
          io,
          options,
          await listChanges(store, workspace, { object: of, limit }),
          {
            WHEN: (row) => row.at,
            WHO: (row) => row.actor,
            WHAT: (row) => `${row.action} ${row.object}`,
            CHANNEL: (row) => row.channel,
            WORDS: (row) => row.words,
          },
          "Nothing was changed yet.",
        ),
      ),
    );
}
