import { createHmac, randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import type { Command } from "commander";
import { UserError } from "../errors.ts";
import type { Forge } from "../forges/forge.ts";
import { forgeNamed } from "../forges/index.ts";
import { type Scheme, schemes } from "../forges/verify.ts";
import type { Io } from "./io.ts";

interface SendOptions {
  hook: string;
  secret: string;
  scheme: string;
  forge: string;
  brand?: string;
  event: string;
  key?: string;
}

/** `send`: plays deliveries against a running Belfry, proved as the forge would. */
export function addSendCommand(program: Command, io: Io): void {
  program
    .command("send <file...>")
    .description("Send payload files to a hook, as the forge would")
    .requiredOption("--hook <url>", "address of the hook")
    .requiredOption("--secret <secret>", "its secret")
    .requiredOption("--event <header>", 'value of the event header: "Merge Request Hook"')
    .option("--scheme <scheme>", `how to prove it: ${schemes.join(", ")}`, "token")
    .option("--forge <forge>", "which forge to act as", "gitlab")
    .option("--brand <brand>", "the name in the headers: X-<Brand>-Event")
    .option("--key <key>", "delivery id; without it every send is a new delivery")
    .action(async (files: string[], options: SendOptions) => {
      for (const file of files) {
        const body = readBody(file);
        const response = await post(options, headersFor(options, body), body);
        const [, delivery = ""] = /"delivery":"([\w-]+)"/.exec(await response.text()) ?? [];
        io.out(`${response.status} ${meaning[response.status] ?? "refused"}  ${file}  ${delivery}`.trimEnd());
        if (!response.ok) io.exitCode(1);
      }
    });
}

const meaning: Record<number, string> = {
  200: "known already",
  202: "stored",
  401: "refused: wrong address or secret",
  413: "refused: larger than 25 MB",
  429: "refused: too many wrong secrets",
  503: "not stored: try again later",
};

function readBody(file: string): Buffer {
  try {
    return readFileSync(file === "-" ? 0 : file);
  } catch (cause) {
    throw new UserError(`Cannot read ${file}.`, { cause });
  }
}

/** https://docs.gitlab.com/user/project/integrations/webhooks/#delivery-headers */
function headersFor(
  { event, key, brand, forge: name, scheme, secret }: SendOptions,
  body: Buffer,
): Record<string, string> {
  const forge = forgeNamed(name);
  const known = schemes.find((one) => one === scheme);
  if (!known) throw new UserError(`There is no scheme “${scheme}”. Choose one of: ${schemes.join(", ")}.`);
  const id = key ?? randomUUID();
  return {
    "content-type": "application/json",
    [forge.eventHeaders(brand)[0] ?? ""]: event,
    "idempotency-key": id,
    ...proofs[known](forge, { secret, brand, id, body }),
  };
}

interface Sent {
  secret: string;
  brand: string | undefined;
  id: string;
  body: Buffer;
}

const proofs: Record<Scheme, (forge: Forge, sent: Sent) => Record<string, string>> = {
  token: (forge, { secret, brand }) => ({ [forge.tokenHeaders(brand)[0] ?? ""]: secret }),
  basic: (_forge, { secret }) => ({ authorization: `Basic ${Buffer.from(secret).toString("base64")}` }),
  signed: (_forge, { secret, id, body }) => {
    const time = String(Math.floor(Date.now() / 1000));
    const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64");
    const mac = createHmac("sha256", key).update(`${id}.${time}.`).update(body).digest("base64");
    return { "webhook-id": id, "webhook-timestamp": time, "webhook-signature": `v1,${mac}` };
  },
};

async function post({ hook }: SendOptions, headers: Record<string, string>, body: Buffer): Promise<Response> {
  try {
    return await fetch(hook, { method: "POST", headers, body: new Uint8Array(body), redirect: "error" });
  } catch (cause) {
    throw new UserError(`Nothing answers at ${hook.replace(/\?.*$/, "")}. Is Belfry running there?`, { cause });
  }
}
