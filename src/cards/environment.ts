import type { Commit, Deployment } from "../events.ts";
import { compareKeys, type Facts, known, valueAt, valuesOf } from "./facts.ts";
import { opaque } from "./names.ts";
import { rankOfStatus } from "./rank.ts";
import type { DeploymentCard } from "./views.ts";

/** What tells a deployment from the others of its environment; the commit where the forge sends no number. */
export const deploymentNumber = ({ number, commit, branch }: Deployment): string =>
  opaque(number ?? commit?.id ?? branch ?? "?");

/** What a deployment says of its environment. */
export function deploymentFacts(event: Deployment): Facts {
  const [number, at] = [deploymentNumber(event), event.at ?? ""];
  const value = { at, person: approverOf(event), done: true };
  return {
    deployments: known(number, [at, rankOfStatus(event.status)], event),
    ...(steps.includes(event.status) && { steps: known(stepKey(number, event), [at], value) }),
  };
}

/** The actor is who deploys: who approves is said beside. */
const approverOf = ({ approver, actor, status }: Deployment) => (status === "running" ? actor : (approver ?? actor));

const steps = ["running", "approved", "rejected"];

function stepKey(number: string, event: Deployment): string {
  const person = approverOf(event);
  return event.status === "approved"
    ? `${number} approved ${person?.username ?? person?.name ?? ""}`
    : `${number} ${event.status}`;
}

/** The deployments of the environment whose cards it changes: its own, and those after it, which may undo it. */
export const touchedDeployments = (facts: Facts, number: string): string[] => [
  number,
  ...Object.keys(facts.deployments ?? {})
    .filter((other) => compareKeys(other, number) > 0)
    .sort(compareKeys),
];

/** One deployment as it is now. */
export function deploymentView(facts: Facts, number: string): DeploymentCard | undefined {
  const it = valueAt(facts.deployments, number);
  if (!it) return undefined;
  // Without numbers nobody knows which of two came first.
  const numbered = valuesOf(facts.deployments).filter((other) => it.number !== undefined && other.number !== undefined);
  const earlier = numbered.filter(
    (other) => other.status === "success" && compareKeys(deploymentNumber(other), number) < 0,
  );
  const previous = earlier.at(-1)?.commit;
  const wasThere = earlier.some(({ commit }) => isSame(commit, it.commit));
  const started = facts.steps?.[`${number} running`]?.value.at;
  const given = Object.entries(facts.steps ?? {})
    .filter(([key]) => key.startsWith(`${number} approved `))
    .sort(([a], [b]) => compareKeys(a, b));
  return {
    ...it,
    action: "card",
    approvals: given.flatMap(([, { value }]) => value.person ?? []),
    rejectedBy: facts.steps?.[`${number} rejected`]?.value.person,
    rollback: wasThere && !isSame(previous, it.commit),
    replaces: isSame(previous, it.commit) ? undefined : previous,
    duration: started && rankOfStatus(it.status) >= 8 ? seconds(started, it.at) : undefined,
  };
}

const isSame = (a: Commit | undefined, b: Commit | undefined): boolean => a !== undefined && a.id === b?.id;

const seconds = (from: string, to: string | undefined): number | undefined =>
  to === undefined ? undefined : Math.max(0, Math.round((Date.parse(to) - Date.parse(from)) / 1000));
