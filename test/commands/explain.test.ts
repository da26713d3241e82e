import { describe, expect } from "vitest";
import type { Asker } from "../../src/commands/command.ts";
import { explain } from "../../src/commands/explain.ts";
import { explainLines } from "../../src/commands/explain-lines.ts";
import { readLink } from "../../src/commands/link-object.ts";
import { readMessageLink } from "../../src/commands/slack-message.ts";
import type { Forge } from "../../src/forges/forge.ts";
import { forgeNamed, forges } from "../../src/forges/index.ts";
import { addRule } from "../../src/store/change-rules.ts";
import { findDelivery } from "../../src/store/deliveries.ts";
import type { MessageState } from "../../src/store/schema.ts";
import { fixtures } from "../support/fixtures.ts";
import { asker, now, putHook, putRule, testAtDesk } from "./desk.ts";
import { deliver, readAll, shown } from "./reading.ts";

const test = testAtDesk
  .extend(
    "reply",
    ({ open, workspace }) =>
      (words: string, change: Partial<Asker> = {}) =>
        explain.run(open.desk, asker(workspace, change), words),
  )
  // With ids made short, because they are made of the time.
  .extend(
    "answer",
    ({ reply }) =>
      async (...asked: Parameters<typeof reply>) =>
        shown((await reply(...asked)).text).replace(
          /[0-9a-f]{8}-[0-9a-f]{4}(-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})?/g,
          "<id>",
        ),
  );

const base = "https://gitlab.acme.example/acme/shop/api";
const mr = `${base}/-/merge_requests/12`;

