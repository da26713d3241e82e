import { createHmac } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { newSecret } from "../../src/forges/secrets.ts";
import { type Headers, headersSuffice, schemes, signatureOf, verify } from "../../src/forges/verify.ts";

const now = Date.UTC(2026, 2, 2, 10, 0, 0);
const body = Buffer.from('{"ref":"refs/heads/main"}');
const proof = (headers: Headers, tokenHeaders = ["x-gitlab-token"]) => ({
  headers,
  tokenHeaders,
  signatureHeaders: ["x-acme-signature-256", "x-gitcode-signature-256"],
  body,
  now,
});

/** Text as Node shows it in a header that holds its UTF-8 bytes. */
const asHeader = (text: string) => Buffer.from(text).toString("latin1");

describe("token", () => {
  const check = (given: string | undefined, secrets: string[]) =>
    verify("token", secrets, proof(given === undefined ? {} : { "x-gitlab-token": given }));

  test.each<[name: string, given: string | undefined, secrets: string[], passes: boolean]>([
    ["the secret", "s3cret", ["s3cret"], true],
    ["the newer of two secrets", "new", ["new", "old"], true],
    ["the older of two secrets", "old", ["new", "old"], true],
    ["a secret that was rotated out", "old", ["new"], false],
    ["a secret beyond ASCII, as UTF-8", asHeader("pässwörd🔑"), ["pässwörd🔑"], true],
    ["a secret beyond ASCII, as Latin-1", "pässwörd", ["pässwörd"], false],
    ["no header", undefined, ["s3cret"], false],
    ["an empty header", "", ["s3cret"], false],
    ["the word undefined", "undefined", ["s3cret"], false],
    ["only spaces", "   ", ["s3cret"], false],
    ["the secret with a space", "s3cret ", ["s3cret"], false],
    ["the start of the secret", "s3cre", ["s3cret"], false],
    ["more than the secret", "s3cretX", ["s3cret"], false],
    ["other letters", "S3CRET", ["s3cret"], false],
    ["one character", "s", ["s3cret"], false],
    ["16 kB", "s".repeat(16_384), ["s3cret"], false],
    ["bytes beyond ASCII", "\u00ff\u00fe", ["s3cret"], false],
    ["a header sent twice, as Node joins it", "s3cret, wrong", ["s3cret"], false],
    ["no header, with an empty secret", undefined, [""], false],
    ["an empty header, with an empty secret", "", [""], false],
    ["spaces, with a secret of spaces", "  ", ["  "], false],
    ["anything, without secrets", "s3cret", [], false],
  ])("%s", (_name, given, secrets, passes) => {
    expect(check(given, secrets)).toBe(passes);
  });

  test("only the hook's own headers count", () => {
    const headers = { "x-gitlab-token": "s3cret" };
    expect(verify("token", ["s3cret"], proof(headers, ["x-acme-token", "x-gitlab-token"]))).toBe(true);
    expect(verify("token", ["s3cret"], proof(headers, ["x-acme-token"]))).toBe(false);
    expect(verify("token", ["s3cret"], proof(headers, []))).toBe(false);
  });

  test("every secret and every header is looked at, also after one has passed", () => {
    const read: string[] = [];
    const headers = new Proxy<Record<string, string>>(
      { "x-acme-token": "new", "x-gitlab-token": "wrong" },
      {
        get(target, name, receiver) {
          read.push(String(name));
          return Reflect.get(target, name, receiver);
        },
      },
    );
    expect(verify("token", ["new", "old"], proof(headers, ["x-acme-token", "x-gitlab-token"]))).toBe(true);
    expect(read.filter((name) => name === "x-gitlab-token")).toHaveLength(2);
  });
});

describe("basic", () => {
  const base64 = (text: string) => Buffer.from(text).toString("base64");
  test.each<[name: string, given: string | undefined, secret: string, passes: boolean]>([
    ["user and password", `Basic ${base64("atomgit:pass")}`, "atomgit:pass", true],
    ["a password with a colon", `Basic ${base64("atomgit:pa:ss")}`, "atomgit:pa:ss", true],
    ["a password beyond ASCII", `Basic ${base64("atomgit:pä🔑")}`, "atomgit:pä🔑", true],
    ["lower-case basic", `basic ${base64("atomgit:pass")}`, "atomgit:pass", true],
    ["a percent sign in the password", `Basic ${base64("atomgit:pa%40ss")}`, "atomgit:pa%40ss", true],
    ["a password left percent-encoded", `Basic ${base64("atomgit:pa%40ss")}`, "atomgit:pa@ss", false],
    ["another password", `Basic ${base64("atomgit:other")}`, "atomgit:pass", false],
    ["another user", `Basic ${base64("gitlab:pass")}`, "atomgit:pass", false],
    ["no colon", `Basic ${base64("atomgitpass")}`, "atomgit:pass", false],
    ["no password", `Basic ${base64("atomgit:")}`, "atomgit:pass", false],
    ["bad base64", "Basic %%%", "atomgit:pass", false],
    ["nothing after basic", "Basic ", "atomgit:pass", false],
    ["only basic", "Basic", "atomgit:pass", false],
    ["clear text", "Basic atomgit:pass", "atomgit:pass", false],
    ["another scheme", `Bearer ${base64("atomgit:pass")}`, "atomgit:pass", false],
    ["a header sent twice", `Basic ${base64("atomgit:pass")}, Basic x`, "atomgit:pass", false],
    ["no header", undefined, "atomgit:pass", false],
    ["no header, with an empty secret", undefined, "", false],
    ["nothing, with an empty secret", "Basic =", "", false],
  ])("%s", (_name, given, secret, passes) => {
    expect(verify("basic", [secret], proof(given === undefined ? {} : { authorization: given }))).toBe(passes);
  });
});

