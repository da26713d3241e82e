import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type Belfry, startBelfry, temporaryFolder } from "./belfry.ts";
import { cache } from "./commands.ts";
import { fakeApp, type WorldOptions } from "./fake-slack/world.ts";
import { createFakeSlack, type FakeSlack } from "./fake-slack.ts";
import { createSlackSender, type Sent, type SlackSender } from "./fake-slack-sender.ts";

/** A real Belfry that is a Slack app of the fake Slack, installed by OAuth. */
export interface Installed {
  belfry: Belfry;
  fake: FakeSlack;
  slack: SlackSender;
  folder: string;
  /** goes through an install as a browser does; resolves with its last page */
  install(team: string): Promise<string>;
  /** types a line and waits for the answer */
  type(from: { team: string; channel: string; user: string }, text: string): Promise<{ text: string; sent: Sent }>;
  stop(): Promise<void>;
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  return port;
}

/** @param environment beside, or instead of, that of an install by OAuth */
export async function startSlackApp(
  options: WorldOptions,
  environment: Record<string, string> = {},
): Promise<Installed> {
  const fake = await createFakeSlack(options);
  const { folder, remove } = temporaryFolder();
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const belfry = await startBelfry({
    ...cache,
    ...{ PORT: String(port), BELFRY_URL: url, BELFRY_DATA: `${folder}/data`, SLACK_API_URL: fake.url },
    ...{ SLACK_CLIENT_ID: fakeApp.clientId, SLACK_CLIENT_SECRET: fakeApp.clientSecret },
    ...{ SLACK_SIGNING_SECRET: fakeApp.signingSecret },
    ...environment,
  });
  const slack = createSlackSender({ fake, url: `${url}/slack/events` });
  return {
    ...{ belfry, fake, slack, folder },
    async install(team) {
      fake.chooseTeam(team);
      const begin = await fetch(`${url}/slack/install`, { redirect: "manual" });
      const cookie = begin.headers.get("set-cookie")?.split(";")[0] ?? "";
      const atSlack = await fetch(begin.headers.get("location") ?? "", { redirect: "manual" });
      return (await fetch(atSlack.headers.get("location") ?? "", { headers: { cookie } })).text();
    },
    async type(from, text) {
      const sent = await slack.command({ ...from, text });
      return { text: (await sent.until()).text, sent };
    },
    async stop() {
      await belfry.kill("SIGKILL");
      await fake.close();
      remove();
    },
  };
}
