import { type Command, Option } from "commander";
import { durationOf } from "../duration.ts";
import { UserError } from "../errors.ts";
import { readJson } from "../forges/json.ts";
import type { Decision } from "../rules/match.ts";
import { findDelivery, listDeliveries, replayDelivery } from "../store/deliveries.ts";
import { listMessages } from "../store/messages.ts";
import { type DeliveryState, deliveryStates } from "../store/schema.ts";
import { deliveryLines } from "./delivery-lines.ts";
import { type Io, json, oneLine } from "./io.ts";
import { printList } from "./print-list.ts";
import { wholeNumber } from "./values.ts";
import { withStore } from "./with-store.ts";

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
      withStore(io, async (store, workspace) =>
        printList(
          io,
          options,
          await listDeliveries(store, { workspace, ...options }),
          {
            DELIVERY: (row) => row.id,
            RECEIVED: (row) => row.received_at,
            STATE: (row) => row.state,
            EVENT: (row) => (row.kind ? `${row.kind}:${row.action}` : ""),
            PROJECT: (row) => row.project,
            REASON: (row) => row.reason,
          },
          "There are no such deliveries.",
        ),
      ),
    );

  deliveries
    .command("show <delivery>")
    .description("Show one delivery: what it was, which rules were asked, which messages it made")
    .option("--body", "with its body; values of CI variables are removed")
    .option("--json", "print JSON, with headers")
    .action((id: string, options: { body?: boolean; json?: boolean }) =>
      withStore(io, async (store, workspace, { keep }) => {
        const row = await findDelivery(store, workspace, id);
        if (!row) throw unknown(id);
        const { body, seq: _, workspace_id: __, body_hash: ___, headers, decisions, ...rest } = row;
        const messages = await listMessages(store, { workspace, delivery: id, limit: 200 });
        const shown = {
          ...rest,
          headers: JSON.parse(headers) as unknown,
          decisions: decisions === null ? undefined : (JSON.parse(decisions) as { count: number; rules: Decision[] }),
          messages: messages.map(({ sent: ____, ...message }) => message),
          removed: isRemoved(row) ? removed(keep.bodies) : undefined,
          ...(options.body && shownBody(row, keep.bodies)),
        };
        if (options.json || options.body) return io.out(json(shown, options.json ? 0 : 2));
        for (const line of deliveryLines(shown)) io.out(oneLine(line));
      }),
    );

  deliveries
    .command("replay <delivery>")
    .description("Read a delivery again, with the rules as they are now")
    .action((id: string) =>
      withStore(io, async (store, workspace, { keep }) => {
        const row = await findDelivery(store, workspace, id);
        if (!row) throw unknown(id);
        if (row.duplicate_of !== null) {
          throw new UserError(`This delivery tells nothing new. Replay the first one instead: ${row.duplicate_of}`);
        }
        if (isRemoved(row)) throw new UserError(`There is nothing left to read: ${removed(keep.bodies)}.`);
        if (!(await replayDelivery(store, workspace, id))) {
          throw new UserError("This delivery still waits to be read.");
        }
        io.out("The running server reads it again within two seconds.");
      }),
    );
}

type Bodied = Pick<NonNullable<Awaited<ReturnType<typeof findDelivery>>>, "body" | "state">;

const isRemoved = ({ body, state }: Bodied) => body === null && state !== "duplicate";

const removed = (kept: number) => `its body was removed after ${durationOf(kept)} (BELFRY_KEEP_BODIES)`;

function shownBody(row: Bodied, kept: number): { body: unknown } | { bodyProblem: string } {
  const { body } = row;
  if (body === null) {
    return { bodyProblem: isRemoved(row) ? removed(kept) : "only the first copy of a delivery has a body" };
  }
  const read = readJson(body);
  return "json" in read ? { body: read.json } : { bodyProblem: read.problem };
}

const unknown = (id: string) => new UserError(`There is no delivery “${id}”. See: deliveries list`);
