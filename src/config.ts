import { z } from "zod";
import { UserError } from "./errors.ts";
import type { Pace } from "./pace.ts";
import { Duration, MetricsToken, PaceSetting, Port, Proxies, RowsKept, SlackToken, Url } from "./settings.ts";

/** The environment. An empty variable counts as unset. */
const Environment = z.object({
  PORT: Port.optional(),
  HOST: z.string().optional(),
  BELFRY_URL: Url.optional(),
  BELFRY_DATA: z.string().default("./data"),
  DATABASE_URL: z.string().optional(),
  BELFRY_KEYS: z.string().optional(),
  BELFRY_RULES: z.string().default("./rules.yml"),
  BELFRY_TRUST_PROXY: Proxies.optional(),
  LOG_LEVEL: z.enum(["fatal", "error", "warn", "info", "debug", "trace", "silent"]).optional(),
  SLACK_BOT_TOKEN: SlackToken.optional(),
  SLACK_API_URL: Url.optional(),
  BELFRY_PACE_CHANNEL: PaceSetting.prefault("1/s burst 3"),
  BELFRY_PACE_POSTS: PaceSetting.prefault("240/min burst 20"),
  BELFRY_PACE_UPDATES: PaceSetting.prefault("45/min burst 5"),
  BELFRY_COLLECT_AFTER: Duration.prefault("1d"),
  BELFRY_KEEP_BODIES: Duration.prefault("7d"),
  BELFRY_KEEP_ROWS: RowsKept.prefault("30d"),
  BELFRY_METRICS_TOKEN: MetricsToken.optional(),
  BELFRY_METRICS_PORT: Port.optional(),
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
  slack: { token: string } | undefined;
  /** another address of Slack's API */
  slackApiUrl: string | undefined;
  /** how fast we post into one channel, and how fast we post and edit in one workspace; undefined: as fast as we can */
  pace: { channel: Pace | undefined; posts: Pace | undefined; updates: Pace | undefined };
  /** milliseconds after which messages that wait become one notice for their channel */
  collectAfter: number;
  /** milliseconds that deliveries' bodies, and the rows of deliveries and messages, are kept */
  keep: { bodies: number; rows: number };
  /** who shows it may read /metrics; undefined: only this machine may */
  metricsToken: string | undefined;
  /** where a process that receives nothing answers /healthz, /readyz and /metrics; undefined: nowhere */
  metricsPort: number | undefined;
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
    trustProxy: env.BELFRY_TRUST_PROXY,
    // In the preview the messages themselves tell what happens.
    logLevel: env.LOG_LEVEL ?? (env.SLACK_BOT_TOKEN ? "info" : "warn"),
    slack: env.SLACK_BOT_TOKEN ? { token: env.SLACK_BOT_TOKEN } : undefined,
    slackApiUrl: env.SLACK_API_URL,
    pace: { channel: env.BELFRY_PACE_CHANNEL, posts: env.BELFRY_PACE_POSTS, updates: env.BELFRY_PACE_UPDATES },
    collectAfter: env.BELFRY_COLLECT_AFTER,
    keep: { bodies: env.BELFRY_KEEP_BODIES, rows: env.BELFRY_KEEP_ROWS },
    metricsToken: env.BELFRY_METRICS_TOKEN,
    metricsPort: env.BELFRY_METRICS_PORT,
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
