import { expect, test } from "vitest";
import { gitlab } from "../../src/forges/gitlab/index.ts";
import { fixtures } from "../support/fixtures.ts";

/** Whether the event of a payload is confidential. */
function isConfidential(header: string, payload: object): boolean {
  const body = Buffer.from(JSON.stringify({ project: { path_with_namespace: "a/b" }, ...payload }));
  const reading = gitlab.parse({ headers: { "x-gitlab-event": header }, body });
  if (reading.state !== "event") throw new Error(reading.reason);
  return reading.event.confidential;
}

const issue = { object_attributes: { iid: 7 } };
const hidden = { iid: 7, confidential: true };
const emoji = { name: "heart", awardable_type: "Note" };

test.each([
  ["Issue Hook", issue, false],
  ["Issue Hook", { object_attributes: { iid: 7, confidential: false } }, false],
  ["Issue Hook", { object_attributes: { iid: 7, confidential: "false" } }, false],
  ["Issue Hook", { object_attributes: hidden }, true],
  ["Issue Hook", { object_attributes: { iid: 7, confidential: "true" } }, true],
  ["Issue Hook", { object_attributes: { iid: 7, confidential: {} } }, true],
  ["Issue Hook", { ...issue, event_type: "confidential_issue" }, true],
  ["Issue Hook", { ...issue, object_kind: "work_item", event_type: "work_item" }, false],
  ["Issue Hook", { ...issue, object_kind: "work_item", event_type: "confidential_work_item" }, true],
  ["Confidential Issue Hook", issue, true],
  ["Confidential Issue Hook", { ...issue, object_kind: "work_item" }, true],
  ["Note Hook", { object_attributes: {} }, false],
  ["Note Hook", { object_attributes: { noteable_type: "Vulnerability" } }, true],
  ["Emoji Hook", { object_attributes: { name: "heart", awardable_type: "Vulnerability" } }, true],
  ["Note Hook", { object_attributes: { internal: false }, issue: { iid: 7, confidential: false } }, false],
  ["Note Hook", { object_attributes: { internal: true } }, true],
  ["Note Hook", { object_attributes: { confidential: true } }, true],
  ["Note Hook", { object_attributes: {}, issue: hidden }, true],
  ["Note Hook", { object_attributes: {}, work_item: hidden }, true],
  ["Note Hook", { object_attributes: {}, event_type: "confidential_note" }, true],
  ["Confidential Note Hook", { object_attributes: {} }, true],
  ["Emoji Hook", { object_attributes: emoji, issue: { iid: 7 } }, false],
  ["Emoji Hook", { object_attributes: emoji, issue: hidden }, true],
  ["Emoji Hook", { object_attributes: emoji, work_item: hidden, note: { noteable_type: "Issue" } }, true],
  ["Emoji Hook", { object_attributes: emoji, note: { internal: true } }, true],
])("%s with %j: confidential is %s", (header, payload, expected) => {
  expect(isConfidential(header, payload)).toBe(expected);
});

const confidentialNames = fixtures("gitlab").filter(({ name }) =>
  /confidential_(issue|note)_hook|internal_comment|confidential_issue$/.test(name),
);

test.each(confidentialNames)("$name is confidential", ({ header, json }) => {
  expect(isConfidential(header, JSON.parse(json))).toBe(true);
});

test.each([
  [{ internal: false }, "Merge?"],
  [{ internal: true }, undefined],
  [{}, undefined],
])("a reaction quotes a comment on an issue only where it is known not to be internal: %j", (note, text) => {
  const payload = {
    object_attributes: emoji,
    note: { note: "Merge?", noteable_type: "Issue", ...note },
    issue: { iid: 7 },
  };
  const body = Buffer.from(JSON.stringify({ project: { path_with_namespace: "a/b" }, ...payload }));
  const reading = gitlab.parse({ headers: { "x-gitlab-event": "Emoji Hook" }, body });
  expect(reading).toMatchObject({ state: "event", event: { kind: "emoji", text } });
});
