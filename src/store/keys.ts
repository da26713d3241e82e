import { randomBytes } from "node:crypto";
import { closeSync, existsSync, fsyncSync, linkSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../errors.ts";

const keyBytes = 32;

/**
 * The encryption keys, newest first: BELFRY_KEYS (32 bytes each in base64 or hexadecimal, separated by commas), else the file
 * `belfry.key` in the data folder, made at the first start with mode 0600.
 * @throws UserError when a key has the wrong form, or the file is missing beside a database
 */
export function loadKeys(data: string, setting: string | undefined): Buffer[] {
  if (setting) return parseKeys(setting, "BELFRY_KEYS");
  const path = join(data, "belfry.key");
  if (existsSync(path)) return parseKeys(readFileSync(path, "utf8").trim(), path);
  if (existsSync(join(data, "belfry.db"))) {
    throw new UserError(
      `${path} is missing, and the database cannot be read without it. Restore it from your backup, or set BELFRY_KEYS.`,
    );
  }
  writeKeyFile(data, path);
  return parseKeys(readFileSync(path, "utf8").trim(), path);
}

/**
 * The key is on disk, whole, before anything is encrypted with it: what is stored must not outlive its key in a power
 * cut. Where two processes start at once, the first one's key counts.
 */
function writeKeyFile(data: string, path: string): void {
  const draft = `${path}.${randomBytes(4).toString("hex")}`;
  writeFileSync(draft, `${randomBytes(keyBytes).toString("base64")}\n`, { mode: 0o600, flag: "wx", flush: true });
  try {
    linkSync(draft, path);
  } catch (error) {
    if (!existsSync(path)) throw error;
  } finally {
    rmSync(draft);
  }
  const folder = openSync(data, "r");
  fsyncSync(folder);
  closeSync(folder);
}

function parseKeys(text: string, source: string): Buffer[] {
  const keys = text.split(",").map((part) => parseKey(part.trim()));
  if (keys.some((key) => key.length !== keyBytes)) {
    throw new UserError(`${source} must hold keys of 32 bytes in base64. Make one with: openssl rand -base64 32`);
  }
  return keys;
}

/** Base64, or the 64 hexadecimal digits that Heroku generates: https://devcenter.heroku.com/articles/app-json-schema#env */
const parseKey = (text: string) => Buffer.from(text, /^[0-9a-f]{64}$/i.test(text) ? "hex" : "base64");
