import { expect, test } from "vitest";
import { deliveryLines, type ShownDelivery } from "../src/cli/delivery-lines.ts";

const shown: ShownDelivery = {
  state: "event",
  reason: null,
  kind: "push",
  action: "update",
  project: "acme/api",
  bytes: 512,
  hook_id: "h1",
  received_at: "2026-01-05T10:00:00.000Z",
  decisions: {
    count: 4,
    rules: [
      { rule: "aaa", channel: "#api", post: true, reason: "posts" },
      { rule: "bbb", channel: "#deploys", post: true, reason: "posts" },
      { rule: "ccc", channel: "#x", post: false, reason: "branch dev does not match main" },
    ],
  },
  messages: [
    { rule_id: "aaa", state: "sent", reason: null },
    { rule_id: "aaa", state: "suppressed", reason: "replaced by a replay" },
    { rule_id: "bbb", state: "retry", reason: "http_503" },
  ],
};

test("a delivery in lines for people: what it was, who was asked, what became of it", () => {
  expect(deliveryLines(shown).join("\n")).toBe(`push:update of acme/api
  received 2026-01-05T10:00:00.000Z, 512 bytes, hook h1
  → #api  aaa: sent
  → #deploys  bbb: retry, http_503
  · #x  ccc: branch dev does not match main
  and 1 more rules`);
});

test("the reason does not point to what is here", () => {
  const reason = "no rule posts it; `deliveries show` tells why";
  expect(deliveryLines({ ...shown, reason })[0]).toBe("push:update of acme/api: no rule posts it");
});

test("one that was not read says why", () => {
  const unread = { ...shown, state: "unreadable", reason: "the body is not JSON", kind: null, decisions: undefined };
  expect(deliveryLines(unread)[0]).toBe("unreadable: the body is not JSON");
});

test("one whose body was removed says so", () => {
  const removed = "its body was removed after 7 days (BELFRY_KEEP_BODIES)";
  expect(deliveryLines({ ...shown, decisions: undefined, removed })).toEqual([
    "push:update of acme/api",
    "  received 2026-01-05T10:00:00.000Z, 512 bytes, hook h1",
    `  ${removed}`,
  ]);
});
