import type { Log } from "../log.ts";
import type { ChatOf } from "../send/chats.ts";
import { adviceOn } from "../slack/advice.ts";
import { isPersonId } from "../slack/ids.ts";
import { escapeText, inline } from "../slack/text.ts";
import { findUntold, takeUntold, type Untold } from "../store/pause-rules.ts";
import type { Store } from "../store/store.ts";
import { findWorkspace } from "../store/workspaces.ts";

export interface TellParts {
  store: Store;
  chatOf: ChatOf;
  log: Log;
}

/** Channels that one message names. */
const mostChannels = 10;

/**
 * Tells people that their rules were paused because of Slack: whoever made them, and where no message reached one of
 * these, whoever installed the app. Each person gets one message for all channels. Once: a message that does not arrive
 * is not tried again, and `list` shows the reason for ever.
 */
export async function tellOfPauses(parts: TellParts): Promise<void> {
  const { store } = parts;
  const found = Map.groupBy(await findUntold(store), ({ workspace }) => workspace);
  for (const [workspace, all] of found) {
    const installer = await installerOf(store, workspace);
    const taken: Untold[] = [];
    // Of several processes one does it; and before the message, so that nobody is told again and again.
    for (const untold of all) if (await takeUntold(store, untold)) taken.push(untold);
    await tellWorkspace(parts, workspace, taken, installer);
  }
}

/** A team of an organization was seldom installed by anybody: its organization was. */
async function installerOf(store: Store, id: string): Promise<string | undefined> {
  const row = await findWorkspace(store, id);
  const above = row?.installer === null && row.parent !== null ? await findWorkspace(store, row.parent) : row;
  const installer = above?.installer;
  return installer && isPersonId(installer) ? installer : undefined;
}

async function tellWorkspace(parts: TellParts, workspace: string, all: Untold[], installer: string | undefined) {
  const reached = new Set<Untold>();
  const tell = async (person: string, theirs: Untold[]) => {
    if (theirs.length === 0 || !(await arrives(parts, workspace, person, wordsOf(theirs)))) return;
    for (const untold of theirs) reached.add(untold);
  };
  const makers = new Set(all.flatMap((untold) => untold.makers).filter(isPersonId));
  for (const maker of makers)
    if (maker !== installer)
      await tell(
        maker,
        all.filter((untold) => untold.makers.includes(maker)),
      );
  // Last, because only now it is known what else there is to tell.
  if (installer !== undefined)
    await tell(
      installer,
      all.filter((untold) => untold.makers.includes(installer) || !reached.has(untold)),
    );
  for (const untold of all) {
    const { channel, rules, reason } = untold;
    // An operator's rules.yml has nobody in Slack behind it: `belfry rules list` shows the reason.
    if (!reached.has(untold))
      parts.log.warn({ workspace, channel, rules, reason }, "rules were paused, and nobody could be told");
  }
}

async function arrives({ chatOf, log }: TellParts, workspace: string, person: string, text: string): Promise<boolean> {
  try {
    const chat = await chatOf(workspace);
    await chat?.post(person, { text, blocks: [] });
    return chat !== undefined;
  } catch (error) {
    log.warn({ error, workspace }, "somebody could not be told that rules were paused");
    return false;
  }
}

function wordsOf(all: readonly Untold[]): string {
  const rules = all.reduce((sum, untold) => sum + untold.rules, 0);
  const [what, them] = rules === 1 ? ["1 rule", "it"] : [`${rules} rules`, "them"];
  const after = `When that is put right, type \`/belfry list\` there to see ${them}, and \`/belfry resume\` with the id of a rule to let it post again.`;
  const [only, ...others] = all;
  if (only && others.length === 0) return `I paused ${what} of ${where(only)}: ${why(only)}. ${after}`;
  const lines = all.slice(0, mostChannels).map((one) => `• ${one.rules} of ${where(one)}: ${why(one)}`);
  const more = all.length > mostChannels ? [`and ${all.length - mostChannels} more`] : [];
  return [`I paused ${what}:`, ...lines, ...more, after].join("\n");
}

function why({ reason }: Untold): string {
  const advice = adviceOn(reason);
  return advice === undefined ? inline(reason) : `${inline(reason)}. ${advice}`;
}

const where = ({ channel }: Untold) => (channel.startsWith("#") ? inline(channel) : `<#${escapeText(channel)}>`);
