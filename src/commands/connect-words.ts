import { UserError } from "../errors.ts";
import type { Forge } from "../forges/forge.ts";
import { refuseScheme } from "../forges/index.ts";
import { type Scheme, schemes } from "../forges/verify.ts";
import { brandName } from "../rules/file-names.ts";
import { nearest } from "../rules/nearest.ts";
import { quoted } from "../rules/problem.ts";
import { unwrapped } from "../rules/unwrapped.ts";

/** What somebody wants to connect. */
export interface Wish {
  /** undefined: not said */
  forge: Forge | undefined;
  /** of the forge, a project or a group */
  address: URL | undefined;
  /** undefined: not said */
  scheme: Scheme | undefined;
  brand: string | undefined;
}

type Forges = Readonly<Record<string, Forge>>;

const mostAddress = 500;

/**
 * Reads `<forge> [address] [scheme:…] [brand:…]`, in any order.
 * @throws UserError that says which word is wrong
 */
export function readConnect(forges: Forges, words: string): Wish {
  let forge: Forge | undefined;
  let address: URL | undefined;
  let scheme: Scheme | undefined;
  let brand: string | undefined;
  for (const word of words.split(/\s+/).filter((part) => part !== "")) {
    const [, key, value = ""] = /^(scheme|brand):(.*)$/is.exec(word) ?? [];
    if (key?.toLowerCase() === "scheme") scheme = readScheme(value);
    else if (key !== undefined) brand = readBrand(value);
    else if (isAddress(word)) address = readAddress(word);
    else if (forge) throw new UserError(`I do not understand ${quoted(word)}. A web address begins with \`https://\`.`);
    else forge = readForge(forges, word);
  }
  if (forge && scheme) refuseScheme(forge, scheme);
  return { forge, address, scheme, brand };
}

/** A forge by its name, its title or another name in its headers: `gitcode` is AtomGit. */
function readForge(forges: Forges, word: string): Forge {
  const name = word.toLowerCase();
  const all = Object.values(forges);
  const named = all.find((forge) => forge.name === name || forge.title.toLowerCase() === name);
  const found = named ?? all.find((forge) => forge.eventHeaders().includes(`x-${name}-event`));
  if (found) return found;
  const near = nearest(name, Object.keys(forges));
  const hint = near ? `Did you mean \`${near}\`?` : `I know ${all.map(({ title }) => title).join(", ")}.`;
  throw new UserError(`There is no forge ${quoted(word)}. ${hint}`);
}

function readScheme(word: string): Scheme {
  const scheme = schemes.find((one) => one === word.toLowerCase());
  if (scheme) return scheme;
  throw new UserError(`There is no scheme ${quoted(word)}. Choose one of: ${schemes.join(", ")}.`);
}

function readBrand(word: string): string {
  if (brandName.fits.test(word)) return word;
  throw new UserError(`${quoted(word)} is not a brand. ${brandName.says}`);
}

const isAddress = (word: string) => /^<|:\/\/|\//.test(word);

/** It is never fetched. */
function readAddress(word: string): URL {
  const url = URL.parse(unwrapped(word));
  if (!url || !/^https?:$/.test(url.protocol) || url.href.length > mostAddress) {
    throw new UserError("An address looks like `https://gitlab.acme.io/group/name`.");
  }
  if (url.username !== "" || url.password !== "") {
    throw new UserError("Leave the user and password out of the address: I do not need them.");
  }
  // What stands behind the path may be a token, and the address is kept below a button.
  return new URL(url.origin + url.pathname);
}
