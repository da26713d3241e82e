import { fileURLToPath } from "node:url";
import { InvalidArgumentError } from "commander";
import type { Config } from "../config.ts";
import { openStore, type Store } from "../store/store.ts";
import { previewWorkspace, slackWorkspace, type Workspace } from "../store/workspaces.ts";
import type { Io } from "./io.ts";

/** The workspace that commands and rules.yml are about: Slack's with a token, else the local preview. */
export const ownWorkspace = (config: Config): Workspace => (config.slack ? slackWorkspace : previewWorkspace);

/** Opens the store for one short command, also beside a running server. */
export async function withStore(io: Io, work: (store: Store, workspace: string, config: Config) => Promise<void>) {
  const config = io.config();
  const store = await openStore(config.data, config.keys);
  try {
    await work(store, ownWorkspace(config).id, config);
  } finally {
    await store.close();
  }
}

/** Address of a hook as the forge needs it. */
export const hookUrl = (config: Config, id: string, base?: string) =>
  `${base ?? config.url ?? `http://${config.host === "0.0.0.0" ? "127.0.0.1" : config.host}:${config.port}`}/hooks/${id}`;

/** A whole number of an option such as `--limit`. */
export function wholeNumber(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1 || number > 10_000)
    throw new InvalidArgumentError("It must be a number from 1 to 10000.");
  return number;
}

/** The messages' templates, beside `src`. */
export const templatesFolder = fileURLToPath(new URL("../../templates", import.meta.url));
