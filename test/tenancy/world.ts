import { randomInt } from "node:crypto";
import { readFileSync } from "node:fs";
import { sql } from "kysely";
import type { Engine } from "../../src/store/engine/engine.ts";
import type { Store } from "../../src/store/store.ts";
import { deliver, until } from "../support/belfry.ts";
import { fixture } from "../support/commands.ts";
import { type Installed, startSlackApp } from "../support/slack-app.ts";
import { newStorePlace } from "../support/stores.ts";

/**
 * Workspaces whose people and channels have the same ids. In one something happens. In another people type that one's ids;
 * in its twin they type the same lines with ids that nobody has.
 */
export interface Tenants {
  app: Installed;
  /** whose things are none of the others' business */
  owner: string;
  /** type the owner's ids, and ids of nobody */
  other: string;
  twin: string;
  theirs: Ids;
  nobodys: Ids;
  /** each workspace's hook */
  hooks: Record<string, { hook: string; secret: string }>;
  /** another connection to its database */
  store: Store;
  close(): Promise<void>;
}

/** What a workspace's things are called, as far as somebody could type it. */
export interface Ids {
  hook: string;
  hookName: string;
  hookAddress: string;
  rule: string;
  otherRule: string;
  delivery: string;
  delivered: string;
  message: string;
  confirmation: string;
  mute: string;
  channel: string;
  project: string;
  link: string;
}

export const alice = { channel: "C0SAME", user: "U0ALICE" };

const seed = (id: string, name: string, more: object = {}) => ({
  ...{ id, name, users: [{ id: alice.user, name: "alice", owner: true, admin: true }], ...more },
  channels: [
    { id: alice.channel, name: "same" },
    { id: "C0OTHER", name: "other" },
  ],
});
const enterprise = { id: "E0BIG", name: "big" };
const separate = [seed("T0OWN", "owner"), seed("T0OTH", "second"), seed("T0TWI", "second")];
const organization = separate.map((one) => ({ ...one, enterprise }));

/** What is only in the owner's workspace. */
export const private_ = { project: "owners/repo", title: "Ownerstitle", name: "ownersname" };

/** The same merge request in a project of this path. */
export const opened = (project: string, title: string): string =>
  readFileSync(fixture("merge_request_hook__open"), "utf8")
    .replaceAll("acme/shop/api", project)
    .replaceAll("Add the Swedish VAT table", title);

/** @param kind workspaces that have nothing to do with each other, or teams of one organization with one token */
export async function openTenants(kind: "separate" | "organization", engine: Engine["name"]): Promise<Tenants> {
  const place = await newStorePlace(engine);
  const teams = kind === "separate" ? separate : organization;
  const app = await startSlackApp({ teams }, { ...place.environment, BELFRY_PACE_CHANNEL: "1/s burst 50" });
  for (const id of kind === "separate" ? teams.map((team) => team.id) : [enterprise.id]) await app.install(id);
  const [owner = "", other = "", twin = ""] = teams.map(({ id }) => id);
  const hooks: Tenants["hooks"] = {};
  for (const team of [owner, other, twin]) {
    const { text } = await app.type({ ...alice, team }, "connect gitlab");
    const [, hook = "", secret = ""] = /`(http[^`]+)`[\s\S]*?`([^`]+)` as/.exec(text) ?? [];
    hooks[team] = { hook, secret };
  }
  const store = await place.open();
  const theirs = await live({ app, store, owner, hook: hooks[owner] });
  for (const team of [other, twin]) await app.type({ ...alice, team }, "subscribe own/thing push");
  return {
    ...{ app, owner, other, twin, theirs, nobodys: nobodys(theirs), hooks, store },
    async close() {
      await app.stop();
      await place.remove();
    },
  };
}

/** Makes a row of everything in the owner's workspace, and finds out what each is called. */
async function live({
  app,
  store,
  owner,
  hook,
}: Pick<Tenants, "app" | "store" | "owner"> & { hook: Hook | undefined }) {
  const { project, title, name } = private_;
  const here = { ...alice, team: owner };
  const type = async (line: string, from = here) => (await app.type(from, line)).text;
  const ruleIn = (text: string) => /rule `([a-z0-9]{7})`/.exec(text)?.[1] ?? "";
  const rule = ruleIn(await type(`subscribe ${project} merge_request`));
  await deliver(hook ?? { hook: "", secret: "" }, { header: "Merge Request Hook", body: opened(project, title) });
  await until(
    () => store.db.selectFrom("messages").selectAll().where("state", "=", "sent").execute(),
    (sent) => sent.length === 1,
  );
  const otherRule = ruleIn(await type(`subscribe ${project}-two push branch:${name}`, { ...here, channel: "C0OTHER" }));
  await type(`connect gitlab https://${name}.example/${project}`);
  await type(`connections rotate ${name}-example-${project.replace("/", "-")}`);
  await type(`mute ${project}-muted for 2h`);
  // It would go on as soon as the channel is there again.
  await app.slack.event({ team: owner, event: { type: "channel_archive", channel: "C0OTHER" } });
  await type(`unsubscribe ${rule}`);
  const first = async (table: "hooks" | "deliveries" | "messages" | "confirmations" | "mutes") => {
    const query = sql<{ id: string }>`select id from ${sql.table(table)} where workspace_id = ${owner} limit 1`;
    return (await query.execute(store.db)).rows[0]?.id ?? "";
  };
  const delivery = await first("deliveries");
  const [, id = ""] = /hooks\/(\w+)/.exec(hook?.hook ?? "") ?? [];
  const ids = {
    ...{ hook: id, hookName: `${name}-example-${project.replace("/", "-")}`, hookAddress: hook?.hook ?? "" },
    ...{ rule, otherRule, delivery, delivered: delivery.slice(0, 13), message: await first("messages") },
    ...{ confirmation: await first("confirmations"), mute: await first("mutes"), channel: "C0OTHER", project },
    link: `https://gitlab.acme.example/${project}/-/merge_requests/12`,
  } satisfies Ids;
  const missing = Object.entries(ids).filter(([, value]) => value.length < 6);
  if (missing.length > 0) throw new Error(`not there: ${JSON.stringify(missing)}`);
  return ids;
}

type Hook = Tenants["hooks"][string];

/** Ids that name nothing, each in the very form of the owner's: a sign at its beginning may mean something. */
function nobodys(theirs: Ids): Ids {
  const [hook, delivery] = [like(theirs.hook), like(theirs.delivery)];
  const named = (text: string) => text.replaceAll("owners", "nobody");
  const { rule, otherRule, mute, message, confirmation } = theirs;
  return {
    ...{ hook, hookName: named(theirs.hookName), hookAddress: theirs.hookAddress.replace(theirs.hook, hook) },
    ...{ rule: like(rule), otherRule: like(otherRule), mute: like(mute), confirmation: like(confirmation) },
    ...{ delivery, delivered: delivery.slice(0, 13), message: like(message), channel: "C0NOBOD" },
    ...{ project: named(theirs.project), link: named(theirs.link) },
  };
}

const alike = ["0123456789", "abcdef", "ghjkmnpqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"];

/** Another text of the same form: figures for figures, letters for letters. */
const like = (text: string): string =>
  text.replace(/[0-9a-z]/gi, (sign) => {
    const signs = alike.find((some) => some.includes(sign)) ?? sign;
    return signs[randomInt(signs.length)] ?? sign;
  });
