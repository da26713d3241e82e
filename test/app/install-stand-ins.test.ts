import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import express from "express";
import { expect, test } from "vitest";
import { createInstall } from "../../src/app/install.ts";
import { openStore } from "../../src/store/store.ts";
import { findToken } from "../../src/store/workspaces.ts";
import { redirect_uri, standIns } from "../slack/stand-ins.ts";
import { temporaryFolder } from "../support/belfry.ts";
import { fakeApp } from "../support/fake-slack/world.ts";

/** Our own install, against our fake and against one that somebody else wrote. */

const log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

test.each(Object.entries(standIns))("an install through %s gives us its token, once", async (_name, open) => {
  const standIn = await open();
  const { folder, remove } = temporaryFolder();
  const store = await openStore({ data: folder });
  const web = express();
  const server = createServer(web).listen(0, "127.0.0.1");
  await new Promise((done) => server.once("listening", done));
  const ours = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { clientId, clientSecret } = fakeApp;
  const { origin: url } = new URL(redirect_uri);
  const oauth = { clientId, clientSecret };
  web.use(createInstall({ store, log, oauth, scopes: ["chat:write"], url, apiUrl: standIn.url }));
  try {
    const begin = await fetch(`${ours}/slack/install`, { redirect: "manual" });
    const page = new URL(begin.headers.get("location") ?? "");
    expect(page.origin).toBe(new URL(standIn.url).origin);
    const back = new URL(await standIn.allow(page.searchParams));
    expect(`${back.origin}${back.pathname}`).toBe(redirect_uri);
    const cookie = begin.headers.get("set-cookie")?.split(";")[0] ?? "";
    const finish = () => fetch(`${ours}${back.pathname}${back.search}`, { headers: { cookie } });
    expect((await finish()).status).toBe(200);
    expect(await findToken(store, standIn.team)).toMatch(/^xoxb-/);
    expect((await finish()).status).toBe(400);
  } finally {
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
    await store.close();
    await standIn.close();
    remove();
  }
});
