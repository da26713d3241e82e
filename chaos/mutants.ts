import type { Mutant } from "./mutate.ts";

/** Mistakes that Belfry must not have. Who changes the code that one stands in writes it anew. */
export const mutants: readonly Mutant[] = [
  {
    name: "no-fsync",
    engine: "sqlite",
    file: "src/store/engine/sqlite.ts",
    find: "pragma synchronous = full",
    replace: "pragma synchronous = off",
    provocation: "steady",
    expects: "durability",
  },
  {
    name: "no-fsync-postgres",
    engine: "postgres",
    file: "src/store/engine/postgres.ts",
    find: `select set_config('synchronous_commit', case current_setting('synchronous_commit') when 'off' then 'on'
       else current_setting('synchronous_commit') end, false),`,
    replace: "select set_config('synchronous_commit', 'off', false),",
    provocation: "powerCut",
    expects: "lost",
  },
  {
    name: "two-sends-swapped",
    engine: "sqlite",
    file: "src/store/take-message.ts",
    find: `.orderBy("seq")`,
    replace: `.orderBy("seq", "desc")`,
    provocation: "steady",
    expects: "order",
  },
  {
    name: "posted-twice",
    engine: "sqlite",
    file: "src/send/sender.ts",
    find: "  const posted = await attempt(() => chat.post(channel, message, { id }), log, ids);",
    replace: `  await attempt(() => chat.post(channel, message, { id }), log, ids);
  const posted = await attempt(() => chat.post(channel, message, { id }), log, ids);`,
    provocation: "steady",
    expects: "double",
  },
  {
    name: "lease-ignored",
    engine: "postgres",
    file: "src/store/take-lanes.ts",
    find: "({ owner: worker, fence:",
    replace: "({ owner: null, fence:",
    provocation: "crowded",
    expects: "two senders",
  },
  {
    name: "pace-ignored",
    engine: "sqlite",
    file: "src/pace.ts",
    find: "Math.min(Math.max(fullAt, now), now + (burst - 1) * interval) + interval;",
    replace: "now + 0 * (fullAt + burst + interval);",
    provocation: "steady",
    expects: "pace",
  },
  {
    name: "retry-after-ignored",
    engine: "sqlite",
    file: "src/slack/retry-after.ts",
    find: "return Math.max(1, Math.min(longest, Math.ceil(seconds)));",
    replace: "return 0;",
    provocation: "limited",
    expects: "pace",
  },
  {
    name: "ack-before-commit",
    engine: "sqlite",
    file: "src/receive/inbox.ts",
    find: "(deliveries: NewDelivery[]) => addDeliveries(store, deliveries)",
    replace: `async (deliveries: NewDelivery[]) => {
      const received = deliveries.map(() => ({ id: crypto.randomUUID(), at: new Date().toISOString() }));
      setTimeout(() => void addDeliveries(store, deliveries.map((one, at) => ({ ...one, received: received[at] }) as NewDelivery)), 50);
      return received.map(({ id }): Stored => ({ id, duplicate: false }));
    }`,
    provocation: "blocked",
    expects: "lost",
  },
  {
    name: "wrong-workspace",
    engine: "sqlite",
    file: "src/send/chats.ts",
    find: "if (Object.hasOwn(fixed, workspace)) return fixed[workspace];",
    replace: `if (fixed["slack"]) return fixed["slack"];`,
    provocation: "steady",
    expects: "workspace",
  },
];
