import { expect, test } from "vitest";
import { adviceOn } from "../../src/slack/advice.ts";
import { outcomeOf, workspaceWords } from "../../src/slack/errors.ts";

test.each([
  ["not_in_channel", "Invite me there: `/invite @belfry`"],
  ["Slack: not_in_channel", "Invite me there: `/invite @belfry`"],
  ["paused: Slack: is_archived", "The channel is archived: unarchive it, or remove its rules"],
  ["missing_scope, 5 times while other messages passed", expect.stringContaining("needs more permissions")],
  ["restricted_action_of_tomorrow", "Whoever manages the channel has to let apps post there"],
])("%s", (reason, says) => expect(adviceOn(reason)).toEqual(says));

test.each(["by hand", "the channel was archived", "constructor", "toString", "", "timeout", "branch not_in_channel"])(
  "nothing on %j",
  (reason) => expect(adviceOn(reason)).toBeUndefined(),
);

test("there is advice on every word that pauses rules", () => {
  const words = [...workspaceWords, "not_in_channel", "is_archived", "restricted_action", "no_permission"];
  for (const word of words) expect([word, outcomeOf(word), adviceOn(word)]).not.toContain(undefined);
});
