import type { Emoji, Event, Issue, Note, WorkItem } from "../../src/events.ts";
import { alice, base, bob, carol, common, group, nothingKnown } from "./acme.ts";

const report = `Whoever logs in from a link lands on the start page.

1. Sign out
2. Open a link to an issue
3. Sign in

/label ~bug`;

const fields = {
  number: "77",
  key: "#77",
  url: `${base}/-/issues/77`,
  title: "Login forgets where I was",
  description: report,
  state: "opened",
  author: alice,
  assignees: [bob],
  labels: ["bug", "auth"],
  changes: [],
};
const bareFields = { ...nothingKnown, title: undefined, description: undefined, author: undefined };
const noLists = { assignees: [], labels: [] };

const issue = (action: string, more: Partial<Issue> = {}): Issue => ({
  ...common,
  ...fields,
  kind: "issue",
  action,
  ...more,
});

const workItem = (action: string, more: Partial<WorkItem> = {}): WorkItem => ({
  ...common,
  ...fields,
  kind: "work_item",
  action,
  number: "79",
  key: "#79",
  url: `${base}/-/work_items/79`,
  title: "Keep the address through the login",
  type: "task",
  description: undefined,
  labels: [],
  ...more,
});

const epic: Partial<WorkItem> = {
  project: group,
  number: "5",
  key: "#5",
  url: "https://gitlab.acme.io/groups/acme/platform/-/epics/5",
  title: "One login for all products",
  type: "epic",
};

const incident: Partial<Issue> = {
  title: "Checkout answers 502",
  description: "All card payments fail since 09:05.",
  type: "incident",
  severity: "high",
  assignees: [carol],
  labels: [],
};

const mergeRequestUrl = `${base}/-/merge_requests/128`;

const note = (action: string, more: Partial<Note> = {}): Note => ({
  ...common,
  actor: bob,
  kind: "note",
  action,
  key: "!128",
  url: `${mergeRequestUrl}#note_1244`,
  text: "Looks good. What about people who open a *bookmark* of the login page?",
  on: "merge request",
  reference: "!128",
  title: "Redirect to the page that asked for the login",
  objectUrl: mergeRequestUrl,
  branch: "77-login-redirect",
  target: "main",
  draft: false,
  author: alice,
  labels: ["bug"],
  automatic: false,
  note: "1244",
  discussion: "30a59c52ef3b0c9c82a560c7e03a245613dd080a",
  ...more,
});

const onIssue = {
  key: "#77",
  on: "issue",
  reference: "#77",
  title: fields.title,
  objectUrl: fields.url,
  url: `${fields.url}#note_1241`,
};

const suggestion = `This breaks for addresses with a query:

\`\`\`suggestion:-0+0
return redirect(new URL(target, base));
\`\`\``;

const emoji = (action: string, more: Partial<Emoji> = {}): Emoji => ({
  ...common,
  actor: carol,
  kind: "emoji",
  action,
  key: "!128",
  url: mergeRequestUrl,
  emoji: "rocket",
  on: "merge request",
  reference: "!128",
  title: "Redirect to the page that asked for the login",
  ...more,
});

