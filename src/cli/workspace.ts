import type { Config } from "../config.ts";
import { UserError } from "../errors.ts";
import type { Store } from "../store/store.ts";
import {
  findWorkspace,
  hasWorkspace,
  listWorkspaces,
  previewWorkspace,
  slackWorkspace,
  type Workspace,
} from "../store/workspaces.ts";
import type { Io } from "./io.ts";

/** Those that --workspace always takes, by their ids; the others are those that installed the app. */
const fixed = new Map([previewWorkspace, slackWorkspace].map((workspace) => [workspace.id, workspace]));

/**
 * The workspace that the rules.yml of a server without OAuth is about: the one of --workspace, else that of
 * SLACK_BOT_TOKEN from its first use on, also where the token is not set, because a command's shell is seldom the
 * server's; else the only one that installed the app, else the local preview.
 * @throws UserError when --workspace names none that is there
 */
export async function chooseWorkspace(io: Io, store: Store, config: Config): Promise<Workspace> {
  const [only, ...others] = await choices(io, store, config);
  return only && others.length === 0 ? only : previewWorkspace;
}

/** The workspace that a command is about: the same. @throws UserError also when several installed the app and none is named */
export async function commandWorkspace(io: Io, store: Store, config: Config): Promise<Workspace> {
  const [only = previewWorkspace, ...others] = await choices(io, store, config);
  if (others.length === 0) return only;
  throw new UserError(`Several workspaces installed the app. Choose one with --workspace: ${await told(store)}.`);
}

async function choices(io: Io, store: Store, config: Config): Promise<Workspace[]> {
  const asked = io.workspace();
  if (asked !== undefined) return [fixed.get(asked) ?? (await installed(store, asked))];
  if (!config.app?.oauth && (config.slack || (await hasWorkspace(store, slackWorkspace.id)))) return [slackWorkspace];
  const others = (await listWorkspaces(store)).filter(({ id }) => id !== slackWorkspace.id);
  return others.map(({ id }) => ({ id, chat: "slack" }));
}

async function installed(store: Store, id: string): Promise<Workspace> {
  const found = await findWorkspace(store, id);
  if (found) return { id: found.id, chat: found.chat };
  throw new UserError(`There is no workspace “${id}”. There are: ${await told(store)}.`);
}

async function told(store: Store): Promise<string> {
  const others = (await listWorkspaces(store)).filter(({ id }) => !fixed.has(id));
  return [...fixed.keys(), ...others.map(({ id, name }) => (name === null ? id : `${id} (${name})`))].join(", ");
}
