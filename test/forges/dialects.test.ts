import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { kinds } from "../../src/events.ts";
import type { Forge } from "../../src/forges/forge.ts";
import { forges } from "../../src/forges/index.ts";
import type { Headers, Scheme } from "../../src/forges/verify.ts";
import { draw } from "../../src/slack/draw.ts";
import { loadTemplates } from "../../src/templates/load.ts";
import { render } from "../../src/templates/templates.ts";
import { type Fixture, fixtures } from "../support/fixtures.ts";
import { send, startReceiver, type TestReceiver } from "../support/receiver.ts";
import { factsOf } from "./facts.ts";

/** The forges that speak GitLab's webhooks under other names: what they send besides, and in which other ways. */

const { gitlab, gitswarm, atomgit, wvs } = forges as Record<"gitlab" | "gitswarm" | "atomgit" | "wvs", Forge>;
const templates = loadTemplates(join(import.meta.dirname, "../../templates"));

const read = (forge: Forge, header: string, { header: label, body }: Pick<Fixture, "header" | "body">) =>
  forge.parse({ headers: { [header]: label }, body });

/** The kinds that each documents. */
const documented: [Forge, header: string, kinds: string[]][] = [
  [gitswarm, "x-gitlab-event", ["push", "tag_push", "issue", "note", "merge_request", "wiki_page", "pipeline"]],
  [atomgit, "x-gitcode-event", ["push", "tag_push", "issue", "note", "merge_request"]],
  [
    wvs,
    "x-wvs-event",
    [
      ...["push", "tag_push", "issue", "note", "merge_request", "wiki_page", "pipeline"],
      ...["job", "deployment", "member", "subgroup", "feature_flag", "release"],
    ],
  ],
];

describe.each(documented.map(([forge, header, kinds]) => ({ name: forge.name, forge, header, kinds })))(
  "$name",
  ({ name, forge, header, kinds: told }) => {
    const all = fixtures(name).map((fixture) => ({ ...fixture, reading: read(forge, header, fixture) }));

    test("all deliveries are read as in the table, which is for people to judge", async () => {
      const table = all.map(({ name: fixture, reading }) => {
        const facts = reading.state === "event" ? factsOf(reading.event) : [`${reading.state}: ${reading.reason}`];
        return [fixture, ...facts.map((fact) => `  ${fact}`), ""].join("\n");
      });
      await expect(table.join("\n")).toMatchFileSnapshot(`${name}.events.txt`);
    });

    test("each kind that it documents has a delivery", () => {
      const seen = new Set(all.map(({ reading }) => (reading.state === "event" ? reading.event.kind : reading.state)));
      expect([...seen].sort()).toEqual(told.toSorted());
    });

    test.each(all)("$name is the event of its name and makes a message", ({ name: fixture, reading }) => {
      if (reading.state !== "event") throw new Error(reading.reason);
      const { event } = reading;
      const [, kind, action = ""] = /^(\w+)_hook__(?:gitcode_)?([a-z]+)/.exec(fixture) ?? [];
      expect(event.kind).toBe(kind);
      if (!/two|gitcode|repository/.test(action)) expect(event.action).toBe(action);
      const { message, used } = render(templates, event);
      expect(used).not.toBe("built-in");
      const text = `${message.text}\n${draw(message, { colour: false })}`;
      expect(text).toContain(event.project.path);
      if (event.actor) expect(text).toContain(event.actor.name);
      expect(text).not.toMatch(/undefined|\bnull\b|\[object Object\]|NaN|<>|\(\)/);
    });
  },
);

describe("headers", () => {
  const push = (forge: string) => {
    const [fixture] = fixtures(forge).filter(({ name }) => name === "push_hook__two_commits");
    if (!fixture) throw new Error(`no push of ${forge}`);
    return fixture;
  };
  test.each([
    [gitswarm, "x-gitlab-event", "event"],
    [gitswarm, "x-gitswarm-event", "event"],
    [gitswarm, "x-wvs-event", "unreadable"],
    [wvs, "x-wvs-event", "event"],
    [wvs, "x-gitlab-event", "event"],
    [wvs, "x-gitcode-event", "unreadable"],
    [atomgit, "x-atomgit-event", "event"],
    [atomgit, "x-gitcode-event", "event"],
    [atomgit, "x-gitlab-event", "unreadable"],
  ])("$name reads $1: $2", (forge, header, state) => {
    expect(read(forge, header, push(forge.name)).state).toBe(state);
  });

  test("AtomGit's short values stand for the long ones, and nobody else's do", () => {
    for (const fixture of fixtures("atomgit")) {
      const label = fixture.header.replace(" Hook", "").replace(" ", "_").toLowerCase();
      const long = read(atomgit, "x-gitcode-event", fixture);
      expect(read(atomgit, "x-gitcode-event", { ...fixture, header: label })).toEqual(long);
      expect(read(gitlab, "x-gitlab-event", { ...fixture, header: label }).state).toBe("unsupported");
    }
    for (const label of ["constructor", "__proto__", "Push", "push hook"])
      expect(read(atomgit, "x-gitcode-event", { header: label, body: Buffer.from("{}") }).state).toBe("unsupported");
  });

  test("a WVS delivery says the same under the headers of GitLab 13.9", () => {
    for (const fixture of fixtures("wvs"))
      expect(read(wvs, "x-wvs-event", fixture)).toEqual(read(gitlab, "x-gitlab-event", fixture));
  });
});

