import { UserError } from "../errors.ts";
import { code } from "../slack/text.ts";
import { replayDelivery } from "../store/deliveries.ts";
import { shortDeliveryId } from "../store/find-deliveries.ts";
import { type Command, type CommandEntry, doing, type Reply } from "./command.ts";
import { typed } from "./say.ts";
import { typedDelivery } from "./typed-delivery.ts";

export const replay: CommandEntry = {
  run,
  aliases: ["resend", "redeliver"],
  usage: "replay <delivery>",
  does: "read a delivery again, with today's rules",
  help: [
    "`/belfry replay 0198c7e2-4f3a` reads a delivery again: every channel whose rules post it today gets its message, also a second time.",
    "`/belfry deliveries` lists the deliveries of this channel's projects with their ids.",
  ].join("\n"),
  changes: true,
};

async function run(...[desk, asker, words]: Parameters<Command>): Promise<Reply> {
  const { store } = desk;
  const { workspace } = asker;
  const { id, state, body, duplicate_of: first, kind, action, project } = await typedDelivery(desk, asker, words);
  if (first !== null) {
    const short = await shortDeliveryId(store, workspace, first);
    throw new UserError(`This delivery tells nothing new. Replay the first one instead: \`/belfry replay ${short}\``);
  }
  if (state === "pending") throw new UserError(stillWaits);
  if (body === null)
    throw new UserError("There is nothing left to read: what this delivery said was removed with age.");
  if (!(await replayDelivery(store, workspace, id, doing(asker)))) throw new UserError(stillWaits);
  const what = kind ? `${code(`${kind}:${action}`)} of ${typed(project ?? "")}` : "The delivery";
  return {
    text: [
      `${what} is read again with today's rules, in every channel that wants it: also where it was posted before.`,
      `\`/belfry explain ${await shortDeliveryId(store, workspace, id)}\` tells what became of it.`,
    ].join("\n"),
  };
}

const stillWaits = "This delivery still waits to be read.";
