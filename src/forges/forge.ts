import type { Event } from "../events.ts";
import type { Headers, Scheme } from "./verify.ts";

/** One HTTP POST of a forge to a hook. Header names are in lower case. */
export interface Delivery {
  headers: Headers;
  body: Buffer;
}

/** What a delivery turned out to be. Every outcome is kept and shown. */
export type Reading =
  | { state: "event"; event: Event }
  /** a kind that we do not know */
  | { state: "unsupported"; reason: string }
  /** the body breaks the forge's contract */
  | { state: "unreadable"; reason: string }
  /** known, and not worth telling */
  | { state: "ignored"; reason: string };

/**
 * A forge turns one delivery into one event. Implementations are pure: no network, no clock, no settings. The
 * delivery is stored and verified before `parse` sees it, and `parse` never throws.
 */
export interface Forge {
  /** as rules and commands name it: `gitlab` */
  readonly name: string;
  /** as its makers write it: `GitLab` */
  readonly title: string;
  /** how it can prove who is calling */
  readonly schemes: readonly Scheme[];
  /** what its settings call the place for the secret of a scheme, where they have a name of their own */
  readonly fields?: Partial<Record<Scheme, string>>;
  /** the way to its webhooks from the page of a project: `Settings`, `Webhooks` */
  readonly menu?: readonly string[];
  /** what stands behind the address of a project or group on the page of its webhooks, where that is known: `/-/hooks` */
  readonly hooksPage?: string | undefined;
  /** Headers that may name the event, in lower case, the first present one counts. `brand`: of a rebranded forge. */
  eventHeaders(brand?: string): readonly string[];
  /** Headers that may hold the secret of scheme `token`, in lower case. */
  tokenHeaders(brand?: string): readonly string[];
  /** Headers that may hold the signature of scheme `hmac`, in lower case. */
  signatureHeaders(brand?: string): readonly string[];
  parse(delivery: Delivery, brand?: string): Reading;
}
