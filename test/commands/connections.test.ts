import { describe, expect } from "vitest";
import type { Asker, Button, CommandEntry } from "../../src/commands/command.ts";
import { connect } from "../../src/commands/connect.ts";
import { hooksPageOf, nameFor } from "../../src/commands/connect-name.ts";
import { connections, disconnect, rotate } from "../../src/commands/connections.ts";
import { forges } from "../../src/forges/index.ts";
import { listChanges } from "../../src/store/audit.ts";
import { addHook, listHooks } from "../../src/store/hooks.ts";
import { gitlabHook } from "../support/hook.ts";
import { asker, people, testAtDesk } from "./desk.ts";
import { deliver, readAll, shown } from "./reading.ts";

const test = testAtDesk
  .extend("run", ({ open, workspace }) => async (entry: CommandEntry, words: string, change: Partial<Asker> = {}) => {
    const reply = await entry.run(open.desk, asker(workspace, change), words);
    return { ...reply, text: shown(reply.text) };
  })
  .extend(
    "hooks",
    ({ open, workspace }) =>
      () =>
        listHooks(open.store, workspace),
  )
  .extend("hookNamed", ({ hooks }) => async (name: string) => {
    const found = (await hooks()).find((hook) => hook.name === name);
    if (!found) throw new Error(`no hook ${name}`);
    return found;
  });

/** What of a button's line stands behind `connections`. */
const words = (button: Button | undefined): string => button?.line.replace(/^connections /, "") ?? "";

