import type { Event, Member, Person, Project, ProjectChange, Subgroup, System } from "../../src/events.ts";
import { bob, project } from "./acme.ts";

const deployBot: Person = { name: "deploy", username: "project_91_bot_4f6a", bot: true };
const group: Project = { path: "platform", name: "Platform", host: "gitlab.acme.io", group: true };
const common = { project, at: "2026-11-03T09:12:44Z", confidential: false };
const bare: Project = { path: "api", name: "api" };

const member = (action: string, more: Partial<Member> = {}): Member => ({
  ...common,
  kind: "member",
  action,
  key: "member bob",
  url: `${project.url}/-/project_members`,
  member: bob,
  of: "project",
  role: "Developer",
  ...more,
});
const ofGroup = { project: group, of: "group", url: undefined };
const unknownRole = { project: bare, role: undefined, member: { name: "bob", username: "bob", bot: false } };

const subgroup = (action: string, more: Partial<Subgroup> = {}): Subgroup => ({
  ...common,
  kind: "subgroup",
  action,
  project: { ...group, url: "https://gitlab.acme.io/platform" },
  key: "subgroup platform/mobile",
  url: action === "destroy" ? undefined : "https://gitlab.acme.io/platform/mobile",
  path: "platform/mobile",
  name: "Mobile apps",
  ...more,
});

const change = (action: string, more: Partial<ProjectChange> = {}): ProjectChange => ({
  ...common,
  kind: "project",
  action,
  key: "project",
  url: project.url,
  visibility: "private",
  owners: [{ name: "Alice Okafor", bot: false }, bob],
  ...more,
});
const unknownProject = { project: bare, url: undefined, from: undefined, visibility: undefined, owners: [] };

const instance: Project = { path: "instance", name: "the instance", host: "gitlab.acme.io" };

const system = (action: string, more: Partial<System> = {}): System => ({
  ...common,
  kind: "system",
  action,
  project: instance,
  key: "user bob",
  subject: "bob",
  user: bob,
  refs: [],
  ...more,
});
const mobile: Project = { ...group, path: "platform/mobile", name: "Mobile apps" };
const aboutGroup = { user: undefined, subject: mobile.path, key: "group platform/mobile" };
const mobilePage = { ...mobile, url: "https://gitlab.acme.io/platform/mobile" };
const nobody = { project: { path: "instance", name: "the instance" }, user: undefined, subject: undefined };
const updated = { project, user: undefined, subject: undefined, actor: { name: "Alice Okafor", bot: false } };

/** Members, groups, projects and the instance, by the name of their golden. */
export const instanceEvents: Record<string, Event> = {
  "member.add": member("add"),
  "member.add__group": member("add", { ...ofGroup, role: "Maintainer", expires: "2026-12-31" }),
  "member.add__bot": member("add", { member: deployBot, role: "Guest" }),
  "member.add__nothing_known": member("add", unknownRole),
  "member.update": member("update", { role: "Maintainer" }),
  "member.update__expires": member("update", { ...ofGroup, expires: "2026-12-31" }),
  "member.update__nothing_known": member("update", unknownRole),
  "member.remove": member("remove"),
  "member.remove__group": member("remove", ofGroup),
  "member.request": member("request", { ...ofGroup, role: "Guest" }),
  "member.request__nothing_known": member("request", unknownRole),
  "member.deny": member("deny", ofGroup),
  "member.user_pause_in_group__unknown_action": member("user_pause_in_group", ofGroup),
  "subgroup.create": subgroup("create"),
  "subgroup.create__nothing_known": subgroup("create", { project: group, url: undefined, name: "platform/mobile" }),
  "subgroup.destroy": subgroup("destroy"),
  "subgroup.move__unknown_action": subgroup("move"),
  "project.create": change("create"),
  "project.create__nothing_known": change("create", unknownProject),
  "project.destroy": change("destroy", { project: { ...project, url: undefined }, url: undefined }),
  "project.rename": change("rename", { from: "platform/backend" }),
  "project.rename__nothing_known": change("rename", unknownProject),
  "project.transfer": change("transfer", { from: "alice/api" }),
  "project.transfer__nothing_known": change("transfer", unknownProject),
  "project.update": change("update"),
  "project.archive__unknown_action": change("archive"),
  "system.group_create": system("group_create", { ...aboutGroup, project: mobilePage }),
  "system.group_destroy": system("group_destroy", { ...aboutGroup, project: mobile }),
  "system.group_rename": system("group_rename", { ...aboutGroup, project: mobilePage, from: "platform/apps" }),
  "system.group_rename__nothing_known": system("group_rename", { ...aboutGroup, project: mobile }),
  "system.key_create": system("key_create", { user: { name: "bob", username: "bob", bot: false } }),
  "system.key_create__deploy_key": system("key_create", nobody),
  "system.key_destroy": system("key_destroy", { user: { name: "bob", username: "bob", bot: false } }),
  "system.key_destroy__deploy_key": system("key_destroy", nobody),
  "system.user_create": system("user_create"),
  "system.user_create__nothing_known": system("user_create", nobody),
  "system.user_destroy": system("user_destroy"),
  "system.user_destroy__nothing_known": system("user_destroy", nobody),
  "system.user_rename": system("user_rename", { from: "robert" }),
  "system.user_rename__nothing_known": system("user_rename", nobody),
  "system.user_failed_login": system("user_failed_login", { detail: "blocked through LDAP" }),
  "system.user_failed_login__nothing_known": system("user_failed_login", nobody),
  "system.repository_update": system("repository_update", { ...updated, refs: ["main", "v2.4.0"] }),
  "system.repository_update__many": system("repository_update", {
    ...updated,
    refs: Array.from({ length: 12 }, (_, index) => `release/${index + 1}`),
  }),
  "system.repository_update__no_actor": system("repository_update", { ...updated, actor: undefined, refs: ["main"] }),
  "system.repository_update__nothing_known": system("repository_update", { ...updated, actor: undefined }),
  "system.gitlab_subscription_member_approval": system("gitlab_subscription_member_approval", {
    ...nobody,
    subject: "user 42",
    detail: "Guest → Developer",
  }),
  "system.gitlab_subscription_member_approvals": system("gitlab_subscription_member_approvals", {
    ...nobody,
    subject: "user 42",
    detail: "approved",
  }),
  "system.gitlab_subscription_member_approvals__nothing_known": system("gitlab_subscription_member_approvals", nobody),
  "system.license_expire__unknown_action": system("license_expire", nobody),
};
