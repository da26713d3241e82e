import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import express from "express";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createInstall } from "../../src/app/install.ts";
import { listChanges } from "../../src/store/audit.ts";
import { addRule } from "../../src/store/change-rules.ts";
import { pauseRules } from "../../src/store/pause-rules.ts";
import { listRules } from "../../src/store/rules.ts";
import { openStore, type Store } from "../../src/store/store.ts";
import { uninstall } from "../../src/store/uninstall.ts";
import { findToken, findWorkspace } from "../../src/store/workspaces.ts";
import { temporaryFolder } from "../support/belfry.ts";
import { fakeApp } from "../support/fake-slack/world.ts";
import { createFakeSlack, type FakeSlack } from "../support/fake-slack.ts";

/** An install as a browser goes through it. */

const enterprise = { id: "E0BIG", name: "big" };
const teams = [
  { id: "T0A", name: "alpha", channels: [{ id: "C0A", name: "ci" }] },
  { id: "T0B", name: "beta", channels: [{ id: "C0B", name: "ci" }] },
  { id: "T0G1", enterprise, channels: [{ id: "C0G1", name: "ci" }] },
];
const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

let fake: FakeSlack;
let store: Store;
let url: string;
const cleanups: (() => unknown)[] = [];

beforeEach(async () => {
  fake = await createFakeSlack({ teams });
  const { folder, remove } = temporaryFolder();
  store = await openStore({ data: folder });
  const web = express();
  const server = createServer(web).listen(0, "127.0.0.1");
  await new Promise((done) => server.once("listening", done));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { clientId, clientSecret } = fakeApp;
  web.use(
    createInstall({
      store,
      log: silent,
      oauth: { clientId, clientSecret },
      scopes: ["chat:write"],
      url,
      apiUrl: fake.url,
    }),
  );
  cleanups.push(
    remove,
    store.close,
    fake.close,
    () => server.closeAllConnections(),
    () => server.close(),
  );
});
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const get = (address: string, cookie = "") => fetch(address, { redirect: "manual", headers: { cookie } });

/** Up to Slack's page and back: the address that Slack sends the browser to, and the browser's cookie. */
async function begin(): Promise<{ back: string; cookie: string; set: string }> {
  const first = await get(`${url}/slack/install`);
  const set = first.headers.get("set-cookie") ?? "";
  const atSlack = await get(first.headers.get("location") ?? "");
  return { back: atSlack.headers.get("location") ?? "", cookie: set.split(";")[0] ?? "", set };
}

async function install(team: string): Promise<Response> {
  fake.chooseTeam(team);
  const { back, cookie } = await begin();
  return get(back, cookie);
}

test("two workspaces install it: each has its own token, encrypted, and its page says what to do next", async () => {
  const page = await install("T0A");
  expect(page.status).toBe(200);
  expect(await page.text()).toContain("Belfry is in alpha.");
  expect((await install("T0B")).status).toBe(200);
  const [a, b] = [await findToken(store, "T0A"), await findToken(store, "T0B")];
  expect([a, b]).toEqual([expect.stringMatching(/^xoxb-/), expect.stringMatching(/^xoxb-/)]);
  expect(a).not.toBe(b);
  const rows = await store.db.selectFrom("workspaces").selectAll().execute();
  for (const { token } of rows) expect(Buffer.from(token ?? "").toString("latin1")).not.toContain("xoxb-");
  expect(await findWorkspace(store, "T0A")).toMatchObject({ name: "alpha", bot_user: "U0ABOT", installer: "U0AALICE" });
});

test("installed again after an uninstall its page says how many rules wait, and who did it is on record", async () => {
  await install("T0A");
  for (const channel of ["C1", "C2"]) await addRule(store, "T0A", "command", { channel, words: "a/b push" });
  await uninstall(store, "T0A", "Belfry was uninstalled");
  expect(await (await install("T0A")).text()).toContain("2 rules of before are paused");
  const [latest] = await listChanges(store, "T0A", { limit: 1 });
  expect(latest).toMatchObject({ actor: "U0AALICE", action: "install", object: "T0A" });
});

test("a new token resumes what the old one's end had paused", async () => {
  await install("T0A");
  await addRule(store, "T0A", "command", { channel: "C1", words: "a/b push" });
  await pauseRules(store, "T0A", {}, "Slack: missing_scope");
  expect(await (await install("T0A")).text()).not.toContain("of before");
  expect((await listRules(store, "T0A")).map(({ paused }) => paused)).toEqual([undefined]);
});

test("an install for a whole organization", async () => {
  expect((await install("E0BIG")).status).toBe(200);
  expect(await findWorkspace(store, "E0BIG")).toMatchObject({ name: "big" });
});

test("the cookie is for this host, this browser and ten minutes, and goes with the way back only", async () => {
  const { set } = await begin();
  const [pair, ...attributes] = set.split("; ");
  expect(pair).toMatch(/^__Host-belfry-install=[\w-]{43}$/);
  expect(attributes.sort()).toEqual(["HttpOnly", "Max-Age=600", "Path=/", "SameSite=Lax", "Secure"]);
});

describe("what is no install of this browser's is refused, and nothing is kept", () => {
  const states = async () => (await store.db.selectFrom("workspaces").selectAll().execute()).length;
  const refusedWith = async (page: Response, text: string) => {
    expect(page.status).toBe(400);
    expect(await page.text()).toContain(text);
    expect(await states()).toBe(0);
  };
  const changed = (back: string, name: string, value?: string) => {
    const address = new URL(back);
    if (value === undefined) address.searchParams.delete(name);
    else address.searchParams.set(name, value);
    return address.href;
  };

  test("without a state", async () => {
    const { back, cookie } = await begin();
    await refusedWith(await get(changed(back, "state"), cookie), "took too long");
  });
  test("without the cookie, or with another browser's", async () => {
    const { back } = await begin();
    await refusedWith(await get(back), "took too long");
    await refusedWith(await get(back, (await begin()).cookie), "took too long");
  });
  test("with a state that we did not give out", async () => {
    const { back } = await begin();
    await refusedWith(await get(changed(back, "state", "x"), "__Host-belfry-install=x"), "took too long");
  });
  test("with a state that is too old", async () => {
    const { back, cookie } = await begin();
    await store.db.updateTable("nonces").set({ expires_at: "2020" }).execute();
    await refusedWith(await get(back, cookie), "took too long");
  });
  test("with a code that Slack does not know", async () => {
    const { back, cookie } = await begin();
    await refusedWith(await get(changed(back, "code", "x"), cookie), "did not let Belfry in");
  });
  test("cancelled", async () => {
    fake.denyInstall();
    const { back, cookie } = await begin();
    await refusedWith(await get(back, cookie), "You cancelled");
  });
});

test("a state is good for one install", async () => {
  fake.chooseTeam("T0A");
  const { back, cookie } = await begin();
  expect((await get(back, cookie)).status).toBe(200);
  expect((await get(back, cookie)).status).toBe(400);
});

test("an address that begins many installs has to wait", async () => {
  const statuses = await Promise.all(
    Array.from({ length: 25 }, async () => (await get(`${url}/slack/install`)).status),
  );
  expect(statuses.filter((status) => status === 302).length).toBe(20);
  expect(statuses.filter((status) => status === 429).length).toBe(5);
});
