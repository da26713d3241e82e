import type { Store } from "./store.ts";

/** The encrypted columns of a delivery. */
type Column = "body" | "decisions";

const place = (workspace: string, id: string, column: Column) => ({
  table: "deliveries",
  workspace,
  row: `${id} ${column}`,
});

/** Encrypts a column for its row. */
export const sealColumn = (store: Store, workspace: string, id: string, column: Column, plain: string | Buffer) =>
  store.sealer.seal(place(workspace, id, column), plain);

/** The clear value of a column. @throws UserError when the key is unknown or the value was changed or moved */
export const openColumn = (store: Store, workspace: string, id: string, column: Column, sealed: Uint8Array): Buffer =>
  store.sealer.open(place(workspace, id, column), sealed);
