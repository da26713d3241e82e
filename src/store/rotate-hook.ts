import { createHash } from "node:crypto";
import { UserError } from "../errors.ts";
import type { Scheme } from "../forges/verify.ts";
import { byTerminal, type Doing } from "./audit.ts";
import { changeHook, type Hook, type HookDoing } from "./hooks.ts";
import type { Store } from "./store.ts";

/** Each delivery is compared with all of them. */
const mostSecrets = 5;

/**
 * Gives a hook one more secret, the newest first; the others stay valid until the rotation is finished.
 * @throws UserError where rules.yml says its secret, or it has too many by now
 */
export const rotateHook = (
  store: Store,
  hook: Pick<Hook, "workspace" | "id">,
  newSecret: Readonly<Record<Scheme, () => string>>,
  doing: Doing = byTerminal,
): Promise<Hook> =>
  changeSecrets(store, hook, { ...doing, action: "rotate" }, ({ name, scheme, secrets }) => {
    if (secrets.length >= mostSecrets)
      throw new UserError(`“${name}” has ${mostSecrets} secrets already. Finish the rotation first.`);
    return [newSecret[scheme](), ...secrets];
  });

/**
 * Leaves a hook its newest secret.
 * @param hook as it was read: one that has got another secret since stays as it is
 * @throws UserError where rules.yml says it, or there is a newer secret
 */
export const finishRotation = (
  store: Store,
  hook: Pick<Hook, "workspace" | "id" | "secrets">,
  doing: Doing = byTerminal,
): Promise<Hook> =>
  changeSecrets(store, hook, { ...doing, action: "finish" }, ({ name, secrets }) => {
    if (secrets[0] !== hook.secrets[0])
      throw new UserError(`“${name}” got another secret meanwhile. Nothing was dropped.`);
    return secrets.slice(0, 1);
  });

const changeSecrets = (
  store: Store,
  { workspace, id }: Pick<Hook, "workspace" | "id">,
  doing: HookDoing,
  change: (known: Hook) => Hook["secrets"],
): Promise<Hook> => {
  const checked = (known: Hook) => {
    refuseFileHook(known);
    return { secrets: change(known) };
  };
  return changeHook(store, workspace, id, checked, doing);
};

/** Tells one rotation of a hook from another, and nothing of the secrets: their number and a few digits of a digest. */
export const rotationOf = ({ id, secrets }: Pick<Hook, "id" | "secrets">): string => {
  const digest = createHash("sha256").update(JSON.stringify([id, secrets[0]]));
  return `${secrets.length}-${digest.digest("hex").slice(0, 8)}`;
};

/** @throws UserError for a hook that only rules.yml changes */
export function refuseFileHook({ name, origin }: Pick<Hook, "name" | "origin">): void {
  if (origin === "file") throw new UserError(`“${name}” comes from rules.yml. Change it there.`);
}
