import { anchorsOf } from "../src/rules/anchors.ts";
import { parseRule } from "../src/rules/parse.ts";
import { newRow } from "../src/store/change-rules.ts";
import { addHook } from "../src/store/hooks.ts";
import { openStore, type Store } from "../src/store/store.ts";
import { inTransaction } from "../src/store/transaction.ts";
import { putWorkspace } from "../src/store/workspaces.ts";
import { gitlabHook } from "../test/support/hook.ts";
import type { Place } from "./workplace.ts";

/** Values of the places of a request that goes to a hook of ours and tells of a project of its workspace. */
export interface Address extends Record<string, string> {
  hook: string;
  secret: string;
  project: string;
}

/** Workspaces with a hook each, and channels that each hear of a project of their own. */
export interface Town {
  workspaces: number;
  channels: number;
}

/** What a rule of the town wants beside its project. */
const kinds = "push merge_request:open pipeline:failed";

/** Rows of one statement. */
const mostRows = 500;

/** Fills an empty store. @returns where deliveries go, one for each channel */
export async function build(place: Place, town: Town): Promise<Address[]> {
  const store = await openStore(place.options);
  try {
    const addresses: Address[] = [];
    for (let at = 0; at < town.workspaces; at++) {
      const workspace = `T${pad(at, 5)}`;
      const secret = `secret-${pad(at, 17)}`;
      await putWorkspace(store, { id: workspace, token: `xoxb-${at}-bench` });
      const { id } = await addHook(store, gitlabHook(workspace, "bench", secret));
      const count = Math.ceil((town.channels - at) / town.workspaces);
      const projects = Array.from({ length: count }, (_, project) => `group-${pad(at, 4)}/project-${pad(project, 5)}`);
      await addRules(
        store,
        workspace,
        projects.map((project, channel) => ({
          channel: `C${pad(at, 4)}X${pad(channel, 5)}`,
          words: `${project} ${kinds}`,
        })),
      );
      addresses.push(...projects.map((project) => ({ hook: id, secret, project })));
    }
    return shuffled(addresses);
  } finally {
    await store.close();
  }
}

const pad = (number: number, width: number) => String(number).padStart(width, "0");

/** From workspace to workspace rather than one after the other, the same each time. */
const shuffled = (addresses: readonly Address[]): Address[] =>
  addresses
    .map((address, at) => ({ address, by: (at * 7919) % addresses.length }))
    .toSorted((a, b) => a.by - b.by)
    .map(({ address }) => address);

/** Writes many rules at once, as commands would make them one by one. */
export async function addRules(
  store: Store,
  workspace: string,
  rules: readonly { channel: string; words: string }[],
): Promise<void> {
  for (let at = 0; at < rules.length; at += mostRows) {
    const rows = rules
      .slice(at, at + mostRows)
      .map((rule, index) => ({ ...newRow(workspace, "command", rule, store.now(), "bench"), id: `r${at + index}` }));
    const anchors = rows.flatMap(({ id, words }) => {
      const parsed = parseRule(words);
      if ("problem" in parsed) throw new Error(parsed.problem.message);
      return anchorsOf(parsed.rule).map((anchor) => ({ workspace_id: workspace, anchor, rule_id: id }));
    });
    await inTransaction(store, async (trx) => {
      await trx.insertInto("rules").values(rows).execute();
      await trx.insertInto("rule_anchors").values(anchors).execute();
    });
  }
}
