/** Channels that Slack called private lately, so that it is not asked before each message. */
export interface LatelyPrivate {
  has(workspace: string, channel: string): boolean;
  note(workspace: string, channel: string): void;
}

/** Milliseconds for which Slack's word is taken. That a channel is open is never kept: it ends what was asked for. */
const fresh = 60_000;

export function createLatelyPrivate(passed: () => number = () => performance.now()): LatelyPrivate {
  const until = new Map<string, number>();
  const key = (workspace: string, channel: string) => JSON.stringify([workspace, channel]);
  return {
    has: (workspace, channel) => (until.get(key(workspace, channel)) ?? 0) > passed(),
    note(workspace, channel) {
      for (const [other, end] of until) if (end <= passed()) until.delete(other);
      until.set(key(workspace, channel), passed() + fresh);
    },
  };
}
