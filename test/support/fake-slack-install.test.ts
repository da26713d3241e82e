import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type Installation, InstallProvider } from "@slack/oauth";
import { WebClient } from "@slack/web-api";
import { afterEach, beforeEach, expect, test } from "vitest";
import { silent } from "../../src/slack/silent.ts";
import { fakeApp, type TeamSeed } from "./fake-slack/world.ts";
import { createFakeSlack, type FakeSlack } from "./fake-slack.ts";
import { wordOf } from "./fake-slack-client.ts";

const enterprise = { id: "E0BIG", name: "big" };
const teams: TeamSeed[] = [
  { id: "T0A", name: "alpha", channels: [{ id: "C0A", name: "ci" }] },
  { id: "T0G1", enterprise, channels: [{ id: "C0G1", name: "ci" }] },
  { id: "T0G2", enterprise, channels: [{ id: "C0G2", name: "ci" }] },
];
const back = "https://bot.example/slack/oauth_redirect";

let now = 1_772_000_000_000;
let slack: FakeSlack;
beforeEach(async () => {
  slack = await createFakeSlack({ teams, now: () => now, app: { redirectUrls: [back] } });
});
afterEach(() => slack.close());

const client = (token?: string) =>
  new WebClient(token, { slackApiUrl: slack.url, retryConfig: { retries: 0 }, logger: silent });

const asked = { client_id: fakeApp.clientId, scope: "chat:write,commands", state: "s 1&2", redirect_uri: back };

/** Where the install page sends the browser. */
async function authorize(change: Partial<typeof asked> = {}): Promise<URLSearchParams | string> {
  const query = new URLSearchParams({ ...asked, ...change });
  const page = await fetch(`${slack.origin}/oauth/v2/authorize?${query}`, { redirect: "manual" });
  const to = page.headers.get("location");
  if (page.status !== 302 || !to?.startsWith(`${back}?`)) return `${page.status} ${await page.text()}`;
  return new URL(to).searchParams;
}

async function code(): Promise<string> {
  const query = await authorize();
  return typeof query === "string" ? query : (query.get("code") ?? "");
}

const access = (values: object) =>
  client().oauth.v2.access({
    ...{ client_id: fakeApp.clientId, client_secret: fakeApp.clientSecret, redirect_uri: back, code: "" },
    ...values,
  });

test("the install page hands on state and code; the code gets a token once", async () => {
  slack.chooseTeam("T0A");
  const query = await authorize();
  if (typeof query === "string") throw new Error(query);
  expect(query.get("state")).toBe("s 1&2");
  const granted = { code: query.get("code") ?? "" };
  const answer = await access(granted);
  expect(answer).toMatchObject({
    ...{ ok: true, token_type: "bot", scope: "chat:write,commands", app_id: "A0BELFRY", bot_user_id: "U0ABOT" },
    ...{ team: { id: "T0A", name: "alpha" }, enterprise: null, authed_user: { id: "U0AALICE" } },
    ...{ is_enterprise_install: false, access_token: expect.stringMatching(/^xoxb-/) },
  });
  expect(await wordOf(access(granted))).toBe("invalid_code");
  expect(await client(answer.access_token).auth.test()).toMatchObject({
    ...{ team_id: "T0A", team: "alpha", user_id: "U0ABOT", bot_id: "B0A", is_enterprise_install: false },
  });
});

test("an install page that must not be shown", async () => {
  expect(await authorize({ client_id: "x" })).toContain("invalid_client_id");
  expect(await authorize({ scope: "" })).toContain("invalid_scope");
  expect(await authorize({ redirect_uri: "https://bot.example/slack/oauth_redirect.evil" })).toContain("bad_redirect");
});

test("a code is taken with the app's own secret and address only, and for ten minutes", async () => {
  const granted = { code: await code() };
  expect(await wordOf(access({ ...granted, client_id: "x" }))).toBe("invalid_client_id");
  expect(await wordOf(access({ ...granted, client_secret: "x" }))).toBe("bad_client_secret");
  expect(await wordOf(access({ ...granted, redirect_uri: "https://else.example" }))).toBe("bad_redirect_uri");
  const late = { code: await code() };
  now += 600_001;
  expect(await wordOf(access(late))).toBe("invalid_code");
});

