import { newSecret } from "../forges/secrets.ts";
import { type Hook, removeHook } from "../store/hooks.ts";
import { finishRotation, rotateHook, rotationOf } from "../store/rotate-hook.ts";
import { type Asker, type Desk, doing, type Reply } from "./command.ts";
import { pasteLines, wayOf } from "./paste-lines.ts";

/** @param mark what a button of ours has behind the hook's name */
type Change = (desk: Desk, asker: Asker, hook: Hook, mark: string | undefined) => Promise<Reply>;

/** What can be done with a hook, by those who may. */
export const changes: Readonly<Record<string, Change>> = { rotate, finish, disconnect };

async function rotate(desk: Desk, asker: Asker, { name, forge: forgeName, ...hook }: Hook): Promise<Reply> {
  const changed = await rotateHook(desk.store, hook, newSecret, doing(asker));
  const { secrets, scheme } = changed;
  const forge = desk.forges[forgeName];
  const secret = secrets[0] ?? "";
  const pasted = forge ? pasteLines(forge, { scheme, secret, url: desk.hookUrl(hook.id) }) : [];
  return {
    text: [
      `A new secret for \`${name}\`. Only you see this, and only now:`,
      ...pasted,
      `1. Open this webhook in ${forge?.title ?? forgeName}${wayOf(forge?.menu?.slice(0, 2), ": ")}.`,
      "2. Put it in place of the old one, and save.",
      "3. Then finish here: until you do, the old secret stays valid, too.",
    ].join("\n"),
    buttons: [{ label: "Finish: only the new one", line: finishLine(changed) }],
  };
}

/** A button is for the secrets that it was shown for: one of an earlier rotation must not drop what the forge still sends. */
const finishLine = (hook: Hook) => `connections finish ${hook.name} ${rotationOf(hook)}`;

async function finish({ store }: Desk, asker: Asker, hook: Hook, mark: string | undefined): Promise<Reply> {
  const { name, secrets } = hook;
  if (secrets.length < 2) return { text: `\`${name}\` has one secret: there is nothing to finish.` };
  if (asker.confirmed && mark === rotationOf(hook)) {
    await finishRotation(store, hook, doing(asker));
    return { text: `Only the newest secret of \`${name}\` is valid now.` };
  }
  const since = asker.confirmed ? `\`${name}\` has other secrets since, so nothing was changed.\n` : "";
  return {
    text: `${since}Drop all secrets of \`${name}\` but the newest? A webhook that has an older one is refused then.`,
    buttons: [
      { label: "Finish: only the newest", line: finishLine(hook), style: "danger" },
      { label: "Cancel", line: "cancel" },
    ],
  };
}

async function disconnect({ store, forges }: Desk, asker: Asker, hook: Hook): Promise<Reply> {
  const title = forges[hook.forge]?.title ?? "The forge";
  if (!asker.confirmed) {
    return {
      text: `Disconnect \`${hook.name}\`? What ${title} sends to it is refused then, for good. What has arrived stays, and so do the rules.`,
      buttons: [
        { label: "Disconnect", line: `connections disconnect ${hook.name}`, style: "danger" },
        { label: "Cancel", line: "cancel" },
      ],
    };
  }
  await removeHook(store, asker.workspace, hook.id, doing(asker));
  return { text: `Disconnected \`${hook.name}\`. Remove its webhook in ${title}, too.` };
}