describe("rule by rule", () => {
  test("what each rule of this channel said, and what became of the message; others are counted", async ({
    open,
    workspace,
    rule,
    answer,
  }) => {
    await rule("aaaaaaa", "acme/shop/api merge_request", { at: new Date(now.getTime() - 1) });
    await rule("bbbbbbb", "acme/shop/api merge_request branch:main", { channel: "#api" });
    await rule("ccccccc", "acme/** pipeline");
    await rule("ddddddd", "acme/shop/* merge_request", { paused: "by hand" });
    await rule("eeeeeee", "acme/** merge_request label:<!channel>", { channel: "C2" });
    const id = await deliver(open.store, workspace, "merge_request_hook__open");
    await readAll(open.store);
    const text = await answer(mr);
    expect(text.split("\n").toSorted()).toEqual(
      [
        "`merge_request:open` of `acme/shop/api` arrived just now (`<id>`).",
        "→ `aaaaaaa`: waits for its turn",
        "· `bbbbbbb`: branch feature/vat does not match main",
        "· `ccccccc`: kind merge_request:open is not among pipeline",
        "· `ddddddd`: paused: by hand",
        "One rule of another channel was asked, too.",
      ].toSorted(),
    );
    for (const words of [id, id.slice(0, 13), `<${mr}>`, `<${mr}|!12>`, `${mr}/diffs?w=1#top`]) {
      expect(await answer(words)).toBe(text);
    }
  });

  test.for<[MessageState, string | null, string]>([
    ["sent", null, "posted just now"],
    ["pending", null, "waits for its turn"],
    ["retry", "http_503", "waits, Slack did not take it yet: http_503"],
    ["uncertain", "timeout", "perhaps posted, Slack's answer was lost: timeout"],
    ["suppressed", "dropped by hand", "not posted: dropped by hand"],
    ["dead", "is_archived", "given up: is_archived. The channel is archived: unarchive it, or remove its rules"],
    ["dead", "<!channel> *x*", "given up: &lt;!channel&gt; *x*"],
  ])("a message that is %s", async ([state, reason, says], { open, workspace, rule, answer }) => {
    await rule("aaaaaaa", "acme/shop/api merge_request");
    await deliver(open.store, workspace, "merge_request_hook__open");
    await readAll(open.store);
    await open.store.db.updateTable("messages").set({ state, reason }).where("workspace_id", "=", workspace).execute();
    expect(await answer(mr)).toContain(`→ \`aaaaaaa\`: ${says}`);
  });

  test("texts of the payload are inert", async ({ open, workspace, rule, reply }) => {
    await rule("aaaaaaa", "acme/shop/api merge_request branch:main");
    await deliver(open.store, workspace, "merge_request_hook__open", {
      change: (json) => json.replaceAll("feature/vat", "<!channel>_*`x"),
    });
    await readAll(open.store);
    const { text } = await reply(mr);
    expect(text).not.toMatch(/<!channel|[^\u200B]\*|[^\u200B]_\*/);
    expect(text).toContain("&lt;!channel&gt;");
  });

  test("rules that did not name it then, and a delivery that no rule names now", async ({
    open,
    workspace,
    rule,
    answer,
  }) => {
    await rule("aaaaaaa", "acme/shop/api merge_request");
    const id = await deliver(open.store, workspace, "merge_request_hook__open");
    await readAll(open.store);
    const made = await addRule(open.store, workspace, "command", { channel: "#api", words: "acme/** push" });
    expect(await answer(mr)).toContain(
      `\`${made.id}\` did not name it then. \`/belfry replay <id>\` asks today's rules.`,
    );
    await open.store.db.deleteFrom("rules").where("workspace_id", "=", workspace).execute();
    await expect(answer(id)).rejects.toThrow(`There is no delivery “${id}” for this channel.`);
    expect(await answer(id, { user: "UBOSS" })).toContain("→ `aaaaaaa`: waits for its turn");
  });

  test("an administrator sees what no rule of the channel names", async ({ open, workspace, answer }) => {
    const id = await deliver(open.store, workspace, "merge_request_hook__open");
    await readAll(open.store);
    expect(
      await answer(id, { user: "UBOSS" }),
    ).toBe(`\`merge_request:open\` of \`acme/shop/api\` arrived just now (\`<id>\`).
No rule of this channel names \`acme/shop/api\`. \`/belfry subscribe acme/shop/api\``);
    await expect(answer(id)).rejects.toThrow("There is no delivery");
  });

  test("a large body is not read again: the path of its project is known", async ({ open, workspace, rule }) => {
    await rule("aaaaaaa", "acme/shop/api merge_request");
    const id = await deliver(open.store, workspace, "merge_request_hook__open");
    await readAll(open.store);
    await rule("bbbbbbb", "acme/** push");
    const row = await findDelivery(open.store, workspace, id);
    if (!row?.body) throw new Error("there is no body");
    const read: number[] = [];
    const parse: Forge["parse"] = (delivery) => {
      read.push(delivery.body.byteLength);
      return forgeNamed("gitlab").parse(delivery);
    };
    const desk = { ...open.desk, forges: { gitlab: { ...forgeNamed("gitlab"), parse } } };
    for (const bytes of [1_000_000, 1_000_001]) {
      const body = Buffer.concat([row.body, Buffer.alloc(bytes - row.body.byteLength, " ")]);
      const lines = await explainLines(desk, asker(workspace), { ...row, body });
      expect(lines.at(-1)).toContain("`bbbbbbb` did not name it then.");
    }
    expect(read).toEqual([1_000_000]);
  });

  test("a repeat is told as the first one", async ({ open, workspace, rule, answer }) => {
    await rule("aaaaaaa", "acme/shop/api merge_request");
    const first = await deliver(open.store, workspace, "merge_request_hook__open", { key: "same" });
    await readAll(open.store);
    const again = await deliver(open.store, workspace, "merge_request_hook__open", { key: "same" });
    expect(again).not.toBe(first);
    expect(await answer(again, { user: "UBOSS" })).toBe(await answer(first));
  });

  test.for<[name: string, sent: { body: string; header: string }, says: string]>([
    [
      "an unreadable one",
      { body: "{", header: "Push Hook" },
      "This delivery arrived just now (`<id>`): not readable: ",
    ],
    [
      "an unknown kind",
      { body: "{}", header: "Bell Hook" },
      "This delivery arrived just now (`<id>`): of a kind that I do not know: event “Bell Hook” is not known.",
    ],
  ])("%s, for administrators", async ([_name, sent, says], { open, workspace, answer }) => {
    const id = await deliver(open.store, workspace, "", sent);
    await readAll(open.store);
    expect(await answer(id, { user: "UBOSS" })).toContain(says);
    await expect(answer(id)).rejects.toThrow("There is no delivery");
  });

  test("one that waits, one whose decisions are gone", async ({ open, workspace, rule, answer }) => {
    const id = await deliver(open.store, workspace, "merge_request_hook__open");
    expect(await answer(id, { user: "UBOSS" })).toBe("This delivery arrived just now (`<id>`) and waits to be read.");
    await rule("aaaaaaa", "acme/shop/api merge_request");
    await readAll(open.store);
    await open.store.db.updateTable("deliveries").set({ body: null, decisions: null }).where("id", "=", id).execute();
    expect(await answer(id)).toBe(
      "`merge_request:open` of `acme/shop/api` arrived just now (`<id>`). What the rules said of it was removed with age.",
    );
  });
});

