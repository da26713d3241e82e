import type { User } from "./people.ts";
import type { Commit, Project } from "./project.ts";
import { repositoryOf, sha } from "./project.ts";
import { type Step, utc } from "./step.ts";

export interface MergeRequestSeed {
  iid: number;
  project: Project;
  author: User;
  title: string;
  branch: string;
  commit: Commit;
  description?: string;
  draft?: boolean;
  reviewers?: readonly User[];
  labels?: readonly string[];
  /** how many approvals it needs; none without it */
  approvals?: number;
}

/** `unreviewed`, `reviewed`, `requested_changes` or `approved`, as GitLab 17 tells it. */
type Review = { user: User; state: string };

interface Place {
  file: string;
  line: number;
}

const titled = (title: string) => ({
  ...{ id: 301, title, color: "#6699cc", project_id: 42, template: false, description: null, type: "ProjectLabel" },
  ...{ created_at: "2025-01-14 08:00:00 UTC", updated_at: "2025-01-14 08:00:00 UTC", group_id: null },
});

/** A merge request, which remembers what was done to it: each function is the delivery that tells of it. */
export function mergeRequestOf(seed: MergeRequestSeed) {
  const { iid, project, author, branch } = seed;
  const url = `${project.web_url}/-/merge_requests/${iid}`;
  const it = {
    ...{ title: seed.title, draft: seed.draft ?? false, state: "opened", commit: seed.commit },
    ...{ labels: [...(seed.labels ?? [])], description: seed.description ?? "", created: 0, updated: 0 },
    reviews: (seed.reviewers ?? []).map((user): Review => ({ user, state: "unreviewed" })),
    hasConflicts: false,
    notes: 0,
  };
  const approvals = () => it.reviews.filter(({ state }) => state === "approved").length;
  const isApproved = () => approvals() >= (seed.approvals ?? 0);
  /** The first of these that holds, as GitLab looks for what stands against merging. */
  const mergeStatus = () => {
    if (it.draft) return "draft_status";
    if (it.hasConflicts) return "conflict";
    if (it.reviews.some(({ state }) => state === "requested_changes")) return "requested_changes";
    return isApproved() ? "mergeable" : "not_approved";
  };
  const reviewers = () => it.reviews.map(({ user, state }) => ({ ...user, state, re_requested: false }));

  const attributes = () => ({
    ...{ assignee_id: author.id, author_id: author.id, description: it.description, draft: it.draft },
    ...{ created_at: utc(it.created), updated_at: utc(it.updated), prepared_at: utc(it.created) },
    ...{ head_pipeline_id: null, id: 5000 + iid, iid, last_edited_at: null, last_edited_by_id: null },
    ...{ merge_commit_sha: it.state === "merged" ? sha(`merge ${iid}`) : null, merge_error: null, merge_params: {} },
    ...{ merge_status: it.hasConflicts ? "cannot_be_merged" : "can_be_merged", merge_user_id: null },
    ...{
      merge_when_pipeline_succeeds: false,
      milestone_id: null,
      source_branch: branch,
      source_project_id: project.id,
    },
    ...{ state_id: 1, state: it.state, target_branch: "main", target_project_id: project.id, time_estimate: 0 },
    ...{ title: it.title, updated_by_id: null, assignee_ids: [author.id], blocking_discussions_resolved: true },
    ...{ detailed_merge_status: mergeStatus(), first_contribution: false },
    ...{ labels: it.labels.map(titled), last_commit: it.commit, reviewer_ids: it.reviews.map(({ user }) => user.id) },
    ...{ source: project, target: project, url, work_in_progress: it.draft, approval_rules: [] },
  });

  /** @param touched whether the forge counts it as a change of the merge request: an approval is none */
  function hook(
    at: number,
    by: User,
    action: string,
    more: { changes?: object; attributes?: object; touched?: false } = {},
  ): Step {
    if (action === "open") it.created = at;
    const previous = it.updated;
    if (more.touched !== false) it.updated = at;
    const changed = { previous: utc(previous), current: utc(it.updated) };
    return {
      at,
      header: "Merge Request Hook",
      payload: {
        ...{ object_kind: "merge_request", event_type: "merge_request", user: by, project },
        object_attributes: { ...attributes(), ...more.attributes, action },
        labels: it.labels.map(titled),
        changes: more.touched === false ? {} : { updated_at: changed, ...more.changes },
        ...{ repository: repositoryOf(project), assignees: [author], reviewers: reviewers() },
      },
    };
  }

  function update(at: number, by: User, changes: object): Step {
    return hook(at, by, "update", { changes });
  }

  function reviewing(work: () => void): object {
    const previous = reviewers();
    work();
    return { reviewers: { previous, current: reviewers() } };
  }

  /** Who approves becomes a reviewer. */
  const setReview = (by: User, state: string) => {
    const isNew = !it.reviews.some(({ user }) => user === by);
    it.reviews = [...it.reviews, ...(isNew ? [{ user: by, state }] : [])].map((review) =>
      review.user === by ? { ...review, state } : review,
    );
  };

  function note(at: number, by: User, text: string, more: { place?: Place; system?: true; edits?: number } = {}): Step {
    const { place, system = false, edits } = more;
    if (edits === undefined) it.notes += 1;
    const id = edits ?? iid * 1000 + it.notes;
    const position = place && {
      ...{ base_sha: sha("base"), start_sha: sha("base"), head_sha: it.commit.id, old_path: place.file },
      ...{ new_path: place.file, position_type: "text", old_line: null, new_line: place.line, line_range: null },
    };
    return {
      at,
      header: "Note Hook",
      payload: {
        ...{ object_kind: "note", event_type: "note", user: by, project_id: project.id, project },
        object_attributes: {
          ...{ attachment: null, author_id: by.id, change_position: null, commit_id: null },
          ...{ created_at: utc(at), updated_at: utc(at), discussion_id: sha(`discussion ${id}`), id, internal: false },
          ...{ line_code: place ? `${sha(place.file)}_${place.line}_${place.line}` : null, note: text },
          ...{ noteable_id: 5000 + iid, noteable_type: "MergeRequest", project_id: project.id, resolved_at: null },
          ...{ original_position: position ?? null, position: position ?? null, st_diff: null, system },
          ...{ type: place ? "DiffNote" : null, updated_by_id: null, description: text, url: `${url}#note_${id}` },
          action: edits === undefined ? "create" : "update",
        },
        repository: repositoryOf(project),
        merge_request: attributes(),
      },
    };
  }

  return {
    iid,
    /** what pipelines tell of it */
    ofPipeline: () => {
      const { id, state, title, detailed_merge_status, merge_status } = attributes();
      const branches = { source_branch: branch, target_branch: "main" };
      const projects = { source_project_id: project.id, target_project_id: project.id };
      return { id, iid, title, ...branches, ...projects, state, merge_status, detailed_merge_status, url };
    },
    open: (at: number) => hook(at, author, "open"),
    close: (at: number, by: User) => {
      it.state = "closed";
      return hook(at, by, "close");
    },
    reopen: (at: number, by: User) => {
      it.state = "opened";
      return hook(at, by, "reopen");
    },
    merge: (at: number, by: User) => {
      it.state = "merged";
      return hook(at, by, "merge");
    },
    push: (at: number, by: User, commit: Commit) => {
      const oldrev = it.commit.id;
      it.commit = commit;
      return hook(at, by, "update", { attributes: { oldrev } });
    },
    ready: (at: number, by: User) => {
      const previous = it.title;
      it.title = previous.replace(/^Draft: /, "");
      it.draft = false;
      return update(at, by, { draft: { previous: true, current: false }, title: { previous, current: it.title } });
    },
    rename: (at: number, by: User, title: string) => {
      const previous = it.title;
      it.title = title;
      return update(at, by, { title: { previous, current: title } });
    },
    label: (at: number, by: User, label: string) => {
      const previous = it.labels.map(titled);
      it.labels.push(label);
      return update(at, by, { labels: { previous, current: it.labels.map(titled) } });
    },
    requestReview: (at: number, by: User, users: readonly User[]) => {
      const add = () => it.reviews.push(...users.map((user) => ({ user, state: "unreviewed" })));
      return update(at, by, reviewing(add));
    },
    requestChanges: (at: number, by: User) =>
      update(
        at,
        by,
        reviewing(() => setReview(by, "requested_changes")),
      ),
    /** The last approval that it needs is told by another word. */
    approve: (at: number, by: User) => {
      setReview(by, "approved");
      return hook(at, by, isApproved() ? "approved" : "approval", { touched: false });
    },
    takeBack: (at: number, by: User) => {
      const wasApproved = isApproved();
      setReview(by, "unapproved");
      return hook(at, by, wasApproved && !isApproved() ? "unapproved" : "unapproval", { touched: false });
    },
    /** what the forge does after a push, where it is set so */
    resetApprovals: (at: number, by: User) => {
      it.reviews = it.reviews.map(({ user }) => ({ user, state: "unreviewed" }));
      const attributes = { system: true, system_action: "approvals_reset_on_push" };
      return hook(at, by, "unapproved", { touched: false, attributes });
    },
    conflict: (at: number, by: User) => {
      it.hasConflicts = true;
      return update(at, by, {});
    },
    note: (at: number, by: User, text: string, place?: Place) => note(at, by, text, place ? { place } : {}),
    /** the note before, with another text */
    editNote: (at: number, by: User, text: string) => note(at, by, text, { edits: iid * 1000 + it.notes }),
    systemNote: (at: number, by: User, text: string) => note(at, by, text, { system: true }),
  };
}

export type MergeRequest = ReturnType<typeof mergeRequestOf>;
