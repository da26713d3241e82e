import type { Conversation } from "./conversation.ts";
import { mergeRequestOf } from "./payloads/merge-request.ts";
import { alice, bo, chen } from "./payloads/people.ts";
import { pipelineOf, runOf } from "./payloads/pipeline.ts";
import { commitOf, projectOf } from "./payloads/project.ts";
import { clockOf } from "./payloads/step.ts";

const at = clockOf("2026-03-02");
const project = projectOf("platform/api");
const jobs = [
  ["build", "image"],
  ["test", "unit"],
  ["test", "lint"],
] as const;

/** From draft to merged: a pipeline that fails, two that pass, a review that asks for changes, two approvals. */
function steps() {
  const first = commitOf(project, "Add the Swedish VAT table", bo, at("08:40"));
  const mr = mergeRequestOf({
    ...{ iid: 12, project, author: bo, branch: "feature/vat", commit: first, approvals: 2, draft: true },
    ...{ title: "Draft: Add the Swedish VAT table", description: "Adds the rates of 25 %, 12 % and 6 %." },
  });
  const pipeline = (id: number, commit: typeof first) =>
    pipelineOf({
      ...{ id, project, commit, by: bo, jobs, branch: "feature/vat", source: "merge_request_event" },
      mergeRequest: mr.ofPipeline(),
    });
  const opened = mr.open(at("08:41:17"));
  const failed = runOf(pipeline(9001, first), [at("08:41:40"), at("08:41:44"), at("08:47:52")], "failed", {
    unit: "failed",
  });

  const second = commitOf(project, "Books have 6 %, not 12 %", bo, at("09:01"));
  const pushed = mr.push(at("09:02:10"), bo, second);
  const passed = runOf(pipeline(9002, second), [at("09:02:15"), at("09:02:20"), at("09:08:31")], "success");
  const ready = [mr.ready(at("09:10:05"), bo), mr.requestReview(at("09:10:20"), bo, [alice, chen])];
  const reviewed = [
    mr.note(at("09:31:05"), alice, "This wants a test.", { file: "src/vat.ts", line: 42 }),
    mr.note(at("09:31:06"), alice, "And this one, too.", { file: "src/vat.ts", line: 57 }),
    mr.note(at("09:31:07"), alice, "Two questions, the rest is fine. What about **Denmark**?"),
    mr.requestChanges(at("09:31:08"), alice),
    mr.systemNote(at("09:31:09"), alice, "requested changes"),
  ];

  const third = commitOf(project, "Test the rates", bo, at("09:51"));
  const answered = [
    mr.push(at("09:52:30"), bo, third),
    mr.note(at("09:53:10"), bo, "Both are tested now. Denmark comes next week."),
  ];
  const passedAgain = runOf(pipeline(9003, third), [at("09:52:36"), at("09:52:40"), at("09:58:02")], "success");
  const merged = [
    mr.approve(at("10:05:00"), alice),
    mr.label(at("10:07:00"), bo, "vat"),
    mr.approve(at("10:12:00"), chen),
    mr.merge(at("10:20:09"), bo),
  ];
  return [opened, ...failed, pushed, ...passed, ...ready, ...reviewed, ...answered, ...passedAgain, ...merged].sort(
    (a, b) => a.at - b.at,
  );
}

export const mergeRequest: Conversation = {
  name: "merge-request",
  rule: "platform/api merge_request note pipeline",
  steps,
  early: /^(. Pipeline \d+ |💬 )/u,
};

/** The same, heard by who asked for nothing in particular. */
export const mergeRequestByDefault: Conversation = {
  name: "merge-request-default",
  rule: "platform/api",
  steps,
  early: /^. `feature\/vat` is /u,
};
