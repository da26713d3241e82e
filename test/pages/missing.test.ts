import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { missing } from "../../src/pages/missing.ts";

const server = createServer((request, response) => {
  if (!missing(request, response)) response.writeHead(404, { "content-type": "application/json" }).end("{}");
});
let url = "";
beforeAll(async () => {
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => void server.close());

const browser = { accept: "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8" };

test("a browser gets a page, which loads and runs nothing", async () => {
  const answer = await fetch(`${url}/nope`, { headers: browser });
  expect(answer.status).toBe(404);
  expect(answer.headers.get("content-type")).toBe("text/html; charset=utf-8");
  expect(answer.headers.get("content-security-policy")).toContain("default-src 'none'");
  expect(await answer.text()).toContain("<h1>There is nothing here.</h1>");
  const head = await fetch(`${url}/<script>`, { method: "HEAD", headers: browser });
  expect([head.status, head.headers.get("content-type")]).toEqual([404, "text/html; charset=utf-8"]);
});

test.each<[string, RequestInit]>([
  ["who asks for anything", {}],
  ["who asks for JSON", { headers: { accept: "application/json" } }],
  ["a POST", { method: "POST", headers: browser }],
])("%s does not", async (_name, request) => {
  const answer = await fetch(`${url}/nope`, request);
  expect([answer.status, await answer.text()]).toEqual([404, "{}"]);
});
