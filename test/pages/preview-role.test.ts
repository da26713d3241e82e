import { createServer, request } from "node:http";
import { expect } from "vitest";
import { createPreviewRole } from "../../src/cli/preview-role.ts";
import { readConfig } from "../../src/config.ts";
import { createLog } from "../../src/log.ts";
import type { Store } from "../../src/store/store.ts";
import { testOn } from "../support/stores.ts";

/** Who may see the preview, which has no password. */

const test = testOn("sqlite");
const log = createLog("silent");
const preview = "preview";
const local = "http://127.0.0.1:3000";
const url = "https://belfry.acme.io";
const forwarded = { "x-forwarded-for": "203.0.113.7" };

function roleOf(
  store: Store,
  { isAsked = false, ...environment }: { isAsked?: boolean; [name: string]: unknown } = {},
) {
  const config = readConfig(environment as Record<string, string>);
  return createPreviewRole({ config, store, log, isAsked });
}

/** What `/preview` answers to these headers: 404 where it looks as if it were not there. */
async function statusFor(role: ReturnType<typeof roleOf>, headers: Record<string, string>) {
  const server = createServer((asked, response) => {
    if (!role.routes(asked, response)) response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  try {
    return await new Promise((resolve, reject) =>
      request({ port, path: "/preview", headers, agent: false }, (response) => {
        response.resume().on("end", () => resolve(response.statusCode));
      })
        .on("error", reject)
        .end(),
    );
  } finally {
    server.close();
  }
}

test("without a token this machine sees it, and nobody whom a proxy or a name of somebody else's brings", async ({
  store,
}) => {
  const role = roleOf(store, { BELFRY_URL: url });
  expect(await statusFor(role, { host: "localhost" })).toBe(404);
  expect(role.open(preview, url)).toBe("http://127.0.0.1:3000/preview");
  for (const host of ["localhost", "localhost:3000", "127.0.0.1:3000", "[::1]:3000"])
    expect(await statusFor(role, { host }), host).toBe(200);
  for (const headers of [
    { host: "belfry.acme.io" },
    { host: "rebound.evil.tld" },
    { host: "localhost.evil.tld" },
    { host: "localhost", ...forwarded },
    { host: "127.0.0.1:3000", "x-real-ip": "203.0.113.7" },
  ])
    expect(await statusFor(role, headers), JSON.stringify(headers)).toBe(404);
});

test("asked for, it is seen under the names of this machine and of BELFRY_URL, also through a proxy", async ({
  store,
}) => {
  const role = roleOf(store, { isAsked: true, BELFRY_URL: url, HOST: "0.0.0.0" });
  expect(role.open("slack", url)).toBe("https://belfry.acme.io/preview");
  for (const headers of [
    { host: "belfry.acme.io", ...forwarded },
    { host: "BELFRY.acme.io:443" },
    { host: "localhost:3000" },
  ])
    expect(await statusFor(role, headers), JSON.stringify(headers)).toBe(200);
  for (const host of ["evil.tld", "belfry.acme.io.evil.tld", "belfry.acme.io@evil.tld", "192.0.2.1", "%"])
    expect(await statusFor(role, { host }), host).toBe(404);
});

test.for([
  ["by itself on this machine", {}, preview, `${local}/preview`],
  ["on localhost", { HOST: "localhost" }, preview, `${local}/preview`],
  ["on all addresses", { HOST: "0.0.0.0" }, preview, undefined],
  ["where a platform sets the port", { PORT: "3000" }, preview, undefined],
  ["behind a proxy", { BELFRY_TRUST_PROXY: "1" }, preview, undefined],
  ["for Slack", { SLACK_BOT_TOKEN: "xoxb-1" }, "slack", undefined],
  ["for many workspaces", {}, undefined, undefined],
  ["asked for, on all addresses", { isAsked: true, HOST: "0.0.0.0" }, preview, `${local}/preview`],
  ["asked for, for Slack", { isAsked: true, SLACK_BOT_TOKEN: "xoxb-1" }, "slack", `${local}/preview`],
] as const)("%s", async ([, settings, workspace, address], { store }) => {
  const role = roleOf(store, settings);
  expect(role.open(workspace, local)).toBe(address);
  expect(await statusFor(role, { host: "localhost" })).toBe(address === undefined ? 404 : 200);
});
