import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Desk } from "../../src/commands/command.ts";
import { commands, run } from "../../src/commands/index.ts";
import { ChatError } from "../../src/slack/errors.ts";
import { addMute } from "../../src/store/mutes.ts";
import { listRules } from "../../src/store/rules.ts";
import { asker, openDesk, putDelivery, putHook, putRule } from "./desk.ts";

let open: Awaited<ReturnType<typeof openDesk>>;
beforeAll(async () => {
  open = await openDesk();
});
afterAll(() => open.close());

const names = Object.keys(commands);

/** What of a text is not inert: mentions, links and signs that are not ours. */
function loose(text: string): string[] {
  const ours =
    /<@U(?:ADA|BOSS)>|<#C[12]>|<https:\/\/(?:belfry\.acme\.io|gitlab\.acme\.io|docs\.gitlab\.com)\/[^<>|\s]*(?:\|[^<>]*)?>/g;
  const rest = text.replace(ours, "").replace(/&(?:amp|lt|gt);/g, "");
  return rest.match(/[<&].{0,20}/gs) ?? [];
}

describe("the table", () => {
  test("no word names two commands", () => {
    const words = Object.entries(commands).flatMap(([name, { aliases }]) => [name, ...aliases]);
    expect(words.toSorted()).toEqual([...new Set(words)].toSorted());
    expect(words.filter((word) => word !== word.toLowerCase() || /\s/.test(word))).toEqual([]);
  });

  test.each(names)("%s has a usage that begins with its name, and help that fits", async (name) => {
    expect(commands[name]?.usage.split(" ")[0]).toBe(name);
    const { text } = await run(open.desk, asker("help"), `help ${name}`);
    expect(text).not.toMatch(/…(```|`)?$/);
    expect(loose(text)).toEqual([]);
    // “rules” is what `list` shows, and a topic of its own.
    for (const alias of commands[name]?.aliases.filter((one) => one !== "rules") ?? [])
      expect((await run(open.desk, asker("help"), `help ${alias}`)).text).toContain(`/belfry ${name}`);
  });

  test.each(["help", "", "  ", "?", "help rules", "help kinds", "help conditions"])(
    "%j fits and is whole",
    async (line) => {
      const { text } = await run(open.desk, asker("help"), line);
      expect(text.length).toBeLessThanOrEqual(3_000);
      expect(text).not.toMatch(/…(```|`)?$/);
      expect(loose(text)).toEqual([]);
    },
  );

  test("the overview names every command", async () => {
    const { text } = await run(open.desk, asker("help"), "");
    for (const name of names) expect(text).toContain(`\`${name}\``);
  });
});

describe("who may change something", () => {
  const changing = names.filter((name) => commands[name]?.changes);

  test("everything that changes something says so", () => {
    const reading = ["list", "show", "explain", "deliveries", "audit", "whoami", "help"];
    expect(names.filter((name) => !changing.includes(name)).toSorted()).toEqual(reading.toSorted());
  });

  test.each(changing.flatMap((name) => ["UGUEST", "USTRANGER", "UGONE", "UNOBODY"].map((user) => [name, user])))(
    "%s as %s: refused, also through an alias and when confirmed",
    async (name, user) => {
      await putHook(open.store, "guests").catch(() => {});
      for (const word of [name, ...(commands[name]?.aliases ?? [])])
        for (const confirmed of [false, true]) {
          const { text } = await run(open.desk, asker("guests", { user, confirmed }), `${word} acme/api push`);
          expect(text).toMatch(/you cannot change anything|Guests cannot change anything/);
        }
      expect(await listRules(open.store, "guests")).toEqual([]);
    },
  );
});

describe("what goes wrong", () => {
  const broken = (error: Error): Desk => ({
    ...open.desk,
    look: { person: () => Promise.reject(error), channel: () => Promise.reject(error) },
  });

  test("is logged without the line, and answered kindly", async () => {
    open.logged.length = 0;
    const { text } = await run(broken(new Error("boom")), asker("wrong"), "subscribe acme/hush-hush push");
    expect(text).toBe("Something went wrong here, and I have written it down. Please try again.");
    expect(open.logged).toEqual([[{ command: "subscribe", error: new Error("boom") }, "a command failed"]]);
    expect(JSON.stringify(open.logged)).not.toContain("hush-hush");
  });

  test("because of Slack says so, and nothing is stored", async () => {
    const { text } = await run(
      broken(new ChatError("refused", "internal_error")),
      asker("wrong"),
      "subscribe acme/api",
    );
    expect(text).toBe("Slack does not answer me at the moment. Please try again in a minute.");
    expect(await listRules(open.store, "wrong")).toEqual([]);
  });

  test("because of the store says so", async () => {
    const away = { ...open.store.engine, isAway: () => true };
    const desk: Desk = { ...broken(new Error("gone")), store: { ...open.store, engine: away } };
    expect((await run(desk, asker("wrong"), "pause aaaaaaa")).text).toContain("The database is away at the moment.");
  });

  test("help is there without Slack", async () => {
    const from = asker("wrong", { channelName: undefined });
    const { text } = await run(broken(new ChatError("refused", "internal_error")), from, "help");
    expect(text).toContain("*Belfry* posts");
  });
});