describe("links of messages in Slack", () => {
  const link = (channel: string, letters = "p1700000000123456") =>
    `https://acme.slack.com/archives/${channel}/${letters}`;

  test.for(["C1", "#api"])(
    "one of ours is explained, where the rule says %s",
    async (channel, { open, workspace, rule, answer }) => {
      await rule("aaaaaaa", "acme/shop/api merge_request", { channel });
      const id = await deliver(open.store, workspace, "merge_request_hook__open");
      await readAll(open.store);
      const sent = { state: "sent", ts: "1700000000.123456" } as const;
      await open.store.db.updateTable("messages").set(sent).where("workspace_id", "=", workspace).execute();
      for (const typed of [link("C1"), `<${link("C1")}>`, `${link("C1")}?thread_ts=1699999999.000000&cid=C1`])
        expect(await answer(typed)).toBe(await answer(id));
    },
  );

  test("others are not", async ({ open, workspace, rule, answer }) => {
    await rule("aaaaaaa", "acme/shop/api merge_request", { channel: "C2" });
    await deliver(open.store, workspace, "merge_request_hook__open");
    await readAll(open.store);
    const sent = { state: "sent", ts: "1700000000.123456" } as const;
    await open.store.db.updateTable("messages").set(sent).where("workspace_id", "=", workspace).execute();
    expect(await answer(link("C2"))).toBe("That message is in <#C2>. Type this there.");
    const unknown = "I know of no message of mine there: it is somebody else’s, or was removed with age.";
    expect(await answer(link("C1"))).toBe(unknown);
    expect(await answer(link("C2"), { channel: "C2", channelName: "web" })).toContain("→ `aaaaaaa`");
    expect(await answer(link("C2", "p1700000000123457"), { channel: "C2", channelName: "web" })).toBe(unknown);
  });

  test.each([
    ["https://acme.slack.com/archives/C0API/p1700000000123456", { channel: "C0API", ts: "1700000000.123456" }],
    [
      "https://acme.enterprise.slack.com/archives/G0API/p1700000000123456",
      { channel: "G0API", ts: "1700000000.123456" },
    ],
    ["https://acme.slack.com/archives/C0API", undefined],
    ["https://acme.slack.com/archives/<!channel>/p1700000000123456", undefined],
    ["https://slack.acme.io/archives/C0API/p1700000000123456", undefined],
    [mr, undefined],
  ])("%s", (typed, place) => expect(readMessageLink(typed)).toEqual(place));
});

