import { newSecret } from "../forges/secrets.ts";
import { type Hook, removeHook } from "../store/hooks.ts";
import { finishRotation, rotateHook } from "../store/rotate-hook.ts";
import { type Asker, type Desk, doing, type Reply } from "./command.ts";
import { pasteLines, wayOf } from "./paste-lines.ts";

type Change = (desk: Desk, asker: Asker, hook: Hook) => Promise<Reply>;

/** What can be done with a hook, by those who may. */
export const changes: Readonly<Record<string, Change>> = { rotate, finish, disconnect };

async function rotate(desk: Desk, asker: Asker, { name, forge: forgeName, ...hook }: Hook): Promise<Reply> {
  const { secrets, scheme } = await rotateHook(desk.store, hook, newSecret, doing(asker));
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
    buttons: [{ label: "Finish: only the new one", line: `connections finish ${name}` }],
  };
}

async function finish({ store }: Desk, asker: Asker, hook: Hook): Promise<Reply> {
  if (hook.secrets.length < 2) return { text: `\`${hook.name}\` has one secret: there is nothing to finish.` };
  await finishRotation(store, hook, doing(asker));
  return { text: `Only the newest secret of \`${hook.name}\` is valid now.` };
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
