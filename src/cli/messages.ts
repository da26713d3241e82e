import { type Command, Option } from "commander";
import { UserError } from "../errors.ts";
import { dropMessage, listMessages, retryMessage } from "../store/messages.ts";
import { retryMessages } from "../store/retry-messages.ts";
import { type MessageState, messageStates } from "../store/schema.ts";
import type { Io } from "./io.ts";
import { printList } from "./print-list.ts";
import { wholeNumber } from "./values.ts";
import { withStore } from "./with-store.ts";

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
      withStore(io, async (store, workspace) =>
        printList(
          io,
          options,
          await listMessages(store, { workspace, ...options }),
          {
            MESSAGE: (row) => row.id,
            CREATED: (row) => row.created_at,
            STATE: (row) => row.state,
            CHANNEL: (row) => row.channel,
            RULE: (row) => row.rule_id,
            REASON: (row) => row.reason,
            TEXT: (row) => row.sent?.text.slice(0, 60),
          },
          "There are no such messages.",
        ),
      ),
    );

  messages
    .command("retry [message]")
    .description("Send a message that is dead or suppressed, or all such; one that waits is tried again by itself")
    .option("--channel <channel>", "all of a channel: #name or its id")
    .option("--rule <rule>", "all of a rule")
    .action((id: string | undefined, options: RetryOptions) => retry(io, id, options));

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

interface RetryOptions {
  channel?: string;
  rule?: string;
}

async function retry(io: Io, id: string | undefined, options: RetryOptions): Promise<void> {
  const all = options.channel !== undefined || options.rule !== undefined;
  if (all === (id !== undefined)) throw new UserError("Name one message, or all with --channel, --rule or both.");
  await withStore(io, async (store, workspace) => {
    if (id !== undefined) {
      if (!(await retryMessage(store, workspace, id))) throw notSo(id, "is dead or suppressed");
      return io.out("It is back in its channel's queue; the running server sends it in its turn.");
    }
    const count = await retryMessages(store, workspace, options);
    if (count === 0)
      throw new UserError(
        "There is no such message that is dead or suppressed and still has its content. See: messages list",
      );
    io.out(`Back in the queue: ${count}. The running server sends each in its turn.`);
  });
}

const notSo = (id: string, what: string) =>
  new UserError(`There is no message “${id}” that ${what}. See: messages list`);
