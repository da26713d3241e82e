import pg from "pg";
import { inject } from "vitest";
import type { Engine } from "../../src/store/engine/engine.ts";
import { openStore, type Store } from "../../src/store/store.ts";
import { runBelfry } from "../support/belfry.ts";
import { type Canaries, type CanaryKind, createCanaries, type Searched } from "../support/canaries.ts";
import { fakeApp } from "../support/fake-slack/world.ts";
import { createDatabase } from "../support/postgres.ts";
import { startProxy, type TestProxy } from "../support/proxy.ts";
import { type Installed, startSlackApp } from "../support/slack-app.ts";

/** A Belfry whose every setting is a canary, and all that came out of it. */
export interface Stage {
  app: Installed;
  canaries: Canaries;
  environment: Record<string, string>;
  /** what was served, posted, answered and printed so far */
  seen: Searched[];
  /** the way to PostgreSQL, where it is used */
  proxy: TestProxy | undefined;
  /** another connection to its database, beside it */
  open(): Promise<Store>;
  /** gets a page and looks at it; its text */
  page(path: string, headers?: Record<string, string>): Promise<string>;
  /** runs a command of the terminal and looks at what it prints */
  terminal(args: readonly string[], environment?: Record<string, string>): Promise<string>;
  close(): Promise<void>;
}

export const teams = ["A", "B"].map((letter) => ({
  ...{ id: `T0${letter}`, name: `team-${letter.toLowerCase()}` },
  channels: Array.from({ length: 9 }, (_, index) => ({ id: `C0${letter}${index}`, name: `room-${index}` })),
}));

export async function openStage(engine: Engine["name"]): Promise<Stage> {
  const canaries = createCanaries();
  const keys = [canaries.plant("key").padEnd(32, "x"), "y".repeat(32)].map((key) =>
    Buffer.from(key.slice(0, 32)).toString("base64"),
  );
  for (const key of keys) canaries.watch("key in base64", key);
  const proxy = engine === "postgres" ? await startProxy(await ownDatabase(canaries.plant("database"))) : undefined;
  const secrets = { clientSecret: canaries.plant("client-secret"), signingSecret: canaries.plant("signing-secret") };
  const environment = {
    ...{ SLACK_CLIENT_SECRET: secrets.clientSecret, SLACK_SIGNING_SECRET: secrets.signingSecret },
    ...{ BELFRY_METRICS_TOKEN: canaries.plant("metrics"), BELFRY_KEYS: keys.join(","), LOG_LEVEL: "debug" },
    ...{ BELFRY_PACE_CHANNEL: "off", BELFRY_PACE_POSTS: "off" },
    ...(proxy && { DATABASE_URL: proxy.url }),
  };
  const app = await startSlackApp({ teams, app: secrets }, environment);
  const seen: Searched[] = [];
  const note = (name: string, text: string, allows: CanaryKind[] = []) => {
    seen.push({ name, bytes: text, allows });
    return text;
  };
  const data = `${app.folder}/data`;
  const install = { SLACK_CLIENT_ID: fakeApp.clientId, BELFRY_URL: app.belfry.url };
  return {
    ...{ app, canaries, environment, seen, proxy },
    open: () =>
      openStore({ data, keys: environment.BELFRY_KEYS, database: proxy && { url: proxy.url, isDyno: false } }),
    page: async (path, headers = {}) => {
      const answer = await fetch(app.belfry.url + path, { headers, redirect: "manual" });
      return note(`page ${path}`, `${answer.status} ${JSON.stringify([...answer.headers])} ${await answer.text()}`);
    },
    terminal: async (args, more = {}) => {
      const { out, err } = await runBelfry(args, { BELFRY_DATA: data, ...install, ...environment, ...more });
      // It shows what was posted.
      return note(`belfry ${args.join(" ")}`, out + err, args[0] === "messages" ? ["written"] : []);
    },
    close: async () => {
      await app.stop();
      await proxy?.close();
    },
  };
}

/** A database whose owner's password is a canary. */
async function ownDatabase(password: string): Promise<string> {
  const url = new URL(await createDatabase(inject("postgres")));
  const name = url.pathname.slice(1);
  const client = new pg.Client({ connectionString: url.href });
  await client.connect();
  await client.query(`create role ${name} login password '${password}'`);
  await client.query(`alter database ${name} owner to ${name}`);
  await client.query(`grant all on schema public to ${name}`);
  await client.end();
  return Object.assign(url, { username: name, password }).href;
}
