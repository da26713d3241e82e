import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { gitlab } from "../../src/forges/gitlab/index.ts";
import { loadTemplates } from "../../src/templates/load.ts";
import { render } from "../../src/templates/templates.ts";
import { fixtures } from "../support/fixtures.ts";

/** Members, groups, projects and the instance itself: payloads without links, some of them with secrets. */

const templates = loadTemplates(join(import.meta.dirname, "../../templates"));

function read(header: string, payload: object, instance?: string) {
  const body = Buffer.from(JSON.stringify(payload));
  const reading = gitlab.parse({ headers: { "x-gitlab-event": header, "x-gitlab-instance": instance }, body });
  if (reading.state !== "event") throw new Error(`${reading.state}: ${reading.reason}`);
  return reading.event;
}

const ours = fixtures("gitlab").filter(({ name }) =>
  /^(member|subgroup|project)_hook__|^system_hook__(member|project|system)_/.test(name),
);

test.each(ours)("$name: no key and no e-mail address is kept or shown", ({ name, header, json, body }) => {
  const reading = gitlab.parse({ headers: { "x-gitlab-event": header }, body });
  if (reading.state !== "event") throw new Error(reading.reason);
  const told = JSON.stringify(reading.event) + JSON.stringify(render(templates, reading.event).message);
  expect(told).not.toMatch(/ssh-|AAAA|[\w.]@|REDACTED/);
  if (/_key_/.test(name)) expect(json).toMatch(/"ssh-ed25519 AAAA/);
});

test("an address that a user cannot sign in from is not kept either", () => {
  const event = read("System Hook", { event_name: "user_failed_login", username: "bo", ip: "203.0.113.7", state: "x" });
  expect(JSON.stringify(event)).not.toContain("203.0.113");
});

describe("the instance that sends a delivery", () => {
  const project = { event_name: "project_create", path_with_namespace: "acme/shop/api" };
  test.each<[instance: string | undefined, host: string | undefined, url: string | undefined]>([
    ["https://gitlab.acme.example", "gitlab.acme.example", "https://gitlab.acme.example/acme/shop/api"],
    ["https://gitlab.acme.example/", "gitlab.acme.example", "https://gitlab.acme.example/acme/shop/api"],
    ["http://acme.example:8080/git/", "acme.example:8080", "http://acme.example:8080/git/acme/shop/api"],
    [undefined, undefined, undefined],
    ["", undefined, undefined],
    ["gitlab.acme.example", undefined, undefined],
    ["javascript:alert(1)", undefined, undefined],
    ["file:///etc/passwd", undefined, undefined],
  ])("%s", (instance, host, url) => {
    const event = read("Project Hook", project, instance);
    expect(event.project).toMatchObject({ path: "acme/shop/api", host, url });
    expect(event.url).toBe(url);
  });

  const instance = "https://gitlab.acme.example";
  test("does not change a project that has a page", () => {
    const web_url = "https://other.example/a/b";
    const event = read("Push Hook", { ref: "refs/heads/main", project: { web_url } }, instance);
    expect(event.project).toMatchObject({ host: "other.example", url: web_url });
  });

  test("a group of which only the last part is known has a host and no page", () => {
    const event = read(
      "Member Hook",
      { event_name: "user_add_to_group", group_path: "shop", user_name: "Bo" },
      instance,
    );
    expect(event.project).toEqual({ path: "shop", name: "shop", group: true, host: "gitlab.acme.example" });
    expect(event.url).toBeUndefined();
  });

  test.each([
    ["subgroup_create", `${instance}/acme/shop/m%20x`],
    ["subgroup_destroy", undefined],
  ])("%s", (event_name, url) => {
    const event = read("Subgroup Hook", { event_name, full_path: "acme/shop/m x" }, instance);
    expect(event).toMatchObject({ url, project: { path: "acme/shop", group: true, url: `${instance}/acme/shop` } });
  });

  test.each([
    ["group_create", `${instance}/acme/shop`],
    ["group_destroy", undefined],
  ])("%s", (event_name, url) => {
    const event = read("System Hook", { event_name, path: "shop", full_path: "acme/shop" }, instance);
    expect(event).toMatchObject({ url, subject: "acme/shop", project: { path: "acme/shop", group: true, url } });
  });

  test("the instance has no page of its own", () => {
    const event = read("System Hook", { event_name: "user_create", username: "bo" }, instance);
    expect(event).toMatchObject({ url: undefined, project: { path: "instance", host: "gitlab.acme.example" } });
  });
});

describe("promotions", () => {
  const promotion = (more: object) =>
    read("System Hook", { object_kind: "gitlab_subscription_member_approvals", user_id: 8, ...more });
  test.each([
    [{ action: "approve", object_attributes: { status: "success" } }, "approved"],
    [{ action: "approve", object_attributes: { status: "failed" } }, "approved, but not applied"],
    [{ action: "deny", object_attributes: {} }, "denied"],
    [{ action: "toString", object_attributes: {} }, undefined],
    [{ object_attributes: { old_access_level: 10, new_access_level: 30 } }, "Guest → Developer"],
    [{ object_attributes: { old_access_level: null, new_access_level: 40 } }, "Maintainer"],
    [{ object_attributes: { old_access_level: 10, new_access_level: 31 } }, undefined],
  ])("%j", (payload, detail) => {
    expect(promotion(payload)).toMatchObject({ subject: "user 8", detail });
  });
});
