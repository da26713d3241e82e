import { z } from "zod";
import { UserError } from "./errors.ts";
import type { Pace } from "./pace.ts";
import {
  Contact,
  Duration,
  Hosts,
  MetricsToken,
  PaceSetting,
  Port,
  Proxies,
  RowsKept,
  SlackAppToken,
  SlackClientId,
  SlackSecret,
  SlackToken,
  Url,
} from "./settings.ts";

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
  SLACK_SIGNING_SECRET: SlackSecret.optional(),
  SLACK_APP_TOKEN: SlackAppToken.optional(),
  SLACK_CLIENT_ID: SlackClientId.optional(),
  SLACK_CLIENT_SECRET: SlackSecret.optional(),
  SLACK_API_URL: Url.optional(),
  BELFRY_PACE_CHANNEL: PaceSetting.prefault("1/s burst 3"),
  BELFRY_PACE_POSTS: PaceSetting.prefault("240/min burst 20"),
  BELFRY_PACE_UPDATES: PaceSetting.prefault("45/min burst 5"),
  BELFRY_COLLECT_AFTER: Duration.prefault("1d"),
  BELFRY_KEEP_BODIES: Duration.prefault("7d"),
  BELFRY_KEEP_ROWS: RowsKept.prefault("30d"),
  BELFRY_UNFURL: Hosts.prefault(""),
  BELFRY_SUPPORT_URL: Contact.optional(),
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
  /** the one workspace whose bot token the environment has */
  slack: { token: string } | undefined;
  /** the Slack app, where it takes commands: over HTTP with a signing secret, over a socket with an app token */
  app: SlackAppConfig | undefined;
  /** another address of Slack's API */
  slackApiUrl: string | undefined;
  /** how fast we post into one channel, and how fast we post and edit in one workspace; undefined: as fast as we can */
  pace: { channel: Pace | undefined; posts: Pace | undefined; updates: Pace | undefined };
  /** milliseconds after which messages that wait become one notice for their channel */
  collectAfter: number;
  /** milliseconds that deliveries' bodies, and the rows of deliveries and messages, are kept */
  keep: { bodies: number; rows: number };
  /** hosts of forges whose links Slack asks us about */
  unfurl: string[];
  /** where people reach whoever runs this Belfry, for the page about support */
  supportUrl: string | undefined;
  /** who shows it may read /metrics; undefined: only this machine may */
  metricsToken: string | undefined;
  /** where a process that receives nothing answers /healthz, /readyz and /metrics; undefined: nowhere */
  metricsPort: number | undefined;
  /** reads a variable that rules.yml names */
  secret: (name: string) => string | undefined;
}

export interface SlackAppConfig {
  signingSecret: string | undefined;
  appToken: string | undefined;
  /** who installs it by a click, in any number of workspaces */
  oauth: { clientId: string; clientSecret: string } | undefined;
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
    logLevel: env.LOG_LEVEL ?? (env.SLACK_BOT_TOKEN || env.SLACK_CLIENT_ID ? "info" : "warn"),
    slack: env.SLACK_BOT_TOKEN ? { token: env.SLACK_BOT_TOKEN } : undefined,
    app: appOf(env),
    slackApiUrl: env.SLACK_API_URL,
    pace: { channel: env.BELFRY_PACE_CHANNEL, posts: env.BELFRY_PACE_POSTS, updates: env.BELFRY_PACE_UPDATES },
    collectAfter: env.BELFRY_COLLECT_AFTER,
    keep: { bodies: env.BELFRY_KEEP_BODIES, rows: env.BELFRY_KEEP_ROWS },
    unfurl: env.BELFRY_UNFURL,
    supportUrl: env.BELFRY_SUPPORT_URL,
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

function appOf(env: z.infer<typeof Environment>): SlackAppConfig | undefined {
  const { SLACK_SIGNING_SECRET, SLACK_APP_TOKEN, SLACK_CLIENT_ID, SLACK_CLIENT_SECRET } = env;
  const refused = appProblems.find(({ where }) => where(env));
  if (refused) throw new UserError(refused.says);
  if (!SLACK_SIGNING_SECRET && !SLACK_APP_TOKEN) return undefined;
  return {
    signingSecret: SLACK_SIGNING_SECRET,
    appToken: SLACK_APP_TOKEN,
    oauth:
      SLACK_CLIENT_ID && SLACK_CLIENT_SECRET
        ? { clientId: SLACK_CLIENT_ID, clientSecret: SLACK_CLIENT_SECRET }
        : undefined,
  };
}

/** Settings of the Slack app that do not go together, and what to do. */
const appProblems: { where: (env: z.infer<typeof Environment>) => boolean; says: string }[] = [
  {
    where: (env) => Boolean(env.SLACK_CLIENT_ID) !== Boolean(env.SLACK_CLIENT_SECRET),
    says: "Set both SLACK_CLIENT_ID and SLACK_CLIENT_SECRET, or neither.",
  },
  {
    where: (env) => Boolean(env.SLACK_CLIENT_ID && env.SLACK_BOT_TOKEN),
    says: "SLACK_BOT_TOKEN is for one workspace, SLACK_CLIENT_ID for many: set only one of them.",
  },
  {
    where: (env) => Boolean(env.SLACK_CLIENT_ID && !env.SLACK_SIGNING_SECRET && !env.SLACK_APP_TOKEN),
    says: "With SLACK_CLIENT_ID set SLACK_SIGNING_SECRET as well (or SLACK_APP_TOKEN for Socket Mode): without it nobody can tell who sends a command.",
  },
  {
    // Browsers keep a cookie that is Secure from http, but on this machine.
    where: (env) =>
      Boolean(
        env.SLACK_CLIENT_ID && env.BELFRY_URL && !/^https:|^http:\/\/(localhost|127\.|\[::1\])/.test(env.BELFRY_URL),
      ),
    says: "With SLACK_CLIENT_ID the BELFRY_URL has to begin with https://: Slack and browsers refuse the install otherwise.",
  },
  {
    where: (env) => Boolean(env.SLACK_CLIENT_ID && !env.BELFRY_URL),
    says: "With SLACK_CLIENT_ID set BELFRY_URL as well: Slack sends people back to it after the install.",
  },
  {
    where: (env) =>
      Boolean((env.SLACK_SIGNING_SECRET || env.SLACK_APP_TOKEN) && !env.SLACK_BOT_TOKEN && !env.SLACK_CLIENT_ID),
    says: "For commands set SLACK_BOT_TOKEN (one workspace) or SLACK_CLIENT_ID and SLACK_CLIENT_SECRET (many) as well.",
  },
];
