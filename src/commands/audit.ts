import { UserError } from "../errors.ts";
import { quoted } from "../rules/problem.ts";
import { clip, code, inline } from "../slack/text.ts";
import { listChanges } from "../store/audit.ts";
import type { Asker, CommandEntry, Desk, Reply } from "./command.ts";
import { isRuleId, rulesHere } from "./here.ts";
import { isAdmin } from "./is-admin.ts";
import { channelLink, minuteOf, who } from "./say.ts";

export const audit: CommandEntry = {
  run,
  aliases: ["history", "changes"],
  usage: "audit [rule]",
  does: "who changed what in this channel",
  help: [
    "`/belfry audit` shows the newest changes of this channel: of its rules and mutes, and of hooks from here.",
    "`/belfry audit abc2345` shows those of one rule. Administrators of the workspace see the changes of all channels.",
  ].join("\n"),
  changes: false,
};

const most = 20;
/** Characters shown of what something was changed to. */
const mostWords = 60;

async function run(desk: Desk, asker: Asker, words: string): Promise<Reply> {
  const { workspace, channel } = asker;
  const typed = words.trim();
  if (typed !== "" && !isRuleId(typed)) throw new UserError(`${quoted(typed)} is not the id of a rule.`);
  const object = typed === "" ? undefined : typed.toLowerCase();
  const seesAll = await isAdmin(desk, asker);
  const objects = (await rulesHere(desk, asker)).map(({ id }) => id);
  const of = seesAll ? undefined : { channel, objects };
  const changes = await listChanges(desk.store, workspace, { object, of, limit: most });
  if (changes.length === 0)
    return { text: object ? `There are no changes of \`${object}\` here.` : "Nothing was changed here yet." };
  const lines = changes.map(({ at, actor, action, object: what, channel: where, words: to }) => {
    const place = seesAll && where !== null && where !== channel ? ` in ${channelLink(where)}` : "";
    return `• ${minuteOf(at)} ${who(actor)}${place}: ${inline(action)} ${code(what)} ${to ? code(clip(to, mostWords)) : ""}`.trimEnd();
  });
  const whose = seesAll ? "Changes in this workspace" : "Changes in this channel";
  return { text: [`*${whose}*, the newest first`, ...lines].join("\n") };
}
