import { createHmac, randomUUID } from "node:crypto";
import type { Command } from "commander";
import { UserError } from "../errors.ts";
import type { Forge } from "../forges/forge.ts";
import { refuseScheme } from "../forges/index.ts";
import { type Scheme, signatureOf } from "../forges/verify.ts";
import { schemeOption } from "./forge-options.ts";
import type { Io } from "./io.ts";
import { type PayloadOptions, readDelivery, takesPayloads } from "./payload.ts";

interface SendOptions extends PayloadOptions {
  hook: string;
  secret: string;
  scheme: Scheme;
  key?: string;
}

/** `send`: plays deliveries against a running Belfry, proved as the forge would. */
export function addSendCommand(program: Command, io: Io): void {
  takesPayloads(program.command("send <file...>"))
    .description("Send payload files to a hook, as the forge would")
    .requiredOption("--hook <url>", "address of the hook")
    .requiredOption("--secret <secret>", "its secret")
    .addOption(schemeOption())
    .option("--key <key>", "delivery id; without it every send is a new delivery")
    .action(async (files: string[], options: SendOptions) => {
      const taken: string[] = [];
      for (const file of files) {
        const delivery = readDelivery(file, options);
        const response = await post(options, headersFor(options, delivery), delivery.body);
        const [, id = ""] = /"delivery":"([\w-]+)"/.exec(await response.text()) ?? [];
        io.out(`${response.status} ${meaning[response.status] ?? "refused"}  ${file}  ${id}`.trimEnd());
        if (!response.ok) io.exitCode(1);
        else if (id) taken.push(id);
      }
      if (taken.length > 0)
        io.out(`What became of it: npm run -s belfry -- ${workspaceOf(io)}deliveries ${whatToSee(taken)}`);
    });
}

/** Where people install the app there are many workspaces, and only the server knows whose hook it is. */
function workspaceOf(io: Io): string {
  const workspace = io.workspace() ?? (io.environment["SLACK_CLIENT_ID"] ? "<workspace>" : undefined);
  return workspace === undefined ? "" : `--workspace ${workspace} `;
}

const whatToSee = ([id, ...more]: string[]) => (more.length === 0 ? `show ${id}` : `list --limit ${more.length + 1}`);

const meaning: Record<number, string> = {
  200: "known already",
  202: "stored",
  401: "refused: wrong address or secret",
  413: "refused: larger than 25 MB",
  429: "refused: too many wrong secrets",
  503: "not stored: try again later",
};

/** https://docs.gitlab.com/user/project/integrations/webhooks/#delivery-headers */
function headersFor(options: SendOptions, { forge, headers: event, body }: ReturnType<typeof readDelivery>): Headers {
  const { brand, scheme, secret } = options;
  refuseScheme(forge, scheme);
  const id = options.key ?? randomUUID();
  const headers = new Headers({ "content-type": "application/json" });
  const given = { ...event, "idempotency-key": id, ...proofs[scheme](forge, { secret, brand, id, body }) };
  for (const [header, value] of Object.entries(given)) {
    if (value === undefined) continue;
    if (/[\0\r\n]/.test(value)) throw new UserError(`The value for ${header} must be one line.`);
    // Forges send UTF-8; a header's characters are bytes.
    headers.set(header, Buffer.from(value).toString("latin1"));
  }
  return headers;
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
  hmac: (forge, { secret, brand, body }) => ({ [forge.signatureHeaders(brand)[0] ?? ""]: signatureOf(secret, body) }),
};

const longest = 30_000;

async function post({ hook }: SendOptions, headers: Headers, body: Buffer): Promise<Response> {
  const url = addressOf(hook);
  const signal = AbortSignal.timeout(longest);
  try {
    return await fetch(url, { method: "POST", headers, body: new Uint8Array(body), redirect: "manual", signal });
  } catch (cause) {
    throw new UserError(`Nothing answers at ${url.origin}${url.pathname}. Is Belfry running there?`, { cause });
  }
}

function addressOf(hook: string): URL {
  const url = URL.parse(hook);
  if (!url || !/^https?:$/.test(url.protocol)) throw new UserError("--hook must be an address: http://host/hooks/…");
  if (url.username || url.password)
    throw new UserError("Leave user and password out of --hook: they belong to --secret.");
  return url;
}
