import { isIP } from "node:net";
import { z } from "zod";
import { UserError } from "./errors.ts";

const port = z
  .string()
  .regex(/^\d{1,5}$/, "must be a number from 0 to 65535")
  .transform(Number)
  .refine((number) => number <= 65_535, "must be a number from 0 to 65535");
const url = z.url({ protocol: /^https?$/, error: "must be an address that begins with http:// or https://" });
const proxies = z.string().refine(isProxies, "must be a number of proxies, or their addresses with commas between");

/** The environment. An empty variable counts as unset. */
const Environment = z.object({
  PORT: port.optional(),
  HOST: z.string().optional(),
  BELFRY_URL: url.optional(),
  BELFRY_DATA: z.string().default("./data"),
  DATABASE_URL: z.string().optional(),
  BELFRY_KEYS: z.string().optional(),
  BELFRY_RULES: z.string().default("./rules.yml"),
  BELFRY_TRUST_PROXY: proxies.optional(),
  LOG_LEVEL: z.enum(["fatal", "error", "warn", "info", "debug", "trace", "silent"]).optional(),
  SLACK_BOT_TOKEN: z
    .string()
    .regex(/^xoxb-/, "must start with xoxb-")
    .optional(),
  SLACK_API_URL: url.optional(),
  DYNO: z.string().optional(),
});

export interface Config {
  port: number;
  host: string;
  /** public address without a slash at its end; undefined: derived from host and port */
  url: string | undefined;
  data: string;
  /** PostgreSQL, where it is set */
  database: { url: string; isDyno: boolean } | undefined;
  keys: string | undefined;
  /** path of rules.yml */
  rules: string;
  /** Express' `trust proxy`: a number of proxies, or a list of addresses */
  trustProxy: number | string | undefined;
  logLevel: string;
  slack: { token: string; apiUrl: string | undefined } | undefined;
  /** reads a variable that rules.yml names */
  secret: (name: string) => string | undefined;
}

/**
 * Settings from the environment.
 * @throws UserError that names the variable and what it should be; never its value, which may be a secret
 */
export function readConfig(environment: Record<string, string | undefined>): Config {
  const set = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ""));
  const parsed = Environment.safeParse(set);
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => `  ${issue.path.join(".")}: ${issue.message}`);
    throw new UserError(`The settings need a correction:\n${problems.join("\n")}`);
  }
  const env = parsed.data;
  refuseUnkeepable(env);
  return {
    port: env.PORT ?? 3000,
    // A platform that sets PORT expects to reach the process from outside.
    host: env.HOST ?? (env.PORT === undefined ? "127.0.0.1" : "0.0.0.0"),
    url: env.BELFRY_URL?.replace(/\/+$/, ""),
    data: env.BELFRY_DATA,
    database: env.DATABASE_URL ? { url: env.DATABASE_URL, isDyno: env.DYNO !== undefined } : undefined,
    keys: env.BELFRY_KEYS,
    rules: env.BELFRY_RULES,
    trustProxy: toTrustProxy(env.BELFRY_TRUST_PROXY),
    // In the preview the messages themselves tell what happens.
    logLevel: env.LOG_LEVEL ?? (env.SLACK_BOT_TOKEN ? "info" : "warn"),
    slack: env.SLACK_BOT_TOKEN ? { token: env.SLACK_BOT_TOKEN, apiUrl: env.SLACK_API_URL } : undefined,
    secret: (name) => set[name],
  };
}

function refuseUnkeepable(env: z.infer<typeof Environment>): void {
  if (env.DYNO && !env.DATABASE_URL) {
    throw new UserError(
      "A dyno's disk does not last, so SQLite would lose what it holds. Add a database: heroku addons:create heroku-postgresql",
    );
  }
  if (env.DATABASE_URL && !env.BELFRY_KEYS) {
    throw new UserError(
      "With DATABASE_URL set BELFRY_KEYS as well, the same for all processes. Make a key with: openssl rand -base64 32",
    );
  }
}

/** What Express takes: https://expressjs.com/en/guide/behind-proxies.html */
function isProxies(value: string): boolean {
  if (/^\d{1,2}$/.test(value)) return true;
  return value.split(",").every((part) => {
    const [address = "", bits, ...more] = part.trim().split("/");
    if (["loopback", "linklocal", "uniquelocal"].includes(address)) return bits === undefined;
    const most = { 4: 32, 6: 128 }[isIP(address)] ?? -1;
    return more.length === 0 && most > 0 && (bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= most));
  });
}

const toTrustProxy = (value: string | undefined) => (value && /^\d+$/.test(value) ? Number(value) : value);
