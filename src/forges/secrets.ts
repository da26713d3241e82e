import { randomBytes } from "node:crypto";
import type { Scheme } from "./verify.ts";

/** A new secret in the form that the scheme's forge takes. */
export const newSecret: Record<Scheme, () => string> = {
  token: () => randomBytes(24).toString("base64url"),
  basic: () => `belfry:${randomBytes(24).toString("base64url")}`,
  // https://docs.gitlab.com/user/project/integrations/webhooks/#signing-tokens
  signed: () => `whsec_${randomBytes(32).toString("base64")}`,
  hmac: () => randomBytes(24).toString("base64url"),
};
