import { WebClient } from "@slack/web-api";
import { onTestFinished } from "vitest";
import { silent } from "../../src/slack/silent.ts";
import { createFakeSlack, type FakeSlack, type FakeSlackOptions } from "./fake-slack.ts";

/** A fake Slack that is closed when the test ends that starts it. */
export async function startFakeSlack(options?: FakeSlackOptions): Promise<FakeSlack> {
  const slack = await createFakeSlack(options);
  onTestFinished(() => slack.close());
  return slack;
}

/** Slack's own client of a fake Slack; it tries once. */
export const clientOf = (slack: FakeSlack, token = "xoxb-acme") =>
  new WebClient(token, {
    slackApiUrl: slack.url,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    logger: silent,
  });

/** Slack's error word for a call that must fail; `ok` where it does not. */
export const wordOf = (call: Promise<unknown>) =>
  call.then(
    () => "ok",
    (error) => error.data?.error ?? error.code,
  );
