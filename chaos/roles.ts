import { join } from "node:path";
import type { Role } from "./belfry-process.ts";

export const engines = ["sqlite", "postgres"] as const;
export type EngineName = (typeof engines)[number];

export interface RoleOptions {
  engine: EngineName;
  webs: number;
  workers: number;
  /** on SQLite there is one process, with the first port */
  ports: readonly number[];
  root: string;
  data: string;
  keys: string;
  databaseUrl: string | undefined;
  token: string;
  slackUrlFor: (name: string) => string;
  /** such as BELFRY_PACE_CHANNEL */
  settings: Record<string, string>;
}

const compiled = join(import.meta.dirname, "../node_modules/.cache/belfry");

/** The file in which a process looks for how far its clock is off. */
export const clockOf = (root: string, name: string) => join(root, `${name}.clock`);

/** The processes of a run: one that does all on SQLite, many on PostgreSQL; each with a data folder of its own. */
export function rolesOf(options: RoleOptions): Role[] {
  if (options.engine === "sqlite") return [roleOf("start-1", "start", options.ports[0], options)];
  const webs = Array.from({ length: options.webs }, (_, n) => roleOf(`web-${n + 1}`, "web", options.ports[n], options));
  const workers = Array.from({ length: options.workers }, (_, n) =>
    roleOf(`worker-${n + 1}`, "worker", undefined, options),
  );
  return [...webs, ...workers];
}

function roleOf(name: string, command: Role["command"], port: number | undefined, options: RoleOptions): Role {
  const { root, data, keys, databaseUrl, token, slackUrlFor, settings } = options;
  return {
    name,
    command,
    environment: {
      ...settings,
      HOST: "127.0.0.1",
      PORT: String(port ?? 0),
      BELFRY_DATA: join(data, name),
      BELFRY_KEYS: keys,
      BELFRY_RULES: join(root, "no-rules.yml"),
      ...(databaseUrl !== undefined && { DATABASE_URL: databaseUrl }),
      SLACK_BOT_TOKEN: token,
      SLACK_API_URL: slackUrlFor(name),
      NODE_COMPILE_CACHE: compiled,
      CHAOS_CLOCK: clockOf(root, name),
    },
  };
}

export const receives = ({ command }: Role) => command !== "worker";
export const sends = ({ command }: Role) => command !== "web";