describe("over HTTP", () => {
  let receiver: TestReceiver | undefined;
  afterEach(async () => {
    await receiver?.close();
    receiver = undefined;
  });

  async function hookOf(forge: string, scheme: Scheme, secret: string) {
    receiver = await startReceiver();
    const { port } = receiver;
    const { id } = await receiver.addHook({ name: "one", forge, scheme, secrets: [secret] });
    return async (headers: Headers, body = "{}") =>
      (await send(port, { path: `/hooks/${id}`, headers: { "content-type": "application/json", ...headers }, body }))
        .status;
  }

  const signature = (body: string) => `sha256=${createHmac("sha256", "s3cret").update(body).digest("hex")}`;
  const basic = `Basic ${Buffer.from("belfry:s3cret").toString("base64")}`;

  test("AtomGit proves itself by a password in a header, in the address, or by a signature of the body", async () => {
    const label = { "x-gitcode-event": "Push Hook" };
    const proofs: Record<string, Headers> = {
      gitcode: { "x-gitcode-token": "s3cret" },
      atomgit: { "x-atomgit-token": "s3cret" },
      gitlab: { "x-gitlab-token": "s3cret" },
      basic: { authorization: basic },
      hmac: { "x-gitcode-signature-256": signature("{}") },
      otherBody: { "x-gitcode-signature-256": signature("{} ") },
      github: { "x-hub-signature-256": signature("{}") },
    };
    const accepted: Partial<Record<Scheme, string[]>> = {
      token: ["gitcode", "atomgit"],
      basic: ["basic"],
      hmac: ["hmac"],
    };
    for (const scheme of atomgit.schemes) {
      const deliver = await hookOf("atomgit", scheme, scheme === "basic" ? "belfry:s3cret" : "s3cret");
      const passed: string[] = [];
      for (const [name, proof] of Object.entries(proofs)) {
        const status = await deliver({ ...label, ...proof, "x-gitcode-delivery": name });
        expect([202, 401]).toContain(status);
        if (status === 202) passed.push(name);
      }
      expect(passed, scheme).toEqual(accepted[scheme]);
      await receiver?.close();
      receiver = undefined;
    }
  });

  test("X-GitCode-Delivery tells a repeat from another delivery with the same body", async () => {
    const deliver = await hookOf("atomgit", "hmac", "s3cret");
    const headers = { "x-gitcode-event": "Push Hook", "x-gitcode-signature-256": signature("{}") };
    expect(await deliver({ ...headers, "x-gitcode-delivery": "one" })).toBe(202);
    expect(await deliver({ ...headers, "x-gitcode-delivery": "two" })).toBe(202);
    expect(await deliver({ ...headers, "x-gitcode-delivery": "one" })).toBe(200);
  });

  test("GitSwarm, which sends again after ten seconds and gives no id, is known by the body", async () => {
    const deliver = await hookOf("gitswarm", "token", "s3cret");
    const both = { "x-gitlab-event": "Push Hook", "x-gitswarm-event": "Push Hook", "x-gitlab-token": "s3cret" };
    expect(await deliver(both, '{"after":"a"}')).toBe(202);
    expect(await deliver(both, '{"after":"a"}')).toBe(200);
    expect(await deliver(both, '{"after":"b"}')).toBe(202);
  });
});

/** The rows of the tables in a page, cell by cell, without the marks of code. */
const rowsOf = (page: string) =>
  readFileSync(join(import.meta.dirname, "../..", page), "utf8")
    .split("\n")
    .filter((line) => line.startsWith("|"))
    .map((line) =>
      line
        .split("|")
        .slice(1, -1)
        .map((cell) => cell.replaceAll("`", "").trim()),
    );

test("README's table of forges and kinds says what the fixtures show", () => {
  const shown = (forge: Forge, header: string, of: (label: string) => boolean = () => true) =>
    new Set<string>(
      fixtures(forge.name)
        .filter((fixture) => of(fixture.header))
        .map((fixture) => read(forge, header, fixture))
        .map((reading) => (reading.state === "event" ? reading.event.kind : reading.state)),
    );
  const isSystem = (label: string) => label === "System Hook";
  const columns = [
    shown(gitlab, "x-gitlab-event", (label) => !isSystem(label)),
    shown(gitlab, "x-gitlab-event", isSystem),
    shown(gitswarm, "x-gitlab-event"),
    shown(atomgit, "x-gitcode-event"),
    shown(wvs, "x-wvs-event"),
  ];
  const wanted = Object.keys(kinds).map((kind) => [kind, ...columns.map((column) => (column.has(kind) ? "✓" : ""))]);
  const table = rowsOf("README.md").filter(([kind = "", ...cells]) => Object.hasOwn(kinds, kind) && cells.length > 1);
  expect(table.toSorted()).toEqual(wanted.toSorted());
});

test("docs/forges.md names the schemes and headers of every forge", () => {
  const rows = rowsOf("docs/forges.md");
  for (const { name, schemes, eventHeaders } of Object.values(forges)) {
    const [, , words = "", headers = ""] = rows.find(([, forge]) => forge === name) ?? [];
    expect(words.split(" ")).toEqual(schemes);
    for (const header of eventHeaders()) expect(headers.toLowerCase()).toContain(header);
  }
});

test("every forge offers schemes that it can use, and says under which headers", () => {
  for (const forge of Object.values(forges)) {
    expect(forge.schemes).toEqual(expect.arrayContaining(["token", "basic"]));
    expect(forge.tokenHeaders("Acme")[0]).toBe("x-acme-token");
    expect(forge.signatureHeaders()[0]).toMatch(/^x-\w+-signature-256$/);
  }
  expect(Object.fromEntries(Object.values(forges).map(({ name, schemes }) => [name, schemes.slice(2)]))).toEqual({
    gitlab: ["signed"],
    gitswarm: [],
    atomgit: ["hmac"],
    wvs: [],
  });
});
