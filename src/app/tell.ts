import type { Log } from "../log.ts";
import type { ChatOf } from "../send/chats.ts";
import { escapeText, inline } from "../slack/text.ts";
import { findUntold, takeUntold, type Untold } from "../store/pause-rules.ts";
import type { Store } from "../store/store.ts";
import { findWorkspace } from "../store/workspaces.ts";

export interface TellParts {
  store: Store;
  chatOf: ChatOf;
  log: Log;
}

/**
 * Tells people that their rules were paused because of Slack: whoever made them, else whoever installed the app. Once:
 * a message that does not arrive is not tried again, and `list` shows the reason for ever.
 */
export async function tellOfPauses(parts: TellParts): Promise<void> {
  const { store, log } = parts;
  for (const untold of await findUntold(store)) {
    const people = await peopleFor(store, untold);
    // Of several processes one does it; and before the message, so that nobody is told again and again.
    if (!(await takeUntold(store, untold))) continue;
    const { workspace, channel, rules, reason } = untold;
    // An operator's rules.yml has nobody in Slack behind it: `belfry rules list` shows the reason.
    if (people.length === 0)
      log.warn({ workspace, channel, rules, reason }, "rules were paused: nobody is there to tell");
    for (const person of people) {
      await tell(parts, untold, person).catch((error: unknown) =>
        log.warn({ error, workspace }, "somebody could not be told that rules were paused"),
      );
    }
  }
}

const isPerson = (id: string) => /^[UW][A-Z0-9]{2,}$/.test(id);

async function peopleFor(store: Store, { workspace, makers }: Untold): Promise<string[]> {
  const people = makers.filter(isPerson);
  if (people.length > 0) return people;
  const installer = (await findWorkspace(store, workspace))?.installer;
  return installer && isPerson(installer) ? [installer] : [];
}

async function tell({ chatOf, log }: TellParts, { workspace, channel, reason, rules }: Untold, person: string) {
  const chat = await chatOf(workspace);
  // Without a token nobody can be told; a log line is all there is.
  if (!chat) return log.warn({ workspace, channel, rules, reason }, "rules were paused, and nobody can be told");
  const where = channel.startsWith("#") ? inline(channel) : `<#${escapeText(channel)}>`;
  const [what, them] = rules === 1 ? ["1 rule", "it"] : [`${rules} rules`, "them"];
  const text = `I paused ${what} of ${where}: ${inline(reason)}. When that is put right, type \`/belfry list\` there to see ${them}, and \`/belfry resume\` with the id of a rule to let it post again.`;
  await chat.post(person, { text, blocks: [] });
}
