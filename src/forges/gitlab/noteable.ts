import { z } from "zod";
import type { Person } from "../../events.ts";
import { firstLine, Id, optional, Project, said, toPerson, User } from "./common.ts";
import { Flag, isOn } from "./confidential.ts";
import { authorAmong, Label, toLabels } from "./issuable.ts";
import { isDraftTitle } from "./merge-request-changes.ts";

/** What can be commented on and reacted to; one schema, as payloads say much the same of all. */
const Noteable = z.object({
  id: optional(Id),
  iid: optional(Id),
  title: optional(z.string()),
  message: optional(z.string()),
  url: optional(z.string()),
  type: optional(z.string()),
  confidential: Flag,
  draft: optional(z.boolean()),
  work_in_progress: optional(z.boolean()),
  source_branch: optional(z.string()),
  target_branch: optional(z.string()),
  target: optional(Project),
  author_id: optional(Id),
  author: optional(User),
  assignee: optional(User),
  labels: optional(z.array(Label)),
});

/** The object of a comment or reaction, under the key of its class. */
export const Noteables = z.object({
  merge_request: optional(Noteable),
  issue: optional(Noteable),
  work_item: optional(Noteable),
  epic: optional(Noteable),
  commit: optional(Noteable),
  snippet: optional(Noteable),
  project_snippet: optional(Noteable),
});
export type Noteables = z.infer<typeof Noteables>;
type Key = keyof Noteables;

/** What they are called, and the sign before their number. https://docs.gitlab.com/user/markdown/#gitlab-specific-references */
const objects: Record<Key, { on: string; sign: string; page: RegExp }> = {
  merge_request: { on: "merge request", sign: "!", page: /\/merge_requests\/(\d+)/ },
  issue: { on: "issue", sign: "#", page: /\/issues\/(?:incident\/)?(\d+)/ },
  work_item: { on: "work item", sign: "#", page: /\/work_items\/(\d+)/ },
  epic: { on: "epic", sign: "&", page: /\/epics\/(\d+)/ },
  commit: { on: "commit", sign: "", page: /\/commit\/([0-9a-f]{7,64})/ },
  snippet: { on: "snippet", sign: "$", page: /\/snippets\/(\d+)/ },
  project_snippet: { on: "snippet", sign: "$", page: /\/snippets\/(\d+)/ },
};

const isKey = (word: string): word is Key => Object.hasOwn(objects, word);
const keys = Object.keys(objects).filter(isKey);

/** `DesignManagement::Design` → `design`, `WikiPage::Meta` → `wiki page` */
const wordsOfClass = (name: string) =>
  name
    .replace(/::Meta$/, "")
    .replace(/^.*::/, "")
    .replace(/(?<=[a-z])(?=[A-Z])/g, " ")
    .toLowerCase();

export interface About {
  /** what it is: `merge request` */
  on: string;
  /** `!12` */
  reference: string | undefined;
  /** what tells it from others in its project: the reference, or what is known instead */
  key: string;
  title: string | undefined;
  url: string | undefined;
  branch: string | undefined;
  target: string | undefined;
  draft: boolean;
  author: Person | undefined;
  labels: string[];
  confidential: boolean;
}

/**
 * What a comment or reaction is about. Payloads of designs and some others say no more than their class, and the page
 * of the comment tells the rest.
 * @param name the class of the object as GitLab calls it: `MergeRequest`
 * @param page address of the comment or object
 * @param actor who commented or reacted
 */
export function aboutOf(
  payload: Noteables,
  name: string | undefined,
  page: string | undefined,
  actor: User | null | undefined,
): About {
  const words = name === undefined ? undefined : wordsOfClass(name);
  const key =
    keys.find((one) => payload[one] && (words === undefined || objects[one].on === words)) ??
    keys.find((one) => payload[one]) ??
    keys.find((one) => objects[one].on === words) ??
    (words === undefined ? keys.find((one) => objects[one].page.test(page ?? "")) : undefined);
  const it = key && payload[key];
  const objectPage = said(it?.url) ?? said(page?.replace(/#note_\d+$/, ""));
  const on = (isTyped(key) && said(it?.type?.toLowerCase())) || (key ? objects[key].on : words) || "object";
  const reference = key && referenceOf(key, it, objectPage);
  const title = said(it?.title) ?? firstLine(it?.message) ?? designOf(page);
  return {
    on,
    reference,
    key: reference ?? (title === undefined ? on : `${on} ${title}`),
    title,
    url: objectPage,
    branch: said(it?.source_branch),
    target: said(it?.target_branch),
    draft: key === "merge_request" && (it?.draft ?? it?.work_in_progress ?? isDraftTitle(it?.title)),
    author: key === "commit" ? toPerson(it?.author) : authorAmong(it?.author_id, [actor, it?.assignee]),
    labels: toLabels(it?.labels),
    // Vulnerabilities are for some members only, and a rule for comments does not name them.
    confidential: on === "vulnerability" || keys.some((one) => isOn(payload[one]?.confidential)),
  };
}

/** Issues of other types than the ordinary one: `Incident`, `Key Result` */
const isTyped = (key: Key | undefined) => key === "issue" || key === "work_item";

function referenceOf(key: Key, it: z.infer<typeof Noteable> | null | undefined, page: string | undefined) {
  const { sign, page: pattern } = objects[key];
  const id = key === "commit" || sign === "$" ? it?.id : it?.iid;
  const number = id ?? pattern.exec(page ?? "")?.[1];
  return number == null ? undefined : sign + (key === "commit" ? String(number).slice(0, 8) : String(number));
}

/** The file name of a design, which only the address of its page tells. */
function designOf(page: string | undefined): string | undefined {
  const part = /\/designs\/([^/?#]+)/.exec(page ?? "")?.[1];
  return part && said(decoded(part));
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    // Not every `%` in an address begins an escape.
    return part;
  }
}
