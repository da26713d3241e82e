import { randomBytes } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../errors.ts";

const keyBytes = 32;

/**
 * The encryption keys, newest first: BELFRY_KEYS (32 bytes each in base64, separated by commas), else the file
 * `belfry.key` in the data folder, made at the first start with mode 0600.
 */
export function loadKeys(data: string, setting: string | undefined): Buffer[] {
  if (setting) return parseKeys(setting, "BELFRY_KEYS");
  const path = join(data, "belfry.key");
  if (existsSync(path)) return parseKeys(readFileSync(path, "utf8").trim(), path);
  if (existsSync(join(data, "belfry.db"))) {
    throw new UserError(`${path} is missing, and the database cannot be read without it. Restore it from your backup.`);
  }
  const key = randomBytes(keyBytes);
  writeFileSync(path, `${key.toString("base64")}\n`, { mode: 0o600, flag: "wx" });
  return [key];
}

function parseKeys(text: string, source: string): Buffer[] {
  const keys = text.split(",").map((part) => Buffer.from(part.trim(), "base64"));
  if (keys.some((key) => key.length !== keyBytes)) {
    throw new UserError(`${source} must hold keys of 32 bytes in base64. Make one with: openssl rand -base64 32`);
  }
  return keys;
}
