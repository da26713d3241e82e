import type { InboxStatus } from "../receive/inbox.ts";
import type { Look } from "./look.ts";
import type { SlackUp } from "./slack-calls.ts";

export type SpoolStatus = Pick<InboxStatus, "state" | "deliveries" | "bytes" | "oldest" | "aside" | "lasts">;

export interface Facts {
  engine: "sqlite" | "postgres";
  look: Look;
  slack: SlackUp;
  /** where deliveries wait while PostgreSQL is away; undefined where there is no such place */
  spool: SpoolStatus | undefined;
  now: Date;
}

/** What /readyz says. Numbers and states only: nothing here names a workspace, a channel or a project. */
export interface Readiness {
  ready: boolean;
  store: { engine: Facts["engine"]; reachable: boolean; durable: boolean | null };
  deliveries: { pending: number; oldestSeconds: number } | null;
  messages: { open: number; oldestSeconds: number; lanes: number } | null;
  slack: { reachable: boolean | null };
  spool: Spool | null;
}

interface Spool {
  state: SpoolStatus["state"];
  deliveries: number;
  oldestSeconds: number;
  /** the database refused them for good */
  setAside: number;
  /** false where its disk goes away with the process */
  lasts: boolean;
}

/** Seconds that the oldest delivery of a spool waits. */
export const spoolAge = ({ oldest }: Pick<SpoolStatus, "oldest">, now: Date): number =>
  oldest === undefined ? 0 : Math.max(0, now.getTime() - oldest.getTime()) / 1000;

/**
 * Ready is a process that can keep what it is given: a store that is reached and writes to disk before it answers, or a
 * spool while PostgreSQL is away. Slack does not count: deliveries are taken while it is down, and sent when it is back.
 */
export function readiness({ engine, look, slack, spool, now }: Facts): Readiness {
  const { reachable, durable, backlog } = look;
  return {
    ready: reachable ? durable : spool !== undefined,
    store: { engine, reachable, durable: durable ?? null },
    deliveries: backlog ? { pending: backlog.deliveries.count, oldestSeconds: whole(backlog.deliveries.oldest) } : null,
    messages: backlog
      ? { open: backlog.messages.count, oldestSeconds: whole(backlog.messages.oldest), lanes: backlog.lanes }
      : null,
    slack: { reachable: slack ?? null },
    spool: spool
      ? {
          state: spool.state,
          deliveries: spool.deliveries,
          oldestSeconds: whole(spoolAge(spool, now)),
          setAside: spool.aside,
          lasts: spool.lasts,
        }
      : null,
  };
}

const whole = (seconds: number) => Math.round(seconds);
