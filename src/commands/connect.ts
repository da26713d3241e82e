import { UserError } from "../errors.ts";
import type { Forge } from "../forges/forge.ts";
import { newSecret } from "../forges/secrets.ts";
import { addHook, type Hook, listHooks, NameTakenError, type NewHook } from "../store/hooks.ts";
import { type Asker, type Command, type CommandEntry, type Desk, doing, type Reply } from "./command.ts";
import { hooksPageOf, nameFor } from "./connect-name.ts";
import { readConnect, type Wish } from "./connect-words.ts";
import { pasteLines, placeLine } from "./paste-lines.ts";

export const connect: CommandEntry = {
  run,
  aliases: ["hook", "webhook"],
  usage: "connect <forge> [address]",
  does: "make a hook for a forge, with the steps to take there",
  help: [
    "`/belfry connect gitlab` makes a hook and shows its address and secret, once and only to you.",
    "`/belfry connect gitlab https://gitlab.acme.io/group/name` names the hook after the project and links to its webhooks.",
    "`scheme:signed` signs deliveries (GitLab 19), `scheme:basic` puts the secret into the address, `brand:Acme` is for a GitLab that sends `X-Acme-Event`.",
    "One hook serves every project and group that sends to it. `/belfry connections` lists the hooks.",
  ].join("\n"),
  changes: true,
};

/** Nobody needs more, and each is looked at when they are listed. */
const mostHooks = 100;

async function run(...[desk, asker, words]: Parameters<Command>): Promise<Reply> {
  const wish = readConnect(desk.forges, words);
  const { forge, address, brand } = wish;
  if (!forge) return askForge(desk, wish);
  const { store } = desk;
  const { workspace } = asker;
  const taken = (await listHooks(store, workspace)).map(({ name }) => name);
  if (taken.length >= mostHooks) {
    throw new UserError(
      `This workspace has ${taken.length} hooks. Disconnect one of them first: \`/belfry connections\``,
    );
  }
  const scheme = wish.scheme ?? forge.schemes[0] ?? "token";
  const secret = newSecret[scheme]();
  const made: Unnamed = { workspace, forge: forge.name, brand, scheme, secrets: [secret], origin: "command" };
  const hook = await addNamed(desk, asker, made, (others) => nameFor(forge, address, others), taken);
  return { text: steps(desk, forge, { ...hook, secret, page: address && hooksPageOf(forge, address) }) };
}

type Unnamed = Omit<NewHook, "name">;

/** Makes a hook with the next free name: another one may take a name in the same moment. */
async function addNamed(
  desk: Desk,
  asker: Asker,
  hook: Unnamed,
  nameBeside: (taken: readonly string[]) => string,
  taken: readonly string[],
): Promise<Hook> {
  const name = nameBeside(taken);
  try {
    return await addHook(desk.store, { ...hook, name }, doing(asker));
  } catch (error) {
    if (!(error instanceof NameTakenError)) throw error;
    return addNamed(desk, asker, hook, nameBeside, [...taken, name]);
  }
}

/** Only the forges that have the scheme, where one was typed. */
function askForge({ forges }: Desk, { address, scheme, brand }: Wish): Reply {
  const more = [address?.href ?? [], scheme ? `scheme:${scheme}` : [], brand ? `brand:${brand}` : []].flat();
  const fitting = Object.values(forges).filter(({ schemes }) => scheme === undefined || schemes.includes(scheme));
  return {
    text: "Which forge do your webhooks come from?",
    buttons: fitting.map(({ name, title }) => ({ label: title, line: ["connect", name, ...more].join(" ") })),
  };
}

interface Made extends Pick<Hook, "id" | "name" | "scheme"> {
  secret: string;
  page: string | undefined;
}

const steps = (desk: Desk, forge: Forge, { name, page, ...hook }: Made): string =>
  [
    `The hook \`${name}\` waits for ${forge.title}. Only you see this, and only now:`,
    ...pasteLines(forge, { ...hook, url: desk.hookUrl(hook.id) }),
    `1. ${placeLine(forge, page)}`,
    "2. Paste what is above, and tick the events that your rules name. A rule without kinds posts merge requests, broken and fixed pipelines, deployments, releases, tags and pushes.",
    "3. Save. `/belfry connections` tells when something has arrived.",
    "4. In a channel: `/belfry subscribe group/name`",
    `If the secret gets lost, \`/belfry connections rotate ${name}\` makes a new one.`,
    ...(isLocal(desk.hookUrl(hook.id)) ? [local] : []),
  ].join("\n");

const isLocal = (url: string): boolean => /^https?:\/\/(localhost|127\.|0\.0\.0\.0|\[::1?\])/.test(url);
const local =
  "Only this machine reaches that address: whoever runs Belfry has to set `BELFRY_URL` to the one that the forge reaches.";
