import { type Command, Option } from "commander";
import { UserError } from "../errors.ts";
import { dropMessage, listMessages, retryMessage } from "../store/messages.ts";
import { type MessageState, messageStates } from "../store/schema.ts";
import { type Io, json, table } from "./io.ts";
import { wholeNumber, withStore } from "./open.ts";

interface ListOptions {
  state?: MessageState;
  channel?: string;
  limit: number;
  json?: boolean;
}

/** `messages list|retry|drop` */
export function addMessageCommands(program: Command, io: Io): void {
  const messages = program.command("messages").description("What was posted, and what waits or failed");

  messages
    .command("list")
    .description("List the newest messages")
    .addOption(new Option("--state <state>", "in this state").choices(messageStates))
    .option("--channel <channel>", "of one channel: #name or its id")
    .option("--limit <n>", "how many", wholeNumber, 20)
    .option("--json", "print JSON, with what was sent")
    .action((options: ListOptions) =>
      withStore(io, async (store, workspace) => {
        const found = await listMessages(store, { workspace, ...options });
        if (options.json) return io.out(json(found));
        if (found.length === 0) return io.out("There are no such messages.");
        io.out(
          table(
            ["MESSAGE", "CREATED", "STATE", "CHANNEL", "RULE", "REASON", "TEXT"],
            found.map((row) => [
              row.id,
              row.created_at,
              row.state,
              row.channel,
              row.rule_id,
              row.reason,
              row.sent?.text.slice(0, 60),
            ]),
          ),
        );
      }),
    );

  messages
    .command("retry <message>")
    .description("Send a message that is dead or suppressed; one that waits is tried again by itself")
    .action((id: string) =>
      withStore(io, async (store, workspace) => {
        if (!(await retryMessage(store, workspace, id))) throw notSo(id, "is dead or suppressed");
        io.out("It is back in its channel's queue; the running server sends it in its turn.");
      }),
    );

  messages
    .command("drop <message>")
    .description("Do not send a message that waits; `messages retry` brings it back")
    .action((id: string) =>
      withStore(io, async (store, workspace) => {
        if (!(await dropMessage(store, workspace, id))) throw notSo(id, "waits");
        io.out("Dropped.");
      }),
    );
}

const notSo = (id: string, what: string) =>
  new UserError(`There is no message “${id}” that ${what}. See: messages list`);
