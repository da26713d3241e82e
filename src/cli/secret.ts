import { UserError } from "../errors.ts";
import type { Scheme } from "../forges/verify.ts";

/** What a secret must look like for its scheme to be able to pass. */
const forms: Record<Scheme, { fits: (secret: string) => boolean; says: string }> = {
  token: { fits: (secret) => secret.trim() !== "", says: "must not be empty" },
  basic: { fits: (secret) => /^[^:]+:./s.test(secret), says: "must be user:password" },
  signed: {
    fits: (secret) => Buffer.from(secret.replace(/^whsec_/, ""), "base64").length >= 16,
    says: "must be whsec_ and base64 of at least 16 bytes, as GitLab shows it",
  },
  hmac: { fits: (secret) => secret.trim() !== "", says: "must not be empty" },
};

/**
 * The secret that a variable holds.
 * @throws UserError that names the variable, never its value
 */
export function secretFrom(variable: string, scheme: Scheme, value: string | undefined): string {
  if (!value) throw new UserError(`The variable ${variable} is not set. A hook needs a secret.`);
  const { fits, says } = forms[scheme];
  if (!fits(value)) throw new UserError(`The variable ${variable} ${says} for the scheme ${scheme}.`);
  return value;
}