test("Cancel", async () => {
  slack.denyInstall();
  const denied = await authorize();
  expect(String(denied)).toBe("error=access_denied&state=s+1%262");
  expect(await code()).not.toBe("");
});

test("a second install gets the same token, one after a revocation another", async () => {
  slack.chooseTeam("T0A", "U0ABOB");
  const token = async () => (await access({ code: await code() })).access_token;
  const first = await token();
  expect(await token()).toBe(first);
  await client(first).auth.revoke({ test: true });
  expect(await wordOf(client(first).auth.test())).toBe("ok");
  await client(first).auth.revoke();
  expect(await wordOf(client(first).auth.test())).toBe("token_revoked");
  const second = await token();
  expect(second).not.toBe(first);
  const { clientId: client_id, clientSecret: client_secret } = fakeApp;
  expect(await wordOf(client(second).apps.uninstall({ client_id, client_secret: "x" }))).toBe("bad_client_secret");
  await client(second).apps.uninstall({ client_id, client_secret });
  expect(await wordOf(client(second).auth.test())).toBe("account_inactive");
});

test("an org-wide install has one token for all teams of the enterprise, and for no other", async () => {
  slack.chooseTeam("E0BIG");
  const { access_token, ...answer } = await access({ code: await code() });
  expect(answer).toMatchObject({ is_enterprise_install: true, enterprise, team: null, bot_user_id: "U0BIGBOT" });
  const all = client(access_token);
  expect(await all.auth.test()).toMatchObject({ enterprise_id: "E0BIG", is_enterprise_install: true });
  await all.chat.postMessage({ channel: "C0G1", text: "one" });
  await all.chat.postMessage({ channel: "C0G2", text: "two" });
  expect(["C0G1", "C0G2"].map((id) => slack.messages(id).map(({ text }) => text))).toEqual([["one"], ["two"]]);
  expect(slack.calls.slice(-2).map(({ team }) => team)).toEqual(["T0G1", "T0G2"]);
  expect(await wordOf(all.chat.postMessage({ channel: "C0A", text: "x" }))).toBe("channel_not_found");
  expect((await all.users.info({ user: "U0G2BOB" })).user).toMatchObject({ team_id: "T0G2" });
  expect((await all.conversations.list({ team_id: "T0G2" })).channels).toMatchObject([{ id: "C0G2" }]);
  slack.revoke(access_token ?? "");
  expect(await wordOf(all.chat.postMessage({ channel: "C0G2", text: "x" }))).toBe("token_revoked");
});

test.each([
  ["T0A", { team: { id: "T0A", name: "alpha" }, isEnterpriseInstall: false, user: { id: "U0AALICE" } }],
  [
    "E0BIG",
    { enterprise, team: undefined, isEnterpriseInstall: true, enterpriseUrl: "https://big.enterprise.slack.com/" },
  ],
])("Slack's own installer, into %s", async (id, expected) => {
  const stored: Installation[] = [];
  const installer = new InstallProvider({
    ...{ clientId: fakeApp.clientId, clientSecret: fakeApp.clientSecret, stateSecret: "s", logger: silent },
    authorizationUrl: `${slack.origin}/oauth/v2/authorize`,
    clientOptions: { slackApiUrl: slack.url },
    installUrlOptions: { scopes: ["chat:write"], redirectUri: back },
    directInstall: true,
    installationStore: {
      storeInstallation: async (installation) => void stored.push(installation),
      fetchInstallation: () => Promise.reject(new Error("not asked")),
    },
  });
  const server = createServer((request, response) =>
    request.url === "/slack/install"
      ? installer.handleInstallPath(request, response)
      : installer.handleCallback(request, response),
  );
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const own = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  slack.chooseTeam(id);
  const start = await fetch(`${own}/slack/install`, { redirect: "manual" });
  const page = await fetch(start.headers.get("location") ?? "", { redirect: "manual" });
  const returned = `${own}${page.headers.get("location")?.slice("https://bot.example".length)}`;
  const cookie = start.headers.get("set-cookie")?.split(";")[0] ?? "";
  expect((await fetch(returned, { headers: { cookie } })).status).toBe(200);
  expect(stored).toMatchObject([{ ...expected, appId: "A0BELFRY", tokenType: "bot", bot: { scopes: ["chat:write"] } }]);
  await new Promise((done) => {
    server.close(done);
    server.closeAllConnections();
  });
});
