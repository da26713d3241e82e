import { WebClient } from "@slack/web-api";
import { createEmulator } from "emulate";
import { fakeApp } from "../support/fake-slack/world.ts";
import { createFakeSlack } from "../support/fake-slack.ts";

export interface StandIn {
  url: string;
  token: string;
  team: string;
  /** id of a channel that the bot is in, and its name */
  channel: string;
  name: string;
  /** id of a person in it */
  user: string;
  /** “Add to Slack” and “Allow”: where the browser is sent */
  allow(query: URLSearchParams): Promise<string>;
  close(): Promise<void>;
}

export const app = { client_id: fakeApp.clientId, client_secret: fakeApp.clientSecret };
export const redirect_uri = "http://127.0.0.1:3010/slack/oauth_redirect";
const scopes = ["chat:write", "channels:read", "channels:history", "users:read"];

const goesTo = (page: Response) => page.headers.get("location") ?? `${page.status}`;

// A second opinion on our fake: what holds for one must hold for the other.
export const standIns: Record<string, () => Promise<StandIn>> = {
  async fake() {
    const { url, origin, close } = await createFakeSlack();
    const place = { token: "xoxb-acme", team: "T0ACME", channel: "C0API", name: "api", user: "U0ACMEBOB" };
    const allow = async (query: URLSearchParams) =>
      goesTo(await fetch(`${origin}/oauth/v2/authorize?${query}`, { redirect: "manual" }));
    return { ...place, url, close, allow };
  },
  async emulate() {
    const tokens = [{ token: "xoxb-1", user: "dev", scopes }];
    const oauth_apps = [{ ...app, app_id: "A1", name: "Belfry", redirect_uris: [redirect_uri], scopes }];
    const seed = {
      slack: {
        ...{ team: { name: "Acme", domain: "acme" }, channels: [{ name: "ci" }], tokens, oauth_apps },
        users: [{ name: "dev" }],
      },
    };
    const emulator = await createEmulator({ service: "slack", port: 0, seed });
    const client = new WebClient("xoxb-1", { slackApiUrl: `${emulator.url}/api/` });
    const user = (await client.auth.test()).user_id ?? "";
    const channel = (await client.conversations.list()).channels?.find(({ name }) => name === "ci")?.id ?? "";
    // Its page lets one choose a person: a button of a form.
    const allow = async (query: URLSearchParams) => {
      const body = new URLSearchParams([...query, ["user_id", user]]);
      const callback = `${emulator.url}/oauth/v2/authorize/callback`;
      return goesTo(await fetch(callback, { method: "POST", body, redirect: "manual" }));
    };
    const place = { token: "xoxb-1", team: "T000000001", channel, name: "ci", user };
    return { ...place, url: `${emulator.url}/api/`, allow, close: () => emulator.close() };
  },
};
