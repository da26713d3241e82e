import { describe, expect } from "vitest";
import type { Asker, CommandEntry } from "../../src/commands/command.ts";
import { deliveries } from "../../src/commands/deliveries.ts";
import { replay } from "../../src/commands/replay.ts";
import { listChanges } from "../../src/store/audit.ts";
import { findDelivery } from "../../src/store/deliveries.ts";
import { asker, now, testAtDesk } from "./desk.ts";
import { deliver, readAll, shown } from "./reading.ts";

const test = testAtDesk.extend(
  "answer",
  ({ open, workspace }) =>
    async (entry: CommandEntry, words: string, change: Partial<Asker> = {}) =>
      shown((await entry.run(open.desk, asker(workspace, change), words)).text),
);

const project = (path: string) => (json: string) => json.replaceAll("acme/shop/api", path);
const short = (id: string) => id.slice(0, 13);
const none = "There are no deliveries of the projects that rules of this channel name.";

describe("deliveries", () => {
  test("the newest of the channel's projects, one line each, without titles", async ({
    open,
    workspace,
    rule,
    answer,
  }) => {
    await rule("aaaaaaa", "acme/shop/* merge_request");
    await rule("bbbbbbb", "secret/plan merge_request", { channel: "C2" });
    const first = await deliver(open.store, workspace, "merge_request_hook__open");
    await deliver(open.store, workspace, "merge_request_hook__open", { change: project("secret/plan") });
    const second = await deliver(open.store, workspace, "job_hook__failed", {});
    await readAll(open.store);
    const third = await deliver(open.store, workspace, "merge_request_hook__merge");
    const text = await answer(deliveries, "");
    expect(text.split("\n").map((line) => line.replace(/`[0-9a-f-]{13,}`$/, "`id`"))).toEqual([
      "• just now `job:failed` `acme/shop/api`: not posted here · `id`",
      "• just now `merge_request:open` `acme/shop/api`: waits for its turn · `id`",
    ]);
    expect(text).toContain(short(first));
    expect(text).toContain(short(second));
    // One that was not read yet has no project.
    expect(text).not.toContain(third);
    expect(text).not.toMatch(/VAT|secret/);
  });

  test("at most ten, the newest first", async ({ open, workspace, rule, answer }) => {
    await rule("aaaaaaa", "acme/shop/api merge_request");
    for (let number = 0; number < 12; number += 1) {
      await deliver(open.store, workspace, "merge_request_hook__open", {
        change: (json) => json.replaceAll('"iid": 12', `"iid": ${number + 1}`),
      });
    }
    await readAll(open.store);
    const lines = (await answer(deliveries, "")).split("\n");
    expect(lines).toHaveLength(10);
  });

  test("nothing, where no rule is here or nothing has arrived", async ({ rule, answer }) => {
    expect(await answer(deliveries, "")).toBe(none);
    await rule("aaaaaaa", "acme/shop/api merge_request");
    expect(await answer(deliveries, "")).toBe(none);
  });

  test("a project is shown where a rule of this channel names it, and to administrators", async ({
    open,
    workspace,
    rule,
    answer,
  }) => {
    await rule("aaaaaaa", "acme/shop/* -acme/shop/api merge_request");
    await deliver(open.store, workspace, "merge_request_hook__open");
    await readAll(open.store);
    const refused = "There are no deliveries of `acme/shop/api`.";
    expect(await answer(deliveries, "acme/shop/api")).toBe(refused);
    expect(await answer(deliveries, "acme/shop/none")).toBe("There are no deliveries of `acme/shop/none`.");
    expect(await answer(deliveries, "acme/shop/api", { user: "UBOSS" })).toContain("`merge_request:open`");
    await rule("bbbbbbb", "ACME/shop/api push");
    expect(await answer(deliveries, "acme/shop/api")).toContain("`merge_request:open`");
    const link = "<https://gitlab.acme.example/acme/shop/api/-/merge_requests/12|x>";
    expect(await answer(deliveries, link)).toContain("`merge_request:open`");
    expect(await answer(deliveries, "acme/shop/api", { channel: "C2", channelName: "web" })).toBe(refused);
  });

  test("a rule that names the project by its host counts for that host only", async ({
    open,
    workspace,
    rule,
    answer,
  }) => {
    await rule("aaaaaaa", "gitlab.acme.example/acme/shop/api merge_request");
    await deliver(open.store, workspace, "merge_request_hook__open");
    await deliver(open.store, workspace, "merge_request_hook__close", {
      change: (json) => json.replaceAll("gitlab.acme.example", "other.example"),
    });
    await readAll(open.store);
    const text = await answer(deliveries, "acme/shop/api");
    expect(text).toContain("`merge_request:open`");
    expect(text).not.toContain("close");
    expect(await answer(deliveries, "")).toBe(text);
  });

  test.for(["acme/**", "two words", "<b>x"])("%s is no project", async (words, { answer }) => {
    await expect(answer(deliveries, words)).rejects.toThrow("Name one project, such as `group/name`.");
  });

  test("nothing of another workspace", async ({ open, workspace, rule, answer }) => {
    await rule("aaaaaaa", "** merge_request");
    await deliver(open.store, `${workspace} other`, "merge_request_hook__open");
    await readAll(open.store);
    expect(await answer(deliveries, "")).toBe(none);
    expect(await answer(deliveries, "acme/shop/api", { user: "UBOSS" })).toBe(
      "There are no deliveries of `acme/shop/api`.",
    );
  });
});

