import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createSecretKey,
  type KeyObject,
  randomBytes,
} from "node:crypto";
import { UserError } from "../errors.ts";

/** Which row a sealed value belongs to. A value moved to another row or workspace does not open. */
export interface Place {
  table: string;
  workspace: string;
  row: string;
}

/** What stands in an encrypted column. */
export type Sealed = Uint8Array;

/** Encrypts and decrypts columns. */
export interface Sealer {
  seal(place: Place, plain: string | Uint8Array): Sealed;
  /** @throws UserError when the key is unknown or the value was changed or moved */
  open(place: Place, sealed: Sealed): Buffer;
  /** @throws UserError when the value was sealed with a key that is not at hand */
  checkKey(sealed: Sealed): void;
}

const keyIdBytes = 4;
const ivBytes = 12;
const tagBytes = 16;

/**
 * AES-256-GCM with a random nonce; `key id (4) · nonce (12) · tag (16) · ciphertext`. Workspace, table and row are
 * authenticated with it. The first key seals, every key opens: that is how keys are rotated.
 * @param keys 32 bytes each, newest first, at least one
 */
export function createSealer(keys: readonly Buffer[]): Sealer {
  // Made once: a key of plain bytes is made anew for each value, which takes longer than to encrypt it.
  const ring = new Map(keys.map((key) => [keyId(key), createSecretKey(key)]));
  const [first] = ring;
  if (!first) throw new UserError("There is no encryption key. Set BELFRY_KEYS.");
  const [newestId, newest] = first;
  const prefix = Buffer.from(newestId, "hex");

  function keyOf(sealed: Uint8Array): KeyObject {
    const id = Buffer.from(sealed.subarray(0, keyIdBytes)).toString("hex");
    const key = ring.get(id);
    if (!key) throw new UserError(`The database was encrypted with another key (${id}). Add that key to BELFRY_KEYS.`);
    return key;
  }

  return {
    seal(place, plain) {
      const iv = randomBytes(ivBytes);
      const cipher = createCipheriv("aes-256-gcm", newest, iv).setAAD(address(place));
      const parts = [cipher.update(plain), cipher.final()];
      return Buffer.concat([prefix, iv, cipher.getAuthTag(), ...parts]);
    },
    open(place, sealed) {
      const key = keyOf(sealed);
      const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength);
      const iv = bytes.subarray(keyIdBytes, keyIdBytes + ivBytes);
      const start = keyIdBytes + ivBytes + tagBytes;
      try {
        const decipher = createDecipheriv("aes-256-gcm", key, iv, { authTagLength: tagBytes })
          .setAAD(address(place))
          .setAuthTag(bytes.subarray(keyIdBytes + ivBytes, start));
        return Buffer.concat([decipher.update(bytes.subarray(start)), decipher.final()]);
      } catch (cause) {
        throw new UserError(`A value of ${place.table} was damaged or moved. Restore the database from your backup.`, {
          cause,
        });
      }
    },
    checkKey: (sealed) => void keyOf(sealed),
  };
}

const keyId = (key: Buffer) => createHash("sha256").update("belfry key").update(key).digest("hex").slice(0, 8);

const address = ({ table, workspace, row }: Place) => Buffer.from(JSON.stringify([table, workspace, row]));
