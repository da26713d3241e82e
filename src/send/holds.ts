/** Workspaces that Slack asked to wait, as this process knows at once: what was taken before waits, too. */
export interface Holds {
  /** @param wait milliseconds */
  hold(workspace: string, wait: number): void;
  /** milliseconds that the workspace still has to wait; 0 when it may go on */
  left(workspace: string): number;
}

export function createHolds(passed: () => number = () => performance.now()): Holds {
  const until = new Map<string, number>();
  return {
    hold: (workspace, wait) => void until.set(workspace, Math.max(passed() + wait, until.get(workspace) ?? 0)),
    left: (workspace) => {
      const left = (until.get(workspace) ?? 0) - passed();
      if (left <= 0) until.delete(workspace);
      return Math.max(0, left);
    },
  };
}