describe("signed", () => {
  const key = Buffer.alloc(32, 7);
  const secret = `whsec_${key.toString("base64")}`;
  const seconds = now / 1000;
  const sign = (id: string, time: string | number, bytes: Buffer = body, by: Buffer = key) =>
    `v1,${createHmac("sha256", by)
      .update(Buffer.from(`${id}.${time}.`, "latin1"))
      .update(bytes)
      .digest("base64")}`;
  const signed = (time: string | number = seconds, changes: Headers = {}): Headers => ({
    "webhook-id": "id-1",
    "webhook-timestamp": String(time),
    "webhook-signature": sign("id-1", time),
    ...changes,
  });
  const good = sign("id-1", seconds);

  test.each<[name: string, headers: Headers, passes: boolean]>([
    ["its signature", signed(), true],
    ["the second of a list", signed(seconds, { "webhook-signature": `v1,bad v1a,xx ${good}` }), true],
    ["the eighth of eight", signed(seconds, { "webhook-signature": `${"v1,bad ".repeat(7)}${good}` }), true],
    ["one of nine", signed(seconds, { "webhook-signature": `${"v1,bad ".repeat(8)}${good}` }), false],
    ["no signature", signed(seconds, { "webhook-signature": undefined }), false],
    ["an empty header", signed(seconds, { "webhook-signature": "" }), false],
    ["an empty signature", signed(seconds, { "webhook-signature": "v1," }), false],
    ["the start of the signature", signed(seconds, { "webhook-signature": good.slice(0, 12) }), false],
    ["without its version", signed(seconds, { "webhook-signature": good.slice(3) }), false],
    ["of another version", signed(seconds, { "webhook-signature": good.replace("v1", "v1a") }), false],
    ["another key", signed(seconds, { "webhook-signature": sign("id-1", seconds, body, Buffer.alloc(32)) }), false],
    ["another id", signed(seconds, { "webhook-id": "id-2" }), false],
    ["no id", signed(seconds, { "webhook-id": undefined }), false],
    ["another time", signed(seconds, { "webhook-timestamp": String(seconds - 1) }), false],
    ["no time", signed(seconds, { "webhook-timestamp": undefined }), false],
    ["299 seconds old", signed(seconds - 299), true],
    ["301 seconds old", signed(seconds - 301), false],
    ["299 seconds ahead", signed(seconds + 299), true],
    ["301 seconds ahead", signed(seconds + 301), false],
    ["a time in letters", signed("abc"), false],
    ["a time with an exponent", signed("1e9"), false],
    ["a negative time", signed(-seconds), false],
    ["a time of 20 digits", signed("17724456000000000000"), false],
    ["an empty time", signed(""), false],
    ["only the plain token", { "x-gitlab-token": secret }, false],
    ["only GitHub's old signature", { "x-hub-signature": `sha1=${"0".repeat(40)}` }, false],
  ])("%s", (_name, headers, passes) => {
    expect(verify("signed", [secret], proof(headers))).toBe(passes);
    expect(verify("signed", ["whsec_AQID", secret], proof(headers))).toBe(passes);
  });

  test("it is over the raw bytes: the same JSON in other words does not pass", () => {
    const other = Buffer.from(JSON.stringify(JSON.parse(body.toString()), undefined, 1));
    expect(verify("signed", [secret], { ...proof(signed()), body: other })).toBe(false);
    expect(verify("signed", [secret], { ...proof(signed()), body: Buffer.alloc(0) })).toBe(false);
  });

  test.each(["whsec_", "whsec_!!!!", "", " "])(
    "the secret “%s” stands for an empty key and lets nobody in",
    (empty) => {
      const signature = sign("id-1", seconds, body, Buffer.alloc(0));
      expect(verify("signed", [empty], proof(signed(seconds, { "webhook-signature": signature })))).toBe(false);
    },
  );
});

