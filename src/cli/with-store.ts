import type { Config } from "../config.ts";
import { openStore, type Store } from "../store/store.ts";
import type { Io } from "./io.ts";
import { commandWorkspace } from "./workspace.ts";

/** Opens the store for one short command, also beside a running server. `workspace` is the id of the command's. */
export async function withStore(io: Io, work: (store: Store, workspace: string, config: Config) => Promise<void>) {
  const config = io.config();
  const store = await openStore(config);
  try {
    const { id } = await commandWorkspace(io, store, config);
    await work(store, id, config);
  } finally {
    await store.close();
  }
}
