import { UserError } from "../errors.ts";
import type { Scheme } from "../forges/verify.ts";
import { byTerminal, type Doing } from "./audit.ts";
import { changeHook, type Hook } from "./hooks.ts";
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
  changeSecrets(store, hook, doing, ({ name, scheme, secrets }) => {
    if (secrets.length >= mostSecrets)
      throw new UserError(`“${name}” has ${mostSecrets} secrets already. Finish the rotation first.`);
    return [newSecret[scheme](), ...secrets];
  });

/** Leaves a hook its newest secret. @throws UserError where rules.yml says it */
export const finishRotation = (
  store: Store,
  hook: Pick<Hook, "workspace" | "id">,
  doing: Doing = byTerminal,
): Promise<Hook> => changeSecrets(store, hook, doing, ({ secrets }) => secrets.slice(0, 1));

const changeSecrets = (
  store: Store,
  { workspace, id }: Pick<Hook, "workspace" | "id">,
  doing: Doing,
  change: (known: Hook) => Hook["secrets"],
): Promise<Hook> => {
  const checked = (known: Hook) => {
    refuseFileHook(known);
    return { secrets: change(known) };
  };
  return changeHook(store, workspace, id, checked, doing);
};

/** @throws UserError for a hook that only rules.yml changes */
export function refuseFileHook({ name, origin }: Pick<Hook, "name" | "origin">): void {
  if (origin === "file") throw new UserError(`“${name}” comes from rules.yml. Change it there.`);
}
