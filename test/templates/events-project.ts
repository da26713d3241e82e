import type {
  AccessToken,
  Commit,
  Event,
  FeatureFlag,
  JobRun,
  Milestone,
  Vulnerability,
  WikiPage,
} from "../../src/events.ts";
import { kinds } from "../../src/events.ts";
import { alice, base, bob, common, group, nothingKnown } from "./acme.ts";

const commit: Commit = {
  id: "da156088c5e9a4d1c6f0c7f3bdd8b3d4e0a1f2b3",
  title: "Redirect to the page that asked for the login",
  url: `${base}/-/commit/da156088c5e9a4d1c6f0c7f3bdd8b3d4e0a1f2b3`,
  author: alice.name,
};

const job = (status: string, more: Partial<JobRun> = {}): JobRun => ({
  ...common,
  kind: "job",
  action: status,
  status,
  key: "job 99120",
  url: `${base}/-/jobs/99120`,
  name: "unit",
  stage: "test",
  branch: "main",
  optional: false,
  pipeline: "41873",
  pipelineUrl: `${base}/-/pipelines/41873`,
  commit,
  ...more,
});
const ran = { duration: 61.4 };
const deploys = { name: "deploy: production 1/2", stage: "deploy", environment: "production" };
const nothingOfJob = { ...nothingKnown, stage: undefined, branch: undefined, pipeline: undefined, commit: undefined };

const wikiPage = (action: string, more: Partial<WikiPage> = {}): WikiPage => ({
  ...common,
  kind: "wiki_page",
  action,
  key: "wiki page runbooks/deploying",
  url: `${base}/-/wikis/runbooks/deploying`,
  title: "Deploying",
  ...more,
});
const changed = { message: "Say who to ask first", diffUrl: `${base}/-/wikis/runbooks/deploying/diff?version_id=3ad6` };

const featureFlag = (action: string, more: Partial<FeatureFlag> = {}): FeatureFlag => ({
  ...common,
  kind: "feature_flag",
  action,
  key: "feature flag new-checkout",
  url: `${base}/-/feature_flags`,
  name: "new-checkout",
  ...more,
});

const milestone = (action: string, more: Partial<Milestone> = {}): Milestone => ({
  ...common,
  actor: undefined,
  kind: "milestone",
  action,
  key: "milestone 10",
  url: `${base}/-/milestones/10`,
  title: "Summer release",
  start: "2026-03-02",
  due: "2026-06-01",
  ...more,
});

const vulnerability = (action: string, more: Partial<Vulnerability> = {}): Vulnerability => ({
  ...common,
  actor: undefined,
  kind: "vulnerability",
  action,
  key: "vulnerability 42",
  url: `${base}/-/security/vulnerabilities/42`,
  title: "REXML denial of service",
  severity: "high",
  report: "dependency scanning",
  file: "Gemfile.lock",
  identifiers: ["CVE-2024-41123", "CWE-400"],
  ...more,
});
const issue = { issueTitle: "Update rexml", issueUrl: `${base}/-/issues/77` };

const accessToken = (more: Partial<AccessToken> = {}): AccessToken => ({
  ...common,
  actor: undefined,
  kind: "access_token",
  action: "expiring",
  key: "access token 25",
  url: `${base}/-/settings/access_tokens`,
  name: "deploy-bot",
  type: "access token",
  expires: "2026-11-10",
  ...more,
});

/** Events of CI jobs and of what a project or group has besides code, by the name of their golden. */
export const projectEvents: Record<string, Event> = {
  ...Object.fromEntries(kinds.job.map((status) => [`job.${status}`, job(status)])),
  "job.running": job("running", { duration: 3.2 }),
  "job.success": job("success", ran),
  "job.success__deploy": job("success", { ...ran, ...deploys, tag: "v2.4.0", branch: undefined }),
  "job.success__nothing_known": job("success", nothingOfJob),
  "job.failed": job("failed", { ...ran, reason: "script failure" }),
  "job.failed__allowed": job("failed", { ...ran, name: "lint: docs", reason: "script failure", optional: true }),
  "job.failed__merge_request": job("failed", {
    branch: undefined,
    mergeRequest: "128",
    mergeRequestUrl: `${base}/-/merge_requests/128`,
    reason: "runner system failure",
  }),
  "job.failed__nothing_known": job("failed", nothingOfJob),
  "job.manual": job("manual", deploys),
  "job.paused": job("paused"),
  "wiki_page.create": wikiPage("create"),
  "wiki_page.create__nothing_known": wikiPage("create", { ...nothingKnown, title: undefined }),
  "wiki_page.update": wikiPage("update", changed),
  "wiki_page.update__group": wikiPage("update", {
    project: group,
    url: `${group.url}/-/wikis/deploying`,
    message: "Say who to ask first",
  }),
  "wiki_page.update__nothing_known": wikiPage("update", { ...nothingKnown, title: undefined }),
  "wiki_page.delete": wikiPage("delete", { url: undefined }),
  "feature_flag.on": featureFlag("on", { description: "The new checkout, for 10 % of customers first" }),
  "feature_flag.on__nothing_known": featureFlag("on", nothingKnown),
  "feature_flag.off": featureFlag("off", { actor: bob }),
  "feature_flag.off__nothing_known": featureFlag("off", nothingKnown),
  "milestone.create": milestone("create", { description: "For the **summer sale**:\n\n- new checkout\n- Swedish VAT" }),
  "milestone.create__group": milestone("create", { project: group, url: `${group.url}/-/milestones/10` }),
  "milestone.create__nothing_known": milestone("create", { ...nothingKnown, start: undefined, due: undefined }),
  "milestone.close": milestone("close"),
  "milestone.reopen": milestone("reopen", { start: undefined }),
  "milestone.reopen__actor": milestone("reopen", { actor: alice, due: undefined }),
  "milestone.delete": milestone("delete", { url: undefined }),
  "milestone.update": milestone("update"),
  "vulnerability.detected": vulnerability("detected"),
  "vulnerability.detected__critical": vulnerability("detected", { severity: "critical", report: "SAST" }),
  "vulnerability.detected__issue": vulnerability("detected", issue),
  "vulnerability.detected__nothing_known": vulnerability("detected", {
    ...nothingKnown,
    severity: undefined,
    report: undefined,
    file: undefined,
    identifiers: [],
  }),
  "vulnerability.confirmed": vulnerability("confirmed", issue),
  "vulnerability.dismissed": vulnerability("dismissed"),
  "vulnerability.dismissed__actor": vulnerability("dismissed", { actor: bob }),
  "vulnerability.resolved": vulnerability("resolved"),
  "vulnerability.reopened": vulnerability("reopened"),
  "access_token.expiring": accessToken({ interval: "seven days", lastUsed: "2026-11-02" }),
  "access_token.expiring__deploy_token": accessToken({ type: "deploy token", name: "registry-pull" }),
  "access_token.expiring__group": accessToken({ project: group, url: `${group.url}/-/settings/access_tokens` }),
  "access_token.expiring__nothing_known": accessToken({ ...nothingKnown, expires: undefined }),
  "access_token.revoked": accessToken({ action: "revoked" }),
};
