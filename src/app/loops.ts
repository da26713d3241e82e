import { startLoop } from "../work/loop.ts";
import { type TellParts, tellOfPauses } from "./tell.ts";
import { type TurnParts, turnReplies } from "./turn.ts";

const every = 5_000;

/** What goes on by itself beside commands. @returns stops it */
export function startSlackLoops(parts: TellParts & TurnParts): () => Promise<void> {
  const onError = (error: unknown) => parts.log.warn({ error }, "people in Slack could not be told something");
  const loops = [tellOfPauses, turnReplies].map((work) =>
    startLoop(() => work(parts).then(() => undefined), { poll: every, onError }),
  );
  return async () => void (await Promise.all(loops.map(({ stop }) => stop())));
}