describe("hmac", () => {
  const signature = createHmac("sha256", "s3cret").update(body).digest("hex");
  const name = "x-gitcode-signature-256";
  test.each<[name: string, headers: Headers, passes: boolean]>([
    ["its signature", { [name]: `sha256=${signature}` }, true],
    ["in the other header", { "x-acme-signature-256": `sha256=${signature}` }, true],
    ["in capitals", { [name]: `SHA256=${signature.toUpperCase()}` }, true],
    ["wrong in one header, right in the other", { "x-acme-signature-256": "x", [name]: `sha256=${signature}` }, true],
    ["another forge's header", { "x-hub-signature-256": `sha256=${signature}` }, false],
    ["without its algorithm", { [name]: signature }, false],
    ["of another algorithm", { [name]: `sha1=${signature}` }, false],
    ["with a space", { [name]: `sha256= ${signature}` }, false],
    ["the start of it", { [name]: `sha256=${signature.slice(0, 32)}` }, false],
    ["in base64", { [name]: `sha256=${Buffer.from(signature, "hex").toString("base64")}` }, false],
    ["of another secret", { [name]: signatureOf("other", body) }, false],
    ["of another body", { [name]: signatureOf("s3cret", Buffer.from(" ")) }, false],
    ["sent twice, as Node joins it", { [name]: `sha256=${signature}, sha256=${signature}` }, false],
    ["the secret itself", { [name]: "s3cret" }, false],
    ["the secret as a token", { "x-gitlab-token": "s3cret", "x-gitcode-token": "s3cret" }, false],
    ["an empty header", { [name]: "" }, false],
    ["no header", {}, false],
  ])("%s", (_name, headers, passes) => {
    expect(verify("hmac", ["s3cret"], proof(headers))).toBe(passes);
    expect(verify("hmac", ["newer", "s3cret"], proof(headers))).toBe(passes);
  });

  test("a secret beyond ASCII counts as UTF-8; an empty one lets nobody in", () => {
    const umlaut = createHmac("sha256", Buffer.from("Schlüssel-日本")).update(body).digest("hex");
    expect(verify("hmac", ["Schlüssel-日本"], proof({ [name]: `sha256=${umlaut}` }))).toBe(true);
    for (const empty of ["", " "]) {
      expect(verify("hmac", [empty], proof({ [name]: signatureOf(empty, body) }))).toBe(false);
    }
  });

  test("a forge without such headers lets nobody in", () => {
    const given = proof({ [name]: `sha256=${signature}` });
    expect(verify("hmac", ["s3cret"], { ...given, signatureHeaders: [] })).toBe(false);
  });
});

test("a hook takes its own scheme only, whatever else a request brings", () => {
  const secrets = {
    token: "s3cret",
    basic: "user:s3cret",
    signed: `whsec_${Buffer.alloc(32, 7).toString("base64")}`,
    hmac: "s3cret",
  };
  const mac = createHmac("sha256", Buffer.alloc(32, 7))
    .update(`id.${now / 1000}.`)
    .update(body)
    .digest("base64");
  const headers: Record<(typeof schemes)[number], Headers> = {
    token: { "x-gitlab-token": "s3cret" },
    basic: { authorization: `Basic ${Buffer.from("user:s3cret").toString("base64")}` },
    signed: { "webhook-id": "id", "webhook-timestamp": String(now / 1000), "webhook-signature": `v1,${mac}` },
    hmac: { "x-gitcode-signature-256": signatureOf("s3cret", body) },
  };
  for (const hook of schemes) {
    for (const request of schemes) {
      expect(verify(hook, [secrets[hook]], proof(headers[request])), `${request} at ${hook}`).toBe(hook === request);
    }
  }
  expect(headersSuffice).toEqual({ token: true, basic: true, signed: false, hmac: false });
});

test("whatever the headers are, the answer is false and never an error", () => {
  const names = [
    "x-gitlab-token",
    "authorization",
    "webhook-id",
    "webhook-timestamp",
    "webhook-signature",
    "x-gitcode-signature-256",
  ];
  const value = fc.oneof(
    fc.string({ unit: "binary", maxLength: 60 }),
    fc.constantFrom("", "Basic ", "v1,", "v1, v1,", "sha256=", String(now / 1000), "__proto__", "🔑"),
  );
  const headers = fc.dictionary(fc.constantFrom(...names), value);
  fc.assert(
    fc.property(fc.constantFrom(...schemes), headers, fc.uint8Array(), (scheme, given, bytes) => {
      const secret = newSecret[scheme]();
      expect(verify(scheme, [secret], { ...proof(given), body: Buffer.from(bytes) })).toBe(false);
    }),
    { numRuns: 2_000 },
  );
});
