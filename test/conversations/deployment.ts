import type { Conversation } from "./conversation.ts";
import { deploymentOf } from "./payloads/deployment.ts";
import { alice, bo } from "./payloads/people.ts";
import { commitOf, projectOf } from "./payloads/project.ts";
import { clockOf } from "./payloads/step.ts";

const at = clockOf("2026-03-05");
const project = projectOf("platform/api");

/** One deployment as usual, one that waits for an approval, and the first commit again: that is a rollback. */
function steps() {
  const good = commitOf(project, "Name the tax in the invoice", alice, at("08:00"));
  const bad = commitOf(project, "Round to the öre", bo, at("09:00"));
  const to = (id: number, commit: typeof good) => deploymentOf({ id, project, commit, environment: "production" });
  const [first, second, back] = [to(1501, good), to(1502, bad), to(1503, good)];
  return [
    first.is(at("08:30:00"), "running", alice),
    first.is(at("08:31:40"), "success", alice),
    second.is(at("09:30:00"), "blocked", bo),
    second.is(at("09:42:00"), "approved", bo, alice),
    second.is(at("09:43:00"), "running", bo),
    second.is(at("09:44:30"), "success", bo),
    back.is(at("09:55:00"), "running", alice),
    back.is(at("09:55:50"), "success", alice),
  ];
}

export const deployment: Conversation = { name: "deployment", rule: "platform/api deployment", steps };