describe("connect", () => {
  test("without a forge it asks for one", async ({ run, hooks }) => {
    expect(await run(connect, "")).toEqual({
      text: "Which forge do your webhooks come from?",
      buttons: [
        { label: "GitLab", line: "connect gitlab" },
        { label: "GitSwarm", line: "connect gitswarm" },
        { label: "AtomGit", line: "connect atomgit" },
        { label: "WVS", line: "connect wvs" },
      ],
    });
    const asked = await run(connect, "https://git.acme.io/a/b");
    expect(asked.buttons?.[0]?.line).toBe("connect gitlab https://git.acme.io/a/b");
    const secretive = await run(connect, "SCHEME:hmac https://git.acme.io/a/b?token=x brand:Acme");
    expect(secretive.buttons).toEqual([
      { label: "AtomGit", line: "connect atomgit https://git.acme.io/a/b scheme:hmac brand:Acme" },
    ]);
    expect(await hooks()).toEqual([]);
  });

  test("it makes a hook, and shows its address and secret with the steps", async ({
    open,
    workspace,
    run,
    hookNamed,
  }) => {
    const { text } = await run(connect, "gitlab <https://gitlab.acme.io/platform/api/-/merge_requests/3|api>");
    const hook = await hookNamed("gitlab-acme-io-platform-api");
    expect(text).toBe(`The hook \`gitlab-acme-io-platform-api\` waits for GitLab. Only you see this, and only now:
• \`https://belfry.acme.io/hooks/${hook.id}\` as “URL”
• \`${hook.secrets[0]}\` as “Secret token”
1. Open its <https://gitlab.acme.io/platform/api/-/hooks|webhooks>: *Settings* › *Webhooks* › *Add new webhook*.
2. Paste what is above, and tick the events that your rules name. A rule without kinds posts merge requests, broken and fixed pipelines, deployments, releases, tags and pushes.
3. Save. \`/belfry connections\` tells when something has arrived.
4. In a channel: \`/belfry subscribe group/name\`
If the secret gets lost, \`/belfry connections rotate gitlab-acme-io-platform-api\` makes a new one.`);
    expect(hook).toMatchObject({ forge: "gitlab", scheme: "token", origin: "command", createdBy: "UADA" });
    const audit = JSON.stringify([await listChanges(open.store, workspace, { limit: 9 }), open.logged]);
    expect(audit).toContain('"connect"');
    expect(audit).not.toContain(hook.secrets[0]);
  });

  test("by a title, another name, with a scheme and a brand; names are unique", async ({ run, hooks }) => {
    await run(connect, "GitLab scheme:signed brand:Acme");
    await run(connect, "SCHEME:hmac gitcode");
    await run(connect, "gitlab");
    expect((await hooks()).map(({ name, scheme, brand }) => [name, scheme, brand]).toSorted()).toEqual([
      ["atomgit", "hmac", undefined],
      ["gitlab", "signed", "Acme"],
      ["gitlab-2", "token", undefined],
    ]);
  });

  test("several people who connect at once get a hook each", async ({ run, hooks }) => {
    const replies = await Promise.all(
      ["UADA", "UBOSS", "UADA", "UBOSS"].map((user) => run(connect, "gitlab", { user })),
    );
    const names = ["gitlab", "gitlab-2", "gitlab-3", "gitlab-4"];
    expect((await hooks()).map(({ name }) => name).toSorted()).toEqual(names);
    for (const { text } of replies) expect(text).toMatch(/^The hook `gitlab(-[234])?` waits for GitLab\./);
  });

  test("the scheme basic has its secret in the address", async ({ run, hookNamed }) => {
    const { text } = await run(connect, "wvs scheme:basic");
    const hook = await hookNamed("wvs");
    expect(text).toContain(`• \`https://${hook.secrets[0]}@belfry.acme.io/hooks/${hook.id}\` as “URL”`);
  });

  test.for<[name: string, scheme: string]>(
    Object.entries(forges).flatMap(([name, { schemes }]) => schemes.map((scheme) => [name, scheme])),
  )("the steps of %s with %s have at most 12 lines", async ([name, scheme], { run }) => {
    const { text } = await run(connect, `${name} scheme:${scheme} https://git.acme.io/group/name`);
    expect(text.split("\n").length).toBeLessThanOrEqual(12);
    expect(text.length).toBeLessThan(1_500);
    expect(text).not.toContain("undefined");
  });

  const address = "An address looks like `https://gitlab.acme.io/group/name`.";
  test.for<[words: string, says: string]>([
    ["gitlub", "There is no forge “gitlub”. Did you mean `gitlab`?"],
    ["bitbucket", "There is no forge “bitbucket”. I know GitLab, GitSwarm, AtomGit, WVS."],
    ["constructor", "There is no forge “constructor”. I know GitLab, GitSwarm, AtomGit, WVS."],
    ["gitlab api", "I do not understand “api”. A web address begins with `https://`."],
    ["gitlab scheme:magic", "There is no scheme “magic”. Choose one of: token, basic, signed, hmac."],
    ["wvs scheme:hmac", "WVS has no scheme “hmac”. Choose one of: token, basic."],
    [
      "gitlab brand:a.b",
      "“a.b” is not a brand. A brand is written as in X-<Brand>-Event: letters, digits, _ and -, at most 40.",
    ],
    ["gitlab ftp://gitlab.acme.io/a", address],
    ["gitlab file:///etc/passwd", address],
    ["gitlab gitlab.acme.io/group", address],
    ["gitlab <https://>", address],
    [`gitlab https://gitlab.acme.io/${"a".repeat(500)}`, address],
    ["gitlab https://me:pw@gitlab.acme.io/a", "Leave the user and password out of the address: I do not need them."],
  ])("connect %s", async ([words, says], { run, hooks }) => {
    await expect(run(connect, words)).rejects.toThrow(says);
    expect(await hooks()).toEqual([]);
  });

  test("a workspace has at most a hundred", async ({ open, workspace, run }) => {
    for (let number = 0; number < 100; number += 1) {
      await addHook(open.store, gitlabHook(workspace, `hook-${number}`, "s3cret"));
    }
    await expect(run(connect, "gitlab")).rejects.toThrow("This workspace has 100 hooks.");
  });
});

describe("names and pages", () => {
  test.each([
    ["https://gitlab.acme.io", "gitlab-acme-io", undefined],
    ["https://gitlab.acme.io:8443/acme/", "gitlab-acme-io-acme", "https://gitlab.acme.io:8443/groups/acme/-/hooks"],
    ["http://git.acme.io/a/b.git", "git-acme-io-a-b", "http://git.acme.io/a/b/-/hooks"],
    ["https://git.io/groups/a/b/-/issues?x=1#y", "git-io-groups-a-b", "https://git.io/groups/a/b/-/hooks"],
    [`https://git.io/${"a".repeat(60)}/b`, `git-io-${"a".repeat(29)}`, `https://git.io/${"a".repeat(60)}/b/-/hooks`],
    ["https://[::1]/ä/B", "1-c3-a4-b", "https://[::1]/%C3%A4/B/-/hooks"],
  ])("%s", (address, name, page) => {
    const url = new URL(address);
    expect(nameFor({ name: "gitlab" }, url, [])).toBe(name);
    expect(nameFor({ name: "gitlab" }, url, [name])).toBe(`${name}-2`);
    expect(hooksPageOf({ hooksPage: "/-/hooks" }, url)).toBe(page);
  });

  test("a forge whose pages are not known has none", () => {
    expect(hooksPageOf({}, new URL("https://atomgit.com/a/b"))).toBeUndefined();
  });
});

