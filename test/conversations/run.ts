import type { Conversation } from "./conversation.ts";
import type { Scene, Stage } from "./stage.ts";
import { lineOf, numbersOf, transcriptOf } from "./transcript.ts";

export interface Told {
  /** as in the file of the conversation */
  text: string;
  scene: Scene;
}

/** Delivers a conversation, each delivery at its time and after all that came before is done; what the channel shows then. */
export async function tell(stage: Stage, { rule, steps }: Conversation): Promise<Told> {
  const scene = await stage.scene({ api: [rule] });
  const all = steps();
  for (const step of all) {
    await stage.advance(step.at);
    await scene.deliver([step]);
  }
  await stage.finish();
  return { text: shown(stage, scene, all.length), scene };
}

/** The same with all deliveries at once. */
export async function tellAtOnce(stage: Stage, { rule, steps }: Conversation): Promise<Told> {
  const scene = await stage.scene({ api: [rule] });
  const all = steps();
  await scene.deliver(all);
  await stage.finish();
  return { text: shown(stage, scene, all.length), scene };
}

export function shown({ slack }: Stage, scene: Scene, events: number): string {
  const { api = "" } = scene.channels;
  const calls = scene.calls();
  return `${transcriptOf(slack, api, calls)}\n\n${lineOf(events, numbersOf(calls))}\n`;
}
