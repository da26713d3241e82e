import type { Store } from "./store.ts";

const place = (workspace: string, row: string) => ({ table: "deliveries", workspace, row });

/** The encrypted body of a delivery, for its row. */
export const sealBody = (store: Store, workspace: string, id: string, body: Buffer): Uint8Array =>
  store.sealer.seal(place(workspace, id), body);

/** The body of a row. @throws UserError when the key is unknown or the value was changed or moved */
export function openBody(store: Store, workspace: string, row: { id: string; body: Uint8Array | null }): Buffer {
  if (!row.body) throw new Error("only the first copy of a delivery has a body");
  return store.sealer.open(place(workspace, row.id), row.body);
}