describe("replay", () => {
  test("reads a delivery again, and is in the audit", async ({ open, workspace, rule, answer }) => {
    await rule("aaaaaaa", "acme/shop/api merge_request");
    const id = await deliver(open.store, workspace, "merge_request_hook__open");
    await readAll(open.store);
    expect(await answer(replay, id)).toBe(
      `\`merge_request:open\` of \`acme/shop/api\` is read again with today's rules, in every channel that wants it: also where it was posted before.
\`/belfry explain ${short(id)}\` tells what became of it.`,
    );
    expect((await findDelivery(open.store, workspace, id))?.state).toBe("pending");
    expect(await listChanges(open.store, workspace, { object: id, limit: 9 })).toEqual([
      { at: now.toISOString(), actor: "UADA", action: "replay", object: id, channel: "C1", words: null },
    ]);
    await expect(answer(replay, id)).rejects.toThrow("This delivery still waits to be read.");
    expect(await listChanges(open.store, workspace, { limit: 9 })).toHaveLength(1);
  });

  test("by the beginning of its id, where it is the only one", async ({ open, workspace, rule, answer }) => {
    await rule("aaaaaaa", "acme/shop/api merge_request");
    const id = await deliver(open.store, workspace, "merge_request_hook__open");
    await readAll(open.store);
    expect(await answer(replay, id.slice(0, 8).toUpperCase())).toContain("is read again");
    await deliver(open.store, workspace, "merge_request_hook__merge");
    await readAll(open.store);
    await expect(answer(replay, id.slice(0, 8))).rejects.toThrow(
      `Several deliveries begin with “${id.slice(0, 8)}”. Type more of the id.`,
    );
  });

  test("those of other channels are neither found nor counted", async ({ open, workspace, rule, answer }) => {
    await rule("aaaaaaa", "acme/shop/api merge_request");
    const id = await deliver(open.store, workspace, "merge_request_hook__open");
    const other = await deliver(open.store, workspace, "merge_request_hook__open", { change: project("secret/plan") });
    await readAll(open.store);
    expect(await answer(replay, id.slice(0, 8))).toContain("is read again");
    await expect(answer(replay, other)).rejects.toThrow(`There is no delivery “${other}” for this channel.`);
    expect(await answer(replay, other, { user: "UBOSS" })).toContain(
      "`merge_request:open` of `secret/plan` is read again",
    );
  });

  test("what cannot be replayed says why", async ({ open, workspace, rule, answer }) => {
    await rule("aaaaaaa", "acme/shop/api merge_request");
    const id = await deliver(open.store, workspace, "merge_request_hook__open");
    const copy = await deliver(open.store, workspace, "merge_request_hook__open", { hook: "h2" });
    await readAll(open.store);
    const told = (await findDelivery(open.store, workspace, copy))?.duplicate_of === id ? copy : id;
    const first = told === copy ? id : copy;
    await expect(answer(replay, told)).rejects.toThrow(
      `This delivery tells nothing new. Replay the first one instead: \`/belfry replay ${short(first)}`,
    );
    await open.store.db.updateTable("deliveries").set({ body: null }).where("id", "=", first).execute();
    await expect(answer(replay, first)).rejects.toThrow("There is nothing left to read");
    expect(await listChanges(open.store, workspace, { limit: 9 })).toEqual([]);
  });

  test.for<[words: string, says: string]>([
    ["", "Name a delivery by its id: `/belfry deliveries` lists them."],
    ["0198c7", "Type at least 8 letters of the id."],
    ["hello", "There is no delivery “hello” for this channel. `/belfry deliveries` lists them."],
    ["0198c7e2-4f3a%", "There is no delivery “0198c7e2-4f3a%” for this channel."],
    ["0198c7e2-4f3a", "There is no delivery “0198c7e2-4f3a” for this channel."],
  ])("replay %s", async ([words, says], { answer }) => {
    await expect(answer(replay, words)).rejects.toThrow(says);
  });

  test("a delivery of another workspace is as unknown as none, also to administrators", async ({
    open,
    workspace,
    rule,
    answer,
  }) => {
    await rule("aaaaaaa", "** merge_request");
    const id = await deliver(open.store, `${workspace} other`, "merge_request_hook__open");
    await readAll(open.store);
    await expect(answer(replay, id, { user: "UBOSS" })).rejects.toThrow(
      `There is no delivery “${id}” for this channel.`,
    );
    expect((await findDelivery(open.store, `${workspace} other`, id))?.state).toBe("event");
  });
});