/** Words that commands know, words that mean something to Slack, and whatever else there is. */
const word = fc.oneof(
  fc.constantFrom(...names, ...names.flatMap((name) => commands[name]?.aliases ?? [])),
  fc.constantFrom("acme/api", "acme/**", "push", "mr:merged", "branch:main", "label:a+b", "-author:*bot*", "aaaaaaa"),
  fc.constantFrom("<!channel>", "<!here|x>", "<@U1>", "<#C9|x>", "<https://evil.example|acme/api>", "&lt;!channel&gt;"),
  fc.constantFrom("`", "```", "“", "”", '"', "*b*", "_i_", ":fire:", "\u202e", "\u0000", "\ud800", "\n", "for", "2h"),
  fc.constantFrom("all", "here", "rules", "kinds", "gitlab", "rotate", "https://gitlab.acme.io/acme/api/-/issues/3"),
  fc.string({ unit: "binary", maxLength: 40 }),
  fc.string({ unit: "grapheme", maxLength: 40 }),
  fc.constantFrom("<", ">", "&", "a").chain((letter) => fc.nat(900).map((count) => letter.repeat(count))),
);

const spaces = fc.constantFrom(" ", "  ", "\n");
const anything = fc
  .tuple(fc.array(word, { maxLength: 9 }), fc.constantFrom(" ", ""))
  .map(([words, space]) => words.join(space));
const command = fc
  .tuple(
    fc.constantFrom(...names),
    fc.option(fc.constantFrom("acme/api", "aaaaaaa"), { nil: "" }),
    fc.array(word, { maxLength: 6 }),
    spaces,
  )
  .map(([name, first, words, space]) => [name, first, ...words].join(space));
const line = fc.oneof({ weight: 1, arbitrary: anything }, { weight: 4, arbitrary: command });

test("whatever is typed gets an answer that is inert and fits, and no error", async () => {
  await putHook(open.store, "any");
  await putRule(open.store, "any", { id: "aaaaaaa", words: 'acme/api push branch:"<!here>&"' });
  await putDelivery(open.store, "any", "acme/<!channel>", 5);
  open.logged.length = 0;
  await fc.assert(
    fc.asyncProperty(line, fc.boolean(), async (typed, confirmed) => {
      const { text, buttons = [] } = await run(open.desk, asker("any", { confirmed }), typed);
      expect(text).not.toBe("");
      expect(text.length).toBeLessThanOrEqual(3_000);
      expect(loose(text)).toEqual([]);
      for (const { label } of buttons) expect(label.length).toBeLessThanOrEqual(75);
    }),
    { numRuns: 1_500 },
  );
  expect(open.logged).toEqual([]);
});

test("a rule whose signs all become entities still fits an answer", async () => {
  const labels = Array.from({ length: 7 }, (_, at) => `${at}${"&".repeat(250)}`);
  const { text } = await run(open.desk, asker("long"), `subscribe acme/api mr label:${labels.join(",")}`);
  expect(await listRules(open.store, "long")).toHaveLength(1);
  expect(text.length).toBeLessThanOrEqual(3_000);
  expect(text).toMatch(/^Subscribed: rule `\w{7}` posts here\n`[^`]+&amp;…`$/);
});

test("no answer that stores nothing repeats more than 200 characters of what was typed", async () => {
  const starts = [...names.map((name) => `${name} `), "", "subscribe acme/api ", "edit aaaaaaa ", "mute ", "help "];
  for (const start of starts)
    for (const odd of ["ж", "ж ", "ж:", "ж/", '"ж', "-ж", "label:ж,"]) {
      const before = (await listRules(open.store, "echo")).length;
      const { text } = await run(open.desk, asker("echo"), `${start}${odd.repeat(400)}`);
      if ((await listRules(open.store, "echo")).length > before) continue;
      expect([start, odd, text.split("ж").length - 1 <= 200 ? "fine" : text]).toEqual([start, odd, "fine"]);
    }
});

test("two workspaces with the same people, channels and ids never meet", async () => {
  const hush = "acme/hush";
  const mute = { channel: "C1", channelName: "api", words: hush, until: undefined };
  await putRule(open.store, "theirs", { id: "eeeeeee", words: `${hush} push` });
  await putRule(open.store, "theirs", { id: "fffffff", words: `${hush} release`, channel: "#api", origin: "file" });
  const { id: muted } = await addMute(open.store, "theirs", mute, { actor: "UADA", channel: "C1" });
  await putDelivery(open.store, "theirs", hush, 5);
  const { name: hook } = await putHook(open.store, "theirs", "hush-hook");
  await run(open.desk, asker("theirs"), `subscribe ${hush} issue`);
  const read = async () => ({
    rules: await listRules(open.store, "theirs"),
    changes: await open.store.db.selectFrom("audit").selectAll().where("workspace_id", "=", "theirs").execute(),
    mutes: await open.store.db.selectFrom("mutes").selectAll().where("workspace_id", "=", "theirs").execute(),
    hooks: await open.store.db.selectFrom("hooks").selectAll().where("workspace_id", "=", "theirs").execute(),
  });
  const before = await read();
  const ids = [...before.rules.map(({ id }) => id), muted, hook];
  const words = [...ids, ...before.rules.flatMap(({ id }) => [`${id} acme/mine push`]), hush, "all", "here", ""];
  for (const user of ["UADA", "UBOSS"])
    for (const name of names.filter((one) => one !== "subscribe" && one !== "mute"))
      for (const typed of words)
        for (const confirmed of [false, true]) {
          const { text } = await run(open.desk, asker("ours", { user, confirmed }), `${name} ${typed}`);
          const echo = typed.split(" ").reduce((rest, part) => rest.replaceAll(part, ""), text);
          expect([name, typed, echo.includes("hush") || ids.some((id) => echo.includes(id))]).toEqual([
            name,
            typed,
            false,
          ]);
        }
  expect(await read()).toEqual(before);
  // A subscription of the same project is a rule of its own, and their delivery does not make it work.
  await putHook(open.store, "ours");
  expect((await run(open.desk, asker("ours"), `subscribe ${hush} push`)).text).toContain(
    "Waiting for the first delivery of `acme/hush`",
  );
  expect(await read()).toEqual(before);
});
