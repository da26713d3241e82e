import { headersOf, markOf, shaOf } from "./delivery.ts";
import type { Shown, Told } from "./history.ts";

/**
 * What GitLab sends about a merge request or a pipeline: what its card shows names the state.
 * @param number of the delivery; `said`: the one that the body names, another one where it repeats that
 */
export function objectDeliveryOf(
  { number, said }: { number: number; said: number },
  tells: Told,
  project: string,
): { headers: Record<string, string>; body: string } {
  const { hook, bodyOf } = kinds[tells.kind];
  return { headers: headersOf(number, hook), body: JSON.stringify(bodyOf(tells, project, said)) };
}

const kinds = {
  merge_request: { hook: "Merge Request Hook", bodyOf: mergeRequestOf },
  pipeline: { hook: "Pipeline Hook", bodyOf: pipelineOf },
} as const;

const user = { name: "Alice Ng", username: "alice" };

const projectOf = (project: string) => {
  const page = `https://gitlab.example/${project}`;
  return { id: 7, name: project, web_url: page, path_with_namespace: project, default_branch: "main", homepage: page };
};

/** New commits are news: the reply names the newest one, and the card none. */
function mergeRequestOf({ card, state, news }: Told, project: string, said: number) {
  const [id, title] = [shaOf(said), markOf(said)];
  const url = `${projectOf(project).web_url}/-/merge_requests/${card}`;
  return {
    object_kind: "merge_request",
    user,
    project: projectOf(project),
    object_attributes: {
      ...{ iid: card, title: stateMark(card, state), url, action: state === 1 ? "open" : "update", state: "opened" },
      ...{ source_branch: `topic-${card}`, target_branch: "main", source_project_id: 7, target_project_id: 7 },
      ...{ created_at: timeOf(0), updated_at: timeOf(state) },
      ...(news && { oldrev: shaOf(said + 0x7000_0000), last_commit: { id, title, message: title } }),
    },
    changes: { title: { previous: "before", current: stateMark(card, state) } },
  };
}

/** Each state is one more job that has begun. All of a project run for one branch. */
function pipelineOf({ card, state }: Told, project: string) {
  const builds = Array.from({ length: state }, (_, at) => ({
    ...{ id: card * 1000 + at, name: `job ${at + 1}`, stage: "test", status: at + 1 < state ? "success" : "running" },
    ...{ created_at: timeOf(0), started_at: timeOf(at + 1) },
  }));
  return {
    object_kind: "pipeline",
    object_attributes: {
      ...{ id: card, name: stateMark(card, state), ref: "main", tag: false, status: "running", source: "push" },
      ...{ stages: ["test"], created_at: timeOf(0) },
    },
    user,
    project: projectOf(project),
    builds,
  };
}

/** Forges tell whole seconds. */
const timeOf = (second: number) =>
  new Date(Date.UTC(2026, 2, 15, 10, 20) + second * 1000).toISOString().replace("T", " ").replace(".000Z", " UTC");

const stateMark = (card: number, state: number) => `card-${card}-${state}`;

/** The state that a posted text shows. */
export function shownIn(text: string): Shown | undefined {
  const [, card, state] = /\bcard-(\d+)-(\d+)\b/.exec(text) ?? [];
  return state === undefined ? undefined : { card: Number(card), state: Number(state) };
}

/** The number of an object in the store, undefined where it is none of these. */
export function cardOf(object: string): number | undefined {
  const [, card] = /^(?:!|pipeline )(\d+)$/.exec(object) ?? [];
  return card === undefined ? undefined : Number(card);
}
