import type { Forge } from "./forge.ts";
import type { Scheme } from "./verify.ts";

const usual: Record<Scheme, string> = {
  token: "“Secret token”",
  basic: "user:password in front of the host in the address",
  signed: "“Signing token”",
  hmac: "“Secret”",
};

/** Where the secret of a scheme goes in a forge's settings, as a person is told. */
export const secretField = ({ fields }: Pick<Forge, "fields">, scheme: Scheme): string =>
  fields?.[scheme] ?? usual[scheme];