/** Realistic events of issues, work items, comments and reactions, by the name of their golden. */
export const issueEvents: Record<string, Event> = {
  "issue.open": issue("open", { due: "2026-11-13", milestone: "4.2" }),
  "issue.open__incident": issue("open", incident),
  "issue.open__confidential": issue("open", { confidential: true, labels: ["security"] }),
  "issue.open__nothing_known": issue("open", { ...bareFields, ...noLists }),
  "issue.close": issue("close", { actor: bob, milestone: "4.2" }),
  "issue.close__nothing_known": issue("close", { ...bareFields, ...noLists }),
  "issue.reopen": issue("reopen", { actor: carol }),
  "issue.update": issue("update", {
    actor: bob,
    changes: [
      { field: "labels", from: "ux", to: "bug, auth" },
      { field: "assignees", to: "Bob Lindqvist" },
      { field: "due date", from: "2026-11-13" },
      { field: "description" },
    ],
  }),
  "issue.update__confidential": issue("update", {
    confidential: true,
    changes: [{ field: "confidential", from: "no", to: "yes" }],
  }),
  "issue.update__severity": issue("update", {
    ...incident,
    actor: carol,
    changes: [{ field: "severity", from: "high", to: "critical" }],
  }),
  "issue.update__nothing_known": issue("update", { ...bareFields, ...noLists }),
  "issue.move__unknown_action": issue("move"),
  "work_item.open": workItem("open"),
  "work_item.open__epic": workItem("open", { ...epic, description: "Shop, support and wiki.", labels: ["2027"] }),
  "work_item.open__without_type": workItem("open", { type: undefined }),
  "work_item.close": workItem("close", { actor: bob }),
  "work_item.reopen": workItem("reopen", { actor: bob }),
  "work_item.update": workItem("update", {
    ...epic,
    changes: [{ field: "health", from: "on track", to: "needs attention" }],
  }),
  "work_item.move__unknown_action": workItem("move"),
  "note.create": note("create"),
  "note.create__code": note("create", { text: suggestion, file: "src/login/redirect.ts", line: 42 }),
  "note.create__image": note("create", { text: "Too dark.", file: "docs/login.png" }),
  "note.create__commit": note("create", {
    key: "da156088",
    on: "commit",
    reference: "da156088",
    title: "Redirect to the page that asked for the login",
    objectUrl: `${base}/-/commit/da156088c5e9a4d1c6f0c7f3bdd8b3d4e0a1f2b3`,
  }),
  "note.create__issue": note("create", { ...onIssue, text: "@alice which browser?" }),
  "note.create__confidential": note("create", { ...onIssue, confidential: true, text: "The customer is angry." }),
  "note.create__snippet": note("create", { on: "snippet", key: "$53", reference: "$53", title: "Import the rates" }),
  "note.create__design": note("create", {
    on: "design",
    key: "design login small.png",
    reference: undefined,
    title: "login small.png",
    text: "The button is too small.",
  }),
  "note.create__epic": note("create", {
    project: group,
    on: "epic",
    key: "#5",
    reference: "#5",
    title: "One login for all products",
    objectUrl: "https://gitlab.acme.io/groups/acme/platform/-/epics/5",
  }),
  "note.create__quick_action": note("create", { text: "/assign @bob" }),
  "note.create__automatic": note("create", { automatic: true, text: "changed target branch from `main` to `4.2`" }),
  "note.create__nothing_known": note("create", {
    ...bareFields,
    on: "object",
    key: "object",
    reference: undefined,
    objectUrl: undefined,
    text: undefined,
  }),
  "note.update": note("update", { text: "Looks good." }),
  "note.update__no_actor": note("update", { actor: undefined }),
  "note.resolve__unknown_action": note("resolve"),
  "emoji.award": emoji("award"),
  "emoji.award__issue": emoji("award", { ...onIssue, emoji: "white_check_mark" }),
  "emoji.award__comment": emoji("award", {
    on: "comment",
    emoji: "heart",
    url: `${mergeRequestUrl}#note_1244`,
    text: "Looks good. What about people who open a bookmark of the login page? They would land on the login page again and again.",
  }),
  "emoji.award__hostile_name": emoji("award", { emoji: "<!channel>:tada:" }),
  "emoji.award__nothing_known": emoji("award", {
    ...nothingKnown,
    on: "issue",
    reference: undefined,
    title: undefined,
  }),
  "emoji.revoke": emoji("revoke", { on: "comment", emoji: "heart", url: `${mergeRequestUrl}#note_1244` }),
  "emoji.revoke__no_actor": emoji("revoke", { actor: undefined, on: "snippet", reference: "$53", title: "Import" }),
  "emoji.swap__unknown_action": emoji("swap"),
};
