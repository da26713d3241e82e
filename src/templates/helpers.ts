import { clip, code, linkInert } from "../slack/text.ts";
import { blockHelpers, flowHelpers } from "./block-helpers.ts";
import { type Helper, isEmpty, listOf, numberOf } from "./helper.ts";
import { markup, raw, TemplateError, valueLimit, words } from "./markup.ts";
import { messageHelpers } from "./message-helpers.ts";
import { proseHelpers } from "./prose-helpers.ts";
import { durationWords, pluralWords, statusEmoji, statusSentence, statusWord, timeWords } from "./words.ts";

const isAbsent = (value: unknown): boolean => value === undefined || value === null || value === "";

/** A person or another part of an event by its name; texts as they are. */
const nameOf = (value: unknown): unknown =>
  typeof value === "object" && value !== null && "name" in value ? value.name : value;

const bold = (text: string): string => (text ? `*${text}*` : "");

const inlineHelpers: Record<string, Helper> = {
  link: {
    usage: "{{link url label …}}",
    does: "a link; its labels are joined by spaces, absent ones left out. Without a usable address only the label",
    run: ([url, ...labels]) => {
      const label = labels.filter((one) => !isAbsent(one)).map((one) => words(one, "a label of link"));
      if (label.length === 0) throw new TemplateError("no value for the label of link");
      return markup(linkInert(isAbsent(url) ? undefined : raw(url, "the address of link"), label.join(" ")));
    },
  },
  user: {
    usage: "{{user person}}",
    does: "a person's name in bold, the username where the name cannot be read",
    run: ([person]) => {
      if (typeof person !== "object" || person === null) throw new TemplateError("no value for user");
      const { name, username }: { name?: unknown; username?: unknown } = person;
      const readable = [name, username].map((one) => (isAbsent(one) ? "" : words(one, "user"))).find(Boolean);
      return markup(bold(readable ?? "Someone"));
    },
  },
  bold: {
    usage: "{{bold text}}",
    does: "bold; nothing for nothing",
    run: ([text]) => (isAbsent(text) ? "" : markup(bold(words(text, "bold")))),
  },
  code: {
    usage: "{{code text}}",
    does: "code: branches, tags, paths",
    run: ([text]) => markup(code(clip(raw(text, "code"), valueLimit))),
  },
  emoji: {
    usage: "{{emoji status}}",
    does: "only the emoji of a status, where words say the rest",
    run: ([status]) => statusEmoji(raw(status, "emoji")),
  },
  reaction: {
    usage: "{{reaction name}}",
    does: "the emoji of that name as Slack draws it: `thumbsup`; a plain sign where it cannot be a name",
    run: ([name]) => {
      const text = raw(name, "reaction");
      return markup(/^[a-z0-9_+-]{1,100}$/.test(text) ? `:${text}:` : statusEmoji("unknown"));
    },
  },
  status: {
    usage: "{{status word}}",
    does: "a status as emoji and word: `❌ failed`",
    run: ([status]) => `${statusEmoji(raw(status, "status"))} ${statusWord(raw(status, "status"))}`,
  },
  verb: {
    usage: "{{verb status}}",
    does: "a status as the end of a sentence: `failed`, `is waiting for approval`",
    run: ([status]) => statusSentence(raw(status, "verb")),
  },
  concat: {
    usage: '{{concat "!" number}}',
    does: "its values without spaces between them",
    run: (values) => values.map((one) => raw(one, "concat")).join(""),
  },
  truncate: {
    usage: "{{truncate text 80}}",
    does: "at most so many characters, `…` where some are missing",
    run: ([text, limit]) => clip(raw(text, "truncate"), numberOf(limit, "the limit of truncate")),
  },
  plural: {
    usage: '{{plural n "commit"}}',
    does: "`1 commit`, `45 commits`",
    run: ([count, noun]) => pluralWords(numberOf(count, "plural"), raw(noun, "the noun of plural")),
  },
  short: {
    usage: "{{short id}}",
    does: "the first 8 characters of a commit's id",
    run: ([id]) => raw(id, "short").slice(0, 8),
  },
  duration: {
    usage: "{{duration seconds}}",
    does: "`45s`, `2m 5s`, `1h 3m`",
    run: ([seconds]) => durationWords(numberOf(seconds, "duration")),
  },
  time: {
    usage: "{{time at}}",
    does: "`3 Nov, 09:12 UTC`",
    run: ([at]) => timeWords(raw(at, "time")),
  },
  list: {
    usage: "{{list values limit=3}}",
    does: "names or texts with commas, `and 2 more` after the limit (3)",
    run: ([values], { hash }) => {
      const all = listOf(values, "list");
      const limit = numberOf(hash["limit"] ?? 3, "the limit of list");
      const named = all.slice(0, limit).map((one) => words(nameOf(one), "list"));
      return markup(named.join(", ") + (all.length > limit ? ` and ${all.length - limit} more` : ""));
    },
  },
  ahead: {
    usage: '{{#each (ahead list status="failed") limit=5}}',
    does: "the list, the items with that value first",
    run: ([values], { hash }) => {
      const isAhead = (one: unknown) =>
        typeof one === "object" &&
        one !== null &&
        Object.entries(hash).every(([name, wanted]) =>
          Object.entries(one).some(([key, is]) => key === name && is === wanted),
        );
      const all = listOf(values, "ahead");
      return [...all.filter(isAhead), ...all.filter((one) => !isAhead(one))];
    },
  },
  eq: { usage: "{{#if (eq a b)}}", does: "whether two values are the same", run: ([a, b]) => a === b },
  and: { usage: "{{#if (and a b)}}", does: "whether no value is absent or empty", run: (all) => !all.some(isEmpty) },
  or: {
    usage: "{{or a b}}",
    does: "the first value that is not absent or empty",
    run: (all) => all.find((one) => !isEmpty(one)),
  },
  has: {
    usage: '{{#if (has changes "draft")}}',
    does: "whether a list holds a text, or a change of that field",
    run: ([values, wanted]) =>
      listOf(values, "has").some((one) =>
        typeof one === "object" && one !== null && "field" in one ? one.field === wanted : one === wanted,
      ),
  },
};

/** All words of the template language. */
export const helpers: Record<string, Helper> = {
  ...blockHelpers,
  ...messageHelpers,
  ...inlineHelpers,
  ...proseHelpers,
  ...flowHelpers,
};
