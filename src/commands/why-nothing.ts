import type { Person } from "../slack/look.ts";
import type { Asker, Desk } from "./command.ts";

/** Why somebody changes nothing, in one sentence; undefined for full members of the workspace. */
export function whyNothing(person: Person | undefined): string | undefined {
  if (!person || person.isGone)
    return "Slack does not know you as a member of this workspace, so you cannot change anything.";
  if (person.isStranger) return "You belong to another workspace, so you cannot change anything here.";
  if (person.isGuest) return "Guests cannot change anything here. Please ask a full member of the workspace.";
  return undefined;
}

/** The same of the asker. Asks Slack; throws `ChatError` where it cannot be asked. */
export const whyNotChange = async ({ look }: Desk, { workspace, user }: Asker): Promise<string | undefined> =>
  whyNothing(await look.person(workspace, user));
