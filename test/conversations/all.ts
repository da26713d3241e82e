import { brokenBranch } from "./broken-branch.ts";
import { childPipelines } from "./child-pipelines.ts";
import type { Conversation } from "./conversation.ts";
import { dependencyUpdates } from "./dependency-updates.ts";
import { deployment } from "./deployment.ts";
import { jobs } from "./jobs.ts";
import { mergeRequest, mergeRequestByDefault } from "./merge-request.ts";
import { pushStorm } from "./push-storm.ts";

/** Every conversation: a new one is a file beside this one, its text, and a name here. */
export const conversations: readonly Conversation[] = [
  mergeRequest,
  mergeRequestByDefault,
  brokenBranch,
  childPipelines,
  deployment,
  pushStorm,
  jobs,
  dependencyUpdates,
];
