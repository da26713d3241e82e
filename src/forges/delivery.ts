import { createHash } from "node:crypto";
import type { Delivery, Forge } from "./forge.ts";
import type { Headers } from "./verify.ts";

/**
 * Headers in which a forge says which delivery this is, the same when it sends it again. GitLab's
 * X-Gitlab-Webhook-UUID and X-Gitlab-Event-UUID are not among them: they change with each attempt, or are shared by a
 * chain of events (https://docs.gitlab.com/user/project/integrations/webhooks/#delivery-headers).
 */
const keyHeaders = ["webhook-id", "idempotency-key", "x-gitcode-delivery"] as const;

/** What else is kept of a delivery's headers. All others may hold secrets and are not stored. */
const keptHeaders = [
  ...keyHeaders,
  "content-type",
  "user-agent",
  "webhook-timestamp",
  "x-gitlab-instance",
  "x-gitlab-event-uuid",
  "x-gitlab-webhook-uuid",
] as const;

const mostLength = 512;

/** The headers to store: an allow-list and the event header, with control characters removed and clipped. */
export function keepHeaders(forge: Forge, headers: Headers, brand?: string): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const name of [...forge.eventHeaders(brand), ...keptHeaders]) {
    const value = headers[name];
    if (value !== undefined) kept[name] = value.replace(/\p{Cc}/gu, "").slice(0, mostLength);
  }
  return kept;
}

/** Before the hash of a body, where the forge sends no id. */
const ofBody = "body:";

/** What makes a delivery the same as one before, within its hook: the forge's id, else event header and body. */
export function deliveryKey(forge: Forge, { headers, body }: Delivery, brand?: string): string {
  for (const name of keyHeaders) {
    const value = headers[name]?.trim();
    if (value) return `${name}:${value.length > mostLength ? hash(value) : value}`;
  }
  return `${ofBody}${hash(eventLabel(forge, headers, brand) ?? "", "\n", body)}`;
}

/** Whether a `deliveryKey` is made of the body: then it may come again for something new, which ids of a forge never do. */
export const isKeyOfBody = (key: string): boolean => key.startsWith(ofBody);

/** The value of the event header: `Merge Request Hook`. */
export function eventLabel(forge: Forge, headers: Headers, brand?: string): string | undefined {
  for (const name of forge.eventHeaders(brand)) {
    const value = headers[name]?.trim();
    if (value) return value;
  }
  return undefined;
}

function hash(...parts: (string | Buffer)[]): string {
  const sum = createHash("sha256");
  for (const part of parts) sum.update(part);
  return sum.digest("hex");
}