describe("links", () => {
  test.for<[name: string, link: string]>([
    ["merge_request_hook__open", `${base}/-/merge_requests/12`],
    ["merge_request_hook__open", `${base}/merge_requests/12`],
    ["merge_request_hook__open", "HTTP://GitLab.Acme.Example/acme/shop/api/-/merge_requests/12"],
    ["merge_request_hook__open", base],
  ])("%s is found by %s", async ([name, link], { open, workspace, rule, answer }) => {
    await rule("aaaaaaa", "acme/** merge_request");
    await deliver(open.store, workspace, name);
    await readAll(open.store);
    expect(await answer(link)).toContain("→ `aaaaaaa`: waits for its turn");
  });

  test.for([
    `${base}/-/merge_requests/13`,
    `${base}/-/issues/12`,
    "https://other.example/acme/shop/api/-/merge_requests/12",
    "https://other.example/acme/shop/api",
  ])("but not by %s", async (link, { open, workspace, rule, answer }) => {
    await rule("aaaaaaa", "acme/** merge_request");
    await deliver(open.store, workspace, "merge_request_hook__open");
    await readAll(open.store);
    expect(await answer(link)).toContain("has arrived lately. There is no hook yet: `/belfry connect`");
  });

  test("every fixture that has a page is found by it", async () => {
    const lost: string[] = [];
    const kinds = new Set<string>();
    for (const { name, header, body } of fixtures("gitlab")) {
      const reading = forges["gitlab"]?.parse({ headers: { "x-gitlab-event": header }, body });
      if (reading?.state !== "event" || reading.event.url === undefined || reading.event.kind === "emoji") continue;
      const object = readLink(reading.event.url);
      const { event } = reading;
      const fits = object && (object.kinds.length === 0 || object.kinds.includes(event.kind));
      if (!fits || !object.isAbout(event) || object.project.path !== event.project.path)
        lost.push(`${name} ${event.url}`);
      else kinds.add(event.kind);
    }
    // Pages of snippets had no /-/ then: where the project ends cannot be seen.
    expect(lost).toEqual([expect.stringMatching(/^note_hook__create_snippet_8_8 /)]);
    expect(kinds.size).toBeGreaterThan(10);
  });

  test("no rule of the channel names the project: nothing is said of what arrived", async ({
    open,
    workspace,
    rule,
    reply,
  }) => {
    await rule("aaaaaaa", "acme/** merge_request", { channel: "C2" });
    const before = await reply(mr);
    await deliver(open.store, workspace, "merge_request_hook__open");
    await readAll(open.store);
    expect(await reply(mr)).toEqual(before);
    expect(before).toEqual({
      text: "No rule of this channel names `acme/shop/api`, so nothing of it is posted here. `/belfry subscribe acme/shop/api`",
      buttons: [{ label: "Subscribe", line: "subscribe acme/shop/api", style: "primary" }],
    });
    const group = await reply("https://gitlab.acme.example/groups/acme/shop/-/epics/5");
    expect(group.buttons?.[0]?.line).toBe("subscribe acme/shop/**");
  });

  test("nothing has arrived: it lists the hooks", async ({ open, workspace, rule, answer }) => {
    await rule("aaaaaaa", "acme/** merge_request");
    await putHook(open.store, workspace);
    expect(
      await answer(mr),
    ).toBe(`Nothing about this merge request of \`acme/shop/api\` has arrived lately. Does the forge send it? These are the hooks:
• \`gitlab\` GitLab: nothing has arrived yet · made by terminal`);
  });

  test("but not to guests, who do not see `connections` either", async ({ open, workspace, rule, answer }) => {
    await rule("aaaaaaa", "acme/** merge_request");
    await putHook(open.store, workspace);
    for (const user of ["UGUEST", "USTRANGER", "UGONE", "UNOBODY"])
      expect(await answer(mr, { user })).toBe(
        "Nothing about this merge request of `acme/shop/api` has arrived lately. Does the forge send it?",
      );
  });

  test.for<[words: string, says: string]>([
    ["", "Paste a link of what you miss, or name a delivery by its id."],
    ["https://gitlab.acme.example", "`https://gitlab.acme.example` is not a page of a project."],
    ["https://gitlab.acme.example/-/profile", "`https://gitlab.acme.example/-/profile` is not a page of a project."],
    ["https://", "`https://` is not a page of a project."],
  ])("explain %s", async ([words, says], { answer }) => {
    expect(await answer(words)).toBe(says);
  });

  test("what happened in another workspace is as if it had not", async ({ open, workspace, rule, answer }) => {
    await rule("aaaaaaa", "acme/** merge_request");
    const id = await deliver(open.store, `${workspace} other`, "merge_request_hook__open");
    await putRule(open.store, `${workspace} other`, { id: "bbbbbbb", words: "acme/** merge_request" });
    await readAll(open.store);
    expect(await answer(mr, { user: "UBOSS" })).toBe(
      "Nothing about this merge request of `acme/shop/api` has arrived lately. There is no hook yet: `/belfry connect`",
    );
    await expect(answer(id, { user: "UBOSS" })).rejects.toThrow(`There is no delivery “${id}” for this channel.`);
  });
});

test("that a confidential thing exists is told only where a rule may post it", async ({
  open,
  workspace,
  rule,
  answer,
}) => {
  await rule("aaaaaaa", "acme/shop/api issue");
  await deliver(open.store, workspace, "confidential_issue_hook__open");
  await readAll(open.store);
  const { object_attributes } = JSON.parse(
    fixtures("gitlab").find(({ name }) => name === "confidential_issue_hook__open")?.json ?? "{}",
  ) as { object_attributes: { url: string } };
  expect(await answer(object_attributes.url)).toContain("Nothing about this issue");
  await rule("bbbbbbb", "acme/shop/api issue confidential:yes");
  expect(await answer(object_attributes.url)).toContain("`issue:open` of `acme/shop/api` arrived");
});
