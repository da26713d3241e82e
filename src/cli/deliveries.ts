import { type Command, Option } from "commander";
import { UserError } from "../errors.ts";
import { readJson } from "../forges/json.ts";
import { findDelivery, listDeliveries, replayDelivery } from "../store/deliveries.ts";
import { listMessages } from "../store/messages.ts";
import { type DeliveryState, deliveryStates } from "../store/schema.ts";
import { type Io, json, table } from "./io.ts";
import { wholeNumber, withStore } from "./open.ts";

interface ListOptions {
  state?: DeliveryState;
  project?: string;
  limit: number;
  json?: boolean;
}

/** `deliveries list|show|replay` */
export function addDeliveryCommands(program: Command, io: Io): void {
  const deliveries = program.command("deliveries").description("What the forges sent, and what became of it");

  deliveries
    .command("list")
    .description("List the newest deliveries")
    .addOption(new Option("--state <state>", "in this state").choices(deliveryStates))
    .option("--project <path>", "of one project: group/name")
    .option("--limit <n>", "how many", wholeNumber, 20)
    .option("--json", "print JSON")
    .action((options: ListOptions) =>
      withStore(io, async (store, workspace) => {
        const found = await listDeliveries(store, { workspace, ...options });
        if (options.json) return io.out(json(found));
        if (found.length === 0) return io.out("There are no such deliveries.");
        io.out(
          table(
            ["DELIVERY", "RECEIVED", "STATE", "EVENT", "PROJECT", "REASON"],
            found.map((row) => [row.id, row.received_at, row.state, eventOf(row), row.project, row.reason]),
          ),
        );
      }),
    );

  deliveries
    .command("show <delivery>")
    .description("Show one delivery: what it was, which rules were asked, which messages it made")
    .option("--body", "with its body; values of CI variables are removed")
    .option("--json", "print JSON")
    .action((id: string, options: { body?: boolean; json?: boolean }) =>
      withStore(io, async (store, workspace) => {
        const row = await findDelivery(store, workspace, id);
        if (!row) throw unknown(id);
        const { body, seq: _, workspace_id: __, body_hash: ___, headers, decisions, ...rest } = row;
        const messages = await listMessages(store, { workspace, delivery: id, limit: 200 });
        const shown = {
          ...rest,
          headers: JSON.parse(headers) as unknown,
          decisions: decisions === null ? undefined : (JSON.parse(decisions) as { count: number; rules: unknown[] }),
          messages: messages.map(({ sent: ____, ...message }) => message),
          ...(options.body && body && { body: readJson(body) }),
        };
        io.out(json(shown, options.json ? 0 : 2));
      }),
    );

  deliveries
    .command("replay <delivery>")
    .description("Read a delivery again, with the rules as they are now")
    .action((id: string) =>
      withStore(io, async (store, workspace) => {
        if (!(await findDelivery(store, workspace, id))) throw unknown(id);
        if (!(await replayDelivery(store, workspace, id))) {
          throw new UserError("This delivery still waits to be read, or is a duplicate: replay its first copy.");
        }
        io.out("The running server reads it again within two seconds.");
      }),
    );
}

const eventOf = (row: { kind: string | null; action: string | null }) => (row.kind ? `${row.kind}:${row.action}` : "");

const unknown = (id: string) => new UserError(`There is no delivery “${id}”. See: deliveries list`);