describe("connections", () => {
  test("none", async ({ run }) => {
    expect(await run(connections, "")).toEqual({
      text: "There is no hook yet: nothing can arrive.",
      buttons: [{ label: "Connect a forge", line: "connect", style: "primary" }],
    });
  });

  test("each with its last delivery, and who made it; of this workspace only", async ({
    open,
    workspace,
    run,
    hookNamed,
  }) => {
    await addHook(open.store, gitlabHook("other", "secret-hook", "s3cret"));
    await run(connect, "gitlab");
    await run(connect, "wvs brand:Acme", { user: "UBOSS" });
    await addHook(open.store, { ...gitlabHook(workspace, "web", "s3cret"), origin: "file" });
    await deliver(open.store, workspace, "merge_request_hook__open", { hook: (await hookNamed("gitlab")).id });
    await readAll(open.store);
    expect((await run(connections, "")).text.split("\n").toSorted()).toEqual([
      "• `gitlab` GitLab: last delivery just now, read · made by <@UADA>",
      "• `web` GitLab: nothing has arrived yet · from rules.yml",
      "• `wvs` WVS (Acme): nothing has arrived yet · made by <@UBOSS>",
    ]);
  });

  test("a rotation: the new secret is shown once, the old one is valid until it is finished", async ({
    run,
    hookNamed,
  }) => {
    await run(connect, "gitlab");
    const [old] = (await hookNamed("gitlab")).secrets;
    const reply = await run(rotate, "gitlab");
    const { id, secrets } = await hookNamed("gitlab");
    expect(secrets).toEqual([expect.any(String), old]);
    expect(reply).toEqual({
      text: `A new secret for \`gitlab\`. Only you see this, and only now:
• \`https://belfry.acme.io/hooks/${id}\` as “URL”
• \`${secrets[0]}\` as “Secret token”
1. Open this webhook in GitLab: *Settings* › *Webhooks*.
2. Put it in place of the old one, and save.
3. Then finish here: until you do, the old secret stays valid, too.`,
      buttons: [
        {
          label: "Finish: only the new one",
          line: expect.stringMatching(/^connections finish gitlab 2-[0-9a-f]{8}$/),
        },
      ],
    });
    expect((await run(connections, "")).text).toContain("2 secrets until `/belfry connections finish gitlab`");
    const line = words(reply.buttons?.[0]);
    expect((await run(connections, line, { confirmed: true })).text).toBe(
      "Only the newest secret of `gitlab` is valid now.",
    );
    expect((await hookNamed("gitlab")).secrets).toEqual([secrets[0]]);
    expect((await run(connections, "finish gitlab")).text).toBe("`gitlab` has one secret: there is nothing to finish.");
    for (let more = 0; more < 4; more += 1) await run(rotate, "gitlab");
    await expect(run(rotate, "gitlab")).rejects.toThrow("“gitlab” has 5 secrets already. Finish the rotation first.");
  });

  test("finish asks first when it is typed, also with the words of a button", async ({ run, hookNamed }) => {
    await run(connect, "gitlab");
    const line = words((await run(rotate, "gitlab")).buttons?.[0]);
    const asked = await run(connections, "finish gitlab");
    expect(asked).toEqual({
      text: "Drop all secrets of `gitlab` but the newest? A webhook that has an older one is refused then.",
      buttons: [
        { label: "Finish: only the newest", line: `connections ${line}`, style: "danger" },
        { label: "Cancel", line: "cancel" },
      ],
    });
    await expect(run(connections, line)).rejects.toThrow("Name one hook");
    expect((await hookNamed("gitlab")).secrets).toHaveLength(2);
    await run(connections, words(asked.buttons?.[0]), { confirmed: true });
    expect((await hookNamed("gitlab")).secrets).toHaveLength(1);
  });

  test("a button of an earlier rotation drops nothing", async ({ open, workspace, run, hookNamed }) => {
    await run(connect, "gitlab");
    const first = words((await run(rotate, "gitlab")).buttons?.[0]);
    const asked = words((await run(connections, "finish gitlab")).buttons?.[0]);
    await run(connections, first, { confirmed: true });
    // Two secrets again, but others.
    await run(rotate, "gitlab");
    const { secrets } = await hookNamed("gitlab");
    for (const line of [first, asked, "finish gitlab"]) {
      const { text, buttons } = await run(connections, line, { confirmed: true });
      expect(text).toMatch(/^`gitlab` has other secrets since, so nothing was changed\.\nDrop all secrets/);
      expect(buttons).toHaveLength(2);
    }
    expect((await hookNamed("gitlab")).secrets).toEqual(secrets);
    const changes = await listChanges(open.store, workspace, { limit: 9 });
    expect(changes.map(({ action }) => action)).toEqual(["rotate", "finish", "rotate", "connect"]);
    for (const secret of secrets) expect(first + asked + JSON.stringify(changes)).not.toContain(secret);
  });

  test("disconnect asks first", async ({ open, workspace, run, hooks }) => {
    await run(connect, "gitlab");
    expect(await run(disconnect, "gitlab")).toEqual({
      text: "Disconnect `gitlab`? What GitLab sends to it is refused then, for good. What has arrived stays, and so do the rules.",
      buttons: [
        { label: "Disconnect", line: "connections disconnect gitlab", style: "danger" },
        { label: "Cancel", line: "cancel" },
      ],
    });
    expect(await hooks()).toHaveLength(1);
    const done = await run(connections, "disconnect gitlab", { confirmed: true });
    expect(done.text).toBe("Disconnected `gitlab`. Remove its webhook in GitLab, too.");
    expect(await hooks()).toEqual([]);
    expect((await listChanges(open.store, workspace, { limit: 1 }))[0]).toMatchObject({
      action: "disconnect",
      actor: "UADA",
      channel: "C1",
    });
  });

  test.for(["rotate", "finish", "disconnect"])("%s: who made it or an administrator", async (verb, { run, hooks }) => {
    await run(connect, "gitlab", { user: "UBEA" });
    const before = await hooks();
    for (const user of ["UADA", "UGUEST", "UNKNOWN"]) {
      await expect(run(connections, `${verb} gitlab`, { user, confirmed: true })).rejects.toThrow(
        "`gitlab` is changed by who made it, or by an administrator of this workspace.",
      );
    }
    expect(await hooks()).toEqual(before);
    await run(connections, `${verb} gitlab`, { user: "UBOSS", confirmed: true });
  });

  test("an administrator of another company is none here", async ({ run }) => {
    await run(connect, "gitlab", { user: "UBEA" });
    people["UOTHER"] = { id: "UOTHER", name: "o", isAdmin: true, isGuest: false, isStranger: true, isGone: false };
    await expect(run(rotate, "gitlab", { user: "UOTHER" })).rejects.toThrow("changed by who made it");
    delete people["UOTHER"];
  });

  test.for(["rotate", "finish", "disconnect"])(
    "%s of a hook of rules.yml is refused, also to administrators",
    async (verb, { open, workspace, run }) => {
      await addHook(open.store, { ...gitlabHook(workspace, "web", "s3cret"), origin: "file" });
      await expect(run(connections, `${verb} web`, { user: "UBOSS", confirmed: true })).rejects.toThrow(
        "“web” comes from rules.yml. Change it there.",
      );
    },
  );

  test("a hook of another workspace is as unknown as none", async ({ open, run }) => {
    await addHook(open.store, gitlabHook("elsewhere", "theirs", "s3cret"));
    for (const verb of ["rotate", "finish", "disconnect"]) {
      for (const name of ["theirs", "nobody"]) {
        await expect(run(connections, `${verb} ${name}`, { user: "UBOSS", confirmed: true })).rejects.toThrow(
          `There is no hook “${name}”. \`/belfry connections\` lists them.`,
        );
      }
    }
    expect(await listHooks(open.store, "elsewhere")).toHaveLength(1);
  });

  test.for<[words: string, says: string]>([
    ["rotat gitlab", "“rotat” is nothing that I do with hooks. Did you mean `rotate`?"],
    ["paint gitlab", "“paint” is nothing that I do with hooks. Choose one of: rotate, finish, disconnect."],
    ["constructor x", "“constructor” is nothing that I do with hooks. Choose one of: rotate, finish, disconnect."],
    ["remove", "Name one hook, such as `/belfry connections disconnect gitlab`."],
    ["rotate", "Name one hook, such as `/belfry connections rotate gitlab`."],
    ["rotate a b", "Name one hook, such as `/belfry connections rotate gitlab`."],
  ])("connections %s", async ([words, says], { run }) => {
    await expect(run(connections, words)).rejects.toThrow(says);
  });
});
