import { existsSync } from "node:fs";
import type { Config } from "../config.ts";
import { UserError } from "../errors.ts";
import type { Log } from "../log.ts";
import type { FileHook } from "../rules/file-schema.ts";
import { watchRulesFile } from "../rules/watch.ts";
import { listHooks, putHook } from "../store/hooks.ts";
import { syncFileRules } from "../store/rules.ts";
import type { Store } from "../store/store.ts";
import type { Io } from "./io.ts";
import { ownWorkspace } from "./open.ts";
import { readChecked } from "./rules.ts";
import { secretFrom } from "./secret.ts";

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
  const { hooks, rules } = existsSync(config.rules) ? readChecked(config.rules) : { hooks: [], rules: [] };
  const wanted = hooks.map((hook) => fromFile(hook, config));
  for (const hook of wanted) {
    const known = await putHook(store, { workspace, ...hook, origin: "file" });
    io.out(`Hook “${known.name}” of ${config.rules}: /hooks/${known.id}`);
  }
  for (const gone of (await listHooks(store, workspace)).filter(({ origin }) => origin === "file")) {
    if (wanted.some(({ name }) => name === gone.name)) continue;
    // To stop it would make the forge switch its webhook off for good: that is for somebody to decide.
    await putHook(store, { ...gone, origin: "command" });
    io.out(`Hook “${gone.name}” left ${config.rules} and still works. To end it: hook remove ${gone.name}`);
  }
  await syncFileRules(store, workspace, rules);
}

function fromFile({ name, forge, scheme, brand, secret_env }: FileHook, config: Config) {
  const secret = secretFrom(secret_env, scheme, config.secret(secret_env));
  return { name, forge, scheme, brand, secrets: [secret] };
}
