import { code, inline } from "../slack/text.ts";
import { type Hook, listHooks } from "../store/hooks.ts";
import type { DeliveryState } from "../store/schema.ts";
import { hookActivity } from "../store/seen.ts";
import type { Asker, Desk } from "./command.ts";
import { ago, who } from "./say.ts";

const became: Record<DeliveryState, string> = {
  pending: "waits to be read",
  event: "read",
  unsupported: "of a kind that I do not know",
  unreadable: "not readable",
  ignored: "left aside",
  duplicate: "sent again",
};

/** Most hooks that one answer lists. */
const mostLines = 20;

/** The workspace's hooks, one a line, each with its last delivery, as inert mrkdwn; nothing where there is none. */
export async function hookLines(desk: Desk, { workspace }: Asker): Promise<string[]> {
  const { store } = desk;
  const hooks = await listHooks(store, workspace);
  const activity = await hookActivity(store, workspace);
  const lines = hooks.slice(0, mostLines).map((hook) => {
    const last = activity.get(hook.id);
    const arrived = last
      ? `last delivery ${ago(last.receivedAt, store.now())}, ${became[last.state]}`
      : "nothing has arrived yet";
    return `• ${code(hook.name)} ${titleOf(desk, hook)}: ${arrived} · ${madeBy(hook)}${rotating(hook)}`;
  });
  return hooks.length > mostLines ? [...lines, `and ${hooks.length - mostLines} more`] : lines;
}

const titleOf = ({ forges }: Desk, { forge, brand }: Hook): string =>
  inline(`${forges[forge]?.title ?? forge}${brand ? ` (${brand})` : ""}`);

const madeBy = ({ origin, createdBy }: Hook): string =>
  origin === "file" ? "from rules.yml" : `made by ${who(createdBy)}`;

const rotating = ({ name, secrets }: Hook): string =>
  secrets.length > 1 ? ` · ${secrets.length} secrets until \`/belfry connections finish ${name}\`` : "";
