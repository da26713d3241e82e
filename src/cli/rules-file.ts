import { existsSync } from "node:fs";
import type { Config } from "../config.ts";
import { UserError } from "../errors.ts";
import type { Scheme } from "../forges/verify.ts";
import type { Log } from "../log.ts";
import type { HookLine } from "../rules/file.ts";
import { watchRulesFile } from "../rules/watch.ts";
import { syncFileRules } from "../store/file-rules.ts";
import { changeHook, type Hook, listHooks, type NewHook, putHook } from "../store/hooks.ts";
import type { Store } from "../store/store.ts";
import type { Io } from "./io.ts";
import { readChecked } from "./read-checked.ts";
import { secretFrom } from "./secret.ts";

interface Parts {
  io: Pick<Io, "out" | "err">;
  config: Config;
  store: Store;
  /** id of the workspace that the file is for */
  workspace: string;
  log: Pick<Log, "info" | "error">;
}

/**
 * Applies rules.yml now and whenever it changes, one time after the other.
 * @returns a function that stops following it and resolves when the store is no longer used
 * @throws UserError when the file is wrong now; a later mistake is reported and the rules stay as they were
 */
export async function followRulesFile(parts: Parts, watch = watchRulesFile): Promise<() => Promise<void>> {
  const { io, config, log } = parts;
  let last: Promise<unknown> = Promise.resolve();
  const again = () => {
    last = last
      .then(() => apply(parts))
      .then(
        () => log.info({ file: config.rules }, "rules file read again"),
        (error: unknown) => {
          if (!(error instanceof UserError)) return log.error({ error }, "rules file not applied");
          io.err(`${error.message}\nThe rules stay as they were.`);
        },
      );
  };
  const unwatch = watch(config.rules, again);
  const stop = async () => {
    unwatch();
    await last;
  };
  const first = apply(parts);
  last = Promise.allSettled([first]);
  try {
    await first;
  } catch (error) {
    await stop();
    throw error;
  }
  return stop;
}

async function apply({ io, config, store, workspace }: Parts): Promise<void> {
  const { hooks, rules } = existsSync(config.rules) ? readChecked(config.rules) : { hooks: [], rules: [] };
  const wanted = hooks.map((line) => fromFile(line, workspace, config));
  const known = await listHooks(store, workspace);
  // All before any: a file that is refused changes nothing.
  for (const { hook, refuse } of wanted) for (const one of known) if (one.name === hook.name) refuse(one);
  for (const { hook, refuse } of wanted) {
    const { name, id } = await putHook(store, hook, refuse);
    io.out(`Hook “${name}” of ${config.rules}: /hooks/${id}`);
  }
  for (const gone of known.filter(({ origin }) => origin === "file")) {
    if (wanted.some(({ hook }) => hook.name === gone.name)) continue;
    // To stop it would make the forge switch its webhook off for good: that is for somebody to decide.
    await changeHook(store, workspace, gone.id, () => ({ origin: "command" }));
    io.out(`Hook “${gone.name}” left ${config.rules} and still works. To end it: hook remove ${gone.name}`);
  }
  await syncFileRules(store, workspace, rules);
}

/** A hook as the file says it, and what refuses to take over one that was made otherwise. */
function fromFile(
  { line, secret_env, name, forge, scheme, brand }: HookLine<Scheme>,
  workspace: string,
  config: Config,
) {
  const secrets = secret_env.map((variable) => secretFrom(variable, scheme, config.secret(variable)));
  const hook: NewHook = { workspace, name, forge, scheme, brand, secrets, origin: "file" };
  const refuse = (known: Hook) => {
    if (known.origin === "file" || saysTheSame(known, hook)) return;
    throw new UserError(
      `${config.rules}:${line}: There is a hook named “${name}” that this file did not make. ` +
        `Choose another name, or remove the hook: hook remove ${name} --yes`,
    );
  };
  return { hook, refuse };
}

/** So a hook can move into the file, and come back to it: whatever the forge sends with its old secret still passes. */
const saysTheSame = (known: Hook, line: NewHook) =>
  known.forge === line.forge &&
  known.scheme === line.scheme &&
  known.brand === line.brand &&
  known.secrets.every((secret) => line.secrets.includes(secret));
