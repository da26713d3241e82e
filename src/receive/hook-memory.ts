import type { Hook } from "../store/hooks.ts";

/** Hooks that were found a moment ago: asking the store and decrypting takes longer than all else of a small delivery. */
export interface HookMemory {
  /** A hook as it was at most a second ago; undefined where nothing is remembered. */
  recent(id: string): Hook | undefined;
  /** A hook as it is now, which is then remembered. Neither an id without a hook nor a failure is. */
  find(id: string): Promise<Hook | undefined>;
}

/** How long a hook is remembered, in milliseconds, and how many are. */
const usual = { age: 1_000, hooks: 1_000 };

/** @param now milliseconds by a clock that nobody sets */
export function createHookMemory(
  find: HookMemory["find"],
  most = usual,
  now: () => number = () => performance.now(),
): HookMemory {
  const known = new Map<string, { hook: Hook; asked: number }>();
  return {
    recent(id) {
      const one = known.get(id);
      if (one && now() - one.asked < most.age) return one.hook;
      known.delete(id);
      return undefined;
    },
    async find(id) {
      // Before the store answers: what it says may be as old as the question.
      const asked = now();
      known.delete(id);
      const hook = await find(id);
      if (!hook) return undefined;
      const [oldest] = known.keys();
      if (oldest !== undefined && known.size >= most.hooks) known.delete(oldest);
      known.set(id, { hook, asked });
      return hook;
    },
  };
}
