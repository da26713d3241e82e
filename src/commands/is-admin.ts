import type { Asker, Desk } from "./command.ts";
import { whyNothing } from "./why-nothing.ts";

/** Whether the asker is an admin of this very workspace. Asks Slack; throws `ChatError` where it cannot be asked. */
export async function isAdmin({ look }: Desk, { workspace, user }: Asker): Promise<boolean> {
  const person = await look.person(workspace, user);
  // An admin of another company is none here.
  return person?.isAdmin === true && whyNothing(person) === undefined;
}
