import { createHmac, hash, timingSafeEqual } from "node:crypto";

/**
 * How a hook proves who is calling. `token`: a secret in a header. `basic`: `user:password`, from the hook's URL.
 * `signed`: HMAC of id, time and body (https://www.standardwebhooks.com; GitLab 19). `hmac`: HMAC of the body alone,
 * in a header of the forge.
 */
export const schemes = ["token", "basic", "signed", "hmac"] as const;
export type Scheme = (typeof schemes)[number];

export type Headers = Readonly<Record<string, string | undefined>>;

export interface Proof {
  headers: Headers;
  /** names of the headers that may hold the token, in lower case */
  tokenHeaders: readonly string[];
  /** names of the headers that may hold the signature of `hmac`, in lower case */
  signatureHeaders: readonly string[];
  /** the raw body; only `signed` and `hmac` look at it */
  body: Buffer;
  /** milliseconds since 1970 */
  now: number;
}

type Check = (proof: Proof, secret: string) => boolean;

const checks: Record<Scheme, Check> = {
  token: ({ headers, tokenHeaders }, secret) =>
    anyOf(tokenHeaders, (name) => same(bytesOf(headers[name] ?? ""), secret) && headers[name] !== undefined),
  basic: ({ headers }, secret) => {
    const [, credentials] = /^basic +([A-Za-z0-9+/=_-]+)$/i.exec(headers["authorization"] ?? "") ?? [];
    return same(Buffer.from(credentials ?? "", "base64"), secret) && credentials !== undefined;
  },
  signed: ({ headers, body, now }, secret) => {
    const id = headers["webhook-id"];
    const time = headers["webhook-timestamp"];
    const signatures = headers["webhook-signature"]?.split(" ") ?? [];
    if (!id || !time || !isRecent(time, now) || signatures.length > mostSignatures) return false;
    const key = signingKey(secret);
    const mac = createHmac("sha256", key)
      .update(bytesOf(`${id}.${time}.`))
      .update(body)
      .digest("base64");
    return anyOf(signatures, (signature) => same(signature, `v1,${mac}`)) && key.length > 0;
  },
  hmac: ({ headers, signatureHeaders, body }, secret) => {
    const signature = signatureOf(secret, body);
    return anyOf(signatureHeaders, (name) => same((headers[name] ?? "").toLowerCase(), signature));
  },
};

/** What a forge writes into the header of scheme `hmac`: `sha256=` and the HMAC of the raw body in hex. */
export const signatureOf = (secret: string, body: Buffer) =>
  `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`;

/** Schemes that need no body: a wrong secret is refused before the body is read. */
export const headersSuffice: Record<Scheme, boolean> = { token: true, basic: true, signed: false, hmac: false };

const mostSignatures = 8;
const tolerance = 300;

/**
 * True when the request holds one of the secrets in the scheme's form. Every secret is tried and every comparison
 * takes constant time, so that the answer's time tells nothing. An empty secret never passes.
 */
export function verify(scheme: Scheme, secrets: readonly string[], proof: Proof): boolean {
  return anyOf(secrets, (secret) => checks[scheme](proof, secret) && secret.trim() !== "");
}

/** Like `some`, but always looks at all of them. */
const anyOf = <T>(items: readonly T[], test: (item: T) => boolean) =>
  items.reduce((found, item) => test(item) || found, false);

/** Compares digests, so that lengths neither throw nor tell. */
const same = (given: string | Buffer, wanted: string) => timingSafeEqual(digest(given), digest(wanted));

/** Node reads header bytes as Latin-1; forges send UTF-8. */
const bytesOf = (header: string) => Buffer.from(header, "latin1");

const digest = (value: string | Buffer) => hash("sha256", value, "buffer");

const isRecent = (time: string, now: number) =>
  /^\d{1,12}$/.test(time) && Math.abs(now / 1000 - Number(time)) <= tolerance;

/**
 * GitLab shows the secret as `whsec_` and base64; the key is what the base64 stands for. Text that is no base64 stands
 * for an empty key, which everybody has.
 */
const signingKey = (secret: string) => Buffer.from(secret.replace(/^whsec_/, ""), "base64");
