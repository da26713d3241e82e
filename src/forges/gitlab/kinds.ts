import { deployment } from "./deployment.ts";
import type { ReadKind } from "./kind.ts";
import { mergeRequest } from "./merge-request.ts";
import { pipeline } from "./pipeline.ts";
import { push } from "./push.ts";
import { release } from "./release.ts";
import { tagPush } from "./tag-push.ts";

/** From the value of the event header to the kind. */
export const kinds: Readonly<Record<string, ReadKind>> = {
  "Push Hook": push,
  "Tag Push Hook": tagPush,
  "Merge Request Hook": mergeRequest,
  "Pipeline Hook": pipeline,
  "Deployment Hook": deployment,
  "Release Hook": release,
};

/**
 * System hooks have one event header for all; the body's `object_kind` or `event_name` tells the kind.
 * https://docs.gitlab.com/administration/system_hooks/
 */
export const systemKinds: Readonly<Record<string, ReadKind>> = {
  push,
  tag_push: tagPush,
  merge_request: mergeRequest,
};
