import type { App } from "@slack/bolt";

/**
 * Bolt acknowledges an event before anything is done about it, and Slack never sends again what was acknowledged: over a
 * socket events are acknowledged here, once they are done. Over HTTP `processBeforeResponse` does the same.
 * https://docs.slack.dev/apis/events-api#retries
 */
export function acknowledgeWhenDone(app: App): void {
  const processEvent = app.processEvent.bind(app);
  app.processEvent = async (event) => {
    if (event.body["type"] !== "event_callback") return processEvent(event);
    await processEvent({ ...event, ack: async () => {} });
    await event.ack();
  };
}
