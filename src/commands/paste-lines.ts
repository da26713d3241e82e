import type { Forge } from "../forges/forge.ts";
import { secretField } from "../forges/secret-field.ts";
import type { Scheme } from "../forges/verify.ts";
import { code, link } from "../slack/text.ts";

interface Pasted {
  scheme: Scheme;
  secret: string;
  /** the hook's address, without the secret */
  url: string;
}

/** What goes where in the forge's form, as inert mrkdwn. It shows the secret. */
export function pasteLines(forge: Forge, { scheme, secret, url }: Pasted): string[] {
  if (scheme === "basic") return [`• ${code(withSecret(url, secret))} as “URL”; the secret is part of it`];
  return [`• ${code(url)} as “URL”`, `• ${code(secret)} as ${secretField(forge, scheme)}`];
}

/** The address with the secret in front of its host. */
function withSecret(url: string, secret: string): string {
  const address = new URL(url);
  const [user = "", ...password] = secret.split(":");
  address.username = user;
  address.password = password.join(":");
  return address.href;
}

/** Where in the forge that form is. @param page its address, where it is known */
export function placeLine({ title, menu }: Forge, page: string | undefined): string {
  return page
    ? `Open its ${link(page, "webhooks")}${wayOf(menu, ": ")}.`
    : `In ${title}, open the project or group${wayOf(menu, ", then ")}.`;
}

/** `*Settings* › *Webhooks*` with what stands before it; nothing where it is not known. */
export const wayOf = (menu: readonly string[] = [], before: string): string =>
  menu.length > 0 ? `${before}${menu.map((step) => `*${step}*`).join(" › ")}` : "";
