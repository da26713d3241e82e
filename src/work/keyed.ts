/** Work under way, never two for one key. */
export interface Keyed {
  /** true while work for the key is under way */
  has(key: string): boolean;
  /** how many more may begin */
  room(): number;
  /** groups of which no more may begin */
  fullGroups(): string[];
  /** Begins work for a key of which none is under way. */
  begin(key: string, work: () => Promise<void>, group?: string): void;
  /** Resolves when nothing is under way. */
  settle(): Promise<void>;
}

export interface KeyedOptions {
  /** keys at a time */
  most: number;
  /** keys of one group at a time: a slow group does not take all there is */
  mostOfGroup?: number;
  /** work for a key ended well: there may be more */
  onDone: () => void;
  /** work for a key failed; nothing is begun again because of it */
  onError: (error: unknown) => void;
}

/** Lets keys go side by side, so that a slow one delays no other. */
export function createKeyed({ most, mostOfGroup = most, onDone, onError }: KeyedOptions): Keyed {
  const running = new Map<string, Promise<void>>();
  const groups = new Map<string, number>();
  const count = (group: string, more: number) => {
    const now = (groups.get(group) ?? 0) + more;
    if (now > 0) groups.set(group, now);
    else groups.delete(group);
  };
  return {
    has: (key) => running.has(key),
    room: () => Math.max(0, most - running.size),
    fullGroups: () => [...groups].flatMap(([group, running]) => (running >= mostOfGroup ? [group] : [])),
    begin: (key, work, group = key) => {
      count(group, 1);
      const done = work()
        .finally(() => {
          if (running.get(key) === done) running.delete(key);
          count(group, -1);
        })
        .then(onDone, onError);
      running.set(key, done);
    },
    settle: async () => {
      while (running.size > 0) await Promise.all(running.values());
    },
  };
}
