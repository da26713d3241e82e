import type { ClientConfig } from "pg";
import { UserError } from "../../errors.ts";

type Tls = NonNullable<ClientConfig["ssl"]>;

/**
 * libpq's own meaning: `require` encrypts and trusts any certificate, as Heroku's databases need it
 * (https://devcenter.heroku.com/articles/connecting-heroku-postgres#connecting-in-node-js); node-postgres reads it as
 * `verify-full`. https://www.postgresql.org/docs/current/libpq-ssl.html#LIBPQ-SSL-PROTECTION
 */
const modes: Record<string, Tls> = {
  disable: false,
  require: { rejectUnauthorized: false },
  "no-verify": { rejectUnauthorized: false },
  "verify-ca": { checkServerIdentity: () => undefined },
  "verify-full": true,
};

/**
 * Reads DATABASE_URL. TLS is as `sslmode` says; without it on at Heroku and off elsewhere.
 * @throws UserError that does not show the address, which holds a password
 */
export function connection(address: string, isDyno: boolean): ClientConfig & { application_name: string } {
  const url = parse(address);
  const mode = url.searchParams.get("sslmode") ?? (isDyno ? "require" : "disable");
  const ssl = modes[mode];
  if (ssl === undefined) {
    throw new UserError(`DATABASE_URL: sslmode must be one of ${Object.keys(modes).join(", ")}.`);
  }
  const unknown = [...url.searchParams.keys()].filter((name) => name !== "sslmode");
  if (unknown.length > 0) throw new UserError(`DATABASE_URL: only ?sslmode=… is known, not ${unknown.join(", ")}.`);
  const user = decoded(url.username);
  return {
    // An address of IPv6 stands in brackets.
    host: url.hostname.replace(/^\[(.*)\]$/, "$1"),
    port: Number(url.port || 5432),
    database: decoded(url.pathname.slice(1)) || user,
    user,
    password: decoded(url.password),
    ssl,
    application_name: "belfry",
  };
}

const shape = "DATABASE_URL must look like postgres://user:password@host:5432/database";

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (cause) {
    throw new UserError(`${shape}, with special characters written as in an address (% is %25).`, { cause });
  }
}

function parse(address: string): URL {
  const url = URL.parse(address);
  if (url && /^postgres(ql)?:$/.test(url.protocol)) return url;
  throw new UserError(`${shape}.`);
}
