import type { IncomingMessage } from "node:http";
import { describe, expect, test } from "vitest";
import { mayRead } from "../../src/operation/may-read.ts";

const request = (remoteAddress: string, headers: Record<string, string> = {}) =>
  ({ socket: { remoteAddress }, headers: { host: "localhost:3000", ...headers } }) as Pick<
    IncomingMessage,
    "headers" | "socket"
  >;

describe("without a token only this machine", () => {
  test.each<[address: string, headers: Record<string, string>, may: boolean]>([
    ["127.0.0.1", {}, true],
    ["127.8.8.8", { host: "127.0.0.1:80" }, true],
    ["::1", { host: "[::1]:3000" }, true],
    ["::ffff:127.0.0.1", { host: "LOCALHOST" }, true],
    ["10.0.0.1", {}, false],
    ["::ffff:10.0.0.1", {}, false],
    ["1.127.0.1", {}, false],
    ["", {}, false],
    ["127.0.0.1", { "x-forwarded-for": "10.0.0.1" }, false],
    ["127.0.0.1", { "x-forwarded-proto": "https" }, false],
    ["127.0.0.1", { "x-real-ip": "" }, false],
    ["127.0.0.1", { forwarded: "for=127.0.0.1" }, false],
    ["127.0.0.1", { via: "1.1 caddy" }, false],
    ["127.0.0.1", { host: "belfry.example.com" }, false],
    ["127.0.0.1", { host: "localhost.example.com" }, false],
    ["127.0.0.1", { host: "" }, false],
  ])("%s with %o: %s", (address, headers, may) => {
    expect(mayRead(request(address, headers), undefined)).toBe(may);
  });
});

describe("with a token whoever shows it, and nobody else", () => {
  const token = "0123456789abcdef";
  test.each<[address: string, authorization: string | undefined, may: boolean]>([
    ["10.0.0.1", `Bearer ${token}`, true],
    ["10.0.0.1", `bearer  ${token}`, true],
    ["127.0.0.1", undefined, false],
    ["127.0.0.1", "Bearer", false],
    ["127.0.0.1", `Bearer ${token}0`, false],
    ["127.0.0.1", `Bearer ${token.slice(1)}`, false],
    ["127.0.0.1", `Basic ${token}`, false],
    ["127.0.0.1", token, false],
  ])("%s with %s: %s", (address, authorization, may) => {
    expect(mayRead(request(address, authorization === undefined ? {} : { authorization }), token)).toBe(may);
  });
});
