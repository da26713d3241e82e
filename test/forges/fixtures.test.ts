import { describe, expect, test } from "vitest";
import { type Kind, kinds } from "../../src/events.ts";
import { gitlab, gitlabFamily } from "../../src/forges/gitlab/index.ts";
import { fixtures } from "../support/fixtures.ts";
import { factsOf } from "./facts.ts";

const all = fixtures("gitlab").map((fixture) => ({
  ...fixture,
  reading: gitlab.parse({ headers: { "x-gitlab-event": fixture.header }, body: fixture.body }),
}));

test("all deliveries are read as in gitlab.events.txt, which is for people to judge", async () => {
  const table = all.map(({ name, reading }) => {
    const facts = reading.state === "event" ? factsOf(reading.event) : [`${reading.state}: ${reading.reason}`];
    return [name, ...facts.map((fact) => `  ${fact}`), ""].join("\n");
  });
  await expect(table.join("\n")).toMatchFileSnapshot("gitlab.events.txt");
});

/** Names, or their details, that tell of an action in other words. */
const actionsInNames: Record<string, string> = {
  branch_create: "create",
  branch_create_with_commits: "create",
  branch_delete: "delete",
  moved: "update",
  push_branch_create: "create",
  system_hook__merge_request: "open",
  scheduled_variables: "success",
  tag_push_delete: "delete",
};

/** Kinds that do not have the name of their event header. */
const kindOfHeader: Record<string, Kind> = {
  build: "job",
  confidential_issue: "issue",
  confidential_note: "note",
  resource_access_token: "access_token",
  resource_deploy_token: "access_token",
};

test.each(all)("$name is the event of its name", ({ name, reading }) => {
  const [, header = "", detail = ""] = /^(\w+)_hook__(\w+)$/.exec(name) ?? [];
  expect(reading.state).toBe("event");
  if (reading.state !== "event") return;
  const { event } = reading;
  if (detail.startsWith("work_item_")) expect(event.kind).toBe("work_item");
  else if (header !== "system") expect(event.kind).toBe(kindOfHeader[header] ?? header);
  else expect(detail).toContain(event.kind);
  const known: readonly string[] = kinds[event.kind satisfies Kind];
  const words = detail.replace(`${event.kind}_`, "");
  const action =
    actionsInNames[name] ??
    actionsInNames[detail] ??
    known.find((word) => words === word || words.startsWith(`${word}_`));
  if (action) expect(event.action).toBe(action);
  if (event.kind === "system" && !event.project.group)
    expect(event.project.path).toMatch(/^(instance|acme\/shop\/api)$/);
  else expect(event.project.path).toMatch(event.project.group ? /^\w+(\/\w+)*$/ : /^\w+(\/\w+)+$/);
  expect(event.project.name).not.toBe("");
});

describe("event headers", () => {
  const body = Buffer.from(JSON.stringify({ ref: "refs/heads/main", project: { path_with_namespace: "a/b" } }));
  const acme = gitlabFamily({ name: "acme", title: "Acme", brands: ["Acme", "Gitlab"] });
  test.each`
    forge     | brand        | header              | state
    ${gitlab} | ${undefined} | ${"x-gitlab-event"} | ${"event"}
    ${gitlab} | ${"Acme"}    | ${"x-acme-event"}   | ${"event"}
    ${gitlab} | ${"Acme"}    | ${"x-gitlab-event"} | ${"event"}
    ${gitlab} | ${undefined} | ${"x-acme-event"}   | ${"unreadable"}
    ${gitlab} | ${"Acme"}    | ${"x-wvs-event"}    | ${"unreadable"}
    ${acme}   | ${undefined} | ${"x-acme-event"}   | ${"event"}
    ${acme}   | ${undefined} | ${"x-gitlab-event"} | ${"event"}
  `("$header at a hook of $forge.name with brand $brand: $state", ({ forge, brand, header, state }) => {
    expect(forge.parse({ headers: { [header]: "Push Hook" }, body }, brand).state).toBe(state);
  });

  test.each(["", "  ", "Foo Hook", "push hook", "__proto__", "constructor", "toString", "Push Hook, Push Hook"])(
    "“%s” is told apart without looking at the body",
    (label) => {
      const reading = gitlab.parse({ headers: { "x-gitlab-event": label }, body: Buffer.from("not JSON") });
      expect(reading.state).toBe(label.trim() === "" ? "unreadable" : "unsupported");
    },
  );

  test.each([
    [{ event_name: "project_create" }, "unreadable"],
    [{ event_name: "user_add_to_team", user_name: "Bo" }, "unreadable"],
    [{ event_name: "user_add_to_team", project_path_with_namespace: "a/b" }, "unreadable"],
    [{ event_name: "group_create" }, "unreadable"],
    [{ event_name: "license_expire" }, "unsupported"],
    [{ event_name: "user_pause", username: "bo" }, "unsupported"],
    [{ event_name: "repository_update" }, "unreadable"],
    [{ event_name: "repository_update", project: { path_with_namespace: "a/b" } }, "event"],
    [{ event_name: "user_create", username: "bo" }, "event"],
    [{ event_name: "project_create", path_with_namespace: "a/b" }, "event"],
    [{ object_kind: "constructor" }, "unsupported"],
    [{ event_name: 7 }, "unsupported"],
    [{}, "unsupported"],
    [[], "unsupported"],
    [null, "unsupported"],
    [{ event_name: "push", ref: "refs/heads/main", project: { path_with_namespace: "a/b" } }, "event"],
  ])("a system hook with %j is %s", (payload, state) => {
    const delivery = { headers: { "x-gitlab-event": "System Hook" }, body: Buffer.from(JSON.stringify(payload)) };
    expect(gitlab.parse(delivery).state).toBe(state);
  });
});
