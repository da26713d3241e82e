import type { Method } from "../store/paces.ts";

/** What Slack asked workspaces to wait with, as this process knows at once: what was taken before waits, too. */
export interface Holds {
  /** @param wait milliseconds */
  hold(workspace: string, method: Method, wait: number): void;
  /** milliseconds that the workspace still has to wait; 0 when it may go on */
  left(workspace: string, method: Method): number;
}

export function createHolds(passed: () => number = () => performance.now()): Holds {
  const until = new Map<string, number>();
  const keyOf = (workspace: string, method: Method) => JSON.stringify([workspace, method]);
  return {
    hold: (workspace, method, wait) => {
      const key = keyOf(workspace, method);
      until.set(key, Math.max(passed() + wait, until.get(key) ?? 0));
    },
    left: (workspace, method) => {
      const key = keyOf(workspace, method);
      const left = (until.get(key) ?? 0) - passed();
      if (left <= 0) until.delete(key);
      return Math.max(0, left);
    },
  };
}
