import { existsSync } from "node:fs";
import type { Config } from "../config.ts";
import { UserError } from "../errors.ts";
import type { Log } from "../log.ts";
import type { FileHook } from "../rules/file-schema.ts";
import { watchRulesFile } from "../rules/watch.ts";
import { putHook } from "../store/hooks.ts";
import { syncFileRules } from "../store/rules.ts";
import type { Store } from "../store/store.ts";
import type { Io } from "./io.ts";
import { ownWorkspace } from "./open.ts";
import { readChecked } from "./rules.ts";

/**
 * Applies rules.yml now and whenever it changes.
 * @returns a function that stops following it
 * @throws UserError when the file is wrong now; a later mistake is reported and the rules stay as they were
 */
export async function followRulesFile(parts: { io: Io; config: Config; store: Store; log: Log }): Promise<() => void> {
  const { io, config, log } = parts;
  const again = () => {
    apply(parts).then(
      () => log.info({ file: config.rules }, "rules file read again"),
      (error: unknown) => {
        if (!(error instanceof UserError)) return log.error({ error }, "rules file not applied");
        io.err(`${error.message}\nThe rules stay as they were.`);
      },
    );
  };
  const stop = watchRulesFile(config.rules, again);
  await apply(parts);
  return stop;
}

async function apply({ io, config, store }: { io: Io; config: Config; store: Store }): Promise<void> {
  const workspace = ownWorkspace(config).id;
  if (!existsSync(config.rules)) return syncFileRules(store, workspace, []);
  const { hooks, rules } = readChecked(config.rules);
  for (const hook of hooks) {
    const known = await putHook(store, { workspace, ...fromFile(hook, config), origin: "file" });
    io.out(`Hook “${known.name}” of ${config.rules}: /hooks/${known.id}`);
  }
  await syncFileRules(store, workspace, rules);
}

function fromFile({ name, forge, scheme, brand, secret_env }: FileHook, config: Config) {
  const secret = config.secret(secret_env);
  if (!secret) throw new UserError(`${config.rules}: the variable ${secret_env} of hook “${name}” is not set.`);
  return { name, forge, scheme, brand, secrets: [secret] };
}
