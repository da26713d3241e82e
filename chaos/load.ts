import { setTimeout as sleep } from "node:timers/promises";
import { pushOf } from "./delivery.ts";
import type { Attempt, SentDelivery } from "./history.ts";
import type { Random } from "./random.ts";
import type { Place } from "./topology.ts";

/** Where a delivery goes and who has to hear of it. */
export interface Target {
  place: Place;
  hook: { id: string; secret: string };
  project: { path: string; channels: string[] };
}

export interface Load {
  deliveries: SentDelivery[];
  /** sends one delivery as a forge does; resolves when the answer is there, or none will be */
  deliver(target: Target): Promise<SentDelivery>;
  /** asked for each delivery that is on its way to this process */
  onRequest(listener: (web: string) => void): void;
  /** resolves when nothing is under way */
  settle(): Promise<void>;
}

/** How long GitLab waits for an answer. */
const patience = 10_000;
const mostAttempts = 6;

/**
 * Sends deliveries to the web processes in turn. What got no answer or a 503 is mostly sent again, with the same key, as
 * a person or a proxy would: so repeats meet a store that may have the first one or not.
 */
export function createLoad({ webs, random }: { webs: readonly { name: string; url: string }[]; random: Random }): Load {
  const deliveries: SentDelivery[] = [];
  const underWay = new Set<Promise<unknown>>();
  let listener: (web: string) => void = () => {};
  let turn = 0;

  async function attempt(number: number, { hook, project }: Target): Promise<Attempt> {
    const web = webs[turn++ % webs.length];
    if (!web) throw new Error("there is no web process to send to");
    const { headers, body } = pushOf(number, project.path);
    const begun = Date.now();
    const sending = fetch(`${web.url}/hooks/${hook.id}`, {
      method: "POST",
      headers: { ...headers, "x-gitlab-token": hook.secret },
      body,
      signal: AbortSignal.timeout(patience),
    });
    listener(web.name);
    try {
      const answer = await sending;
      const answered = Date.now();
      const said: unknown = await answer.json();
      const id = typeof said === "object" && said !== null && "delivery" in said ? String(said.delivery) : undefined;
      return { web: web.name, begun, answered, status: answer.status, id };
    } catch {
      // No whole answer: the process was killed, or is not there yet.
      return { web: web.name, begun };
    }
  }

  async function run(target: Target): Promise<SentDelivery> {
    const { place, hook, project } = target;
    const sent: SentDelivery = {
      ...{ number: deliveries.length, workspace: place.workspace, team: place.team, hook: hook.id },
      ...{ channels: project.channels, attempts: [] },
    };
    deliveries.push(sent);
    for (;;) {
      // It counts from its first byte, whatever becomes of it.
      const open: Attempt = { web: "", begun: Date.now() };
      sent.attempts.push(open);
      Object.assign(open, await attempt(sent.number, target));
      const done = open.status !== undefined && open.status < 500;
      if (done || sent.attempts.length >= mostAttempts || random.chance(0.1)) return sent;
      await sleep(random.between(100, 1500));
    }
  }

  return {
    deliveries,
    deliver(target) {
      const running = run(target).finally(() => underWay.delete(running));
      underWay.add(running);
      return running;
    },
    onRequest(given) {
      listener = given;
    },
    settle: async () => {
      while (underWay.size > 0) await Promise.all(underWay);
    },
  };
}

/** Any project through any hook of its workspace. */
export function targetsOf(places: readonly Place[], hookIds: readonly string[][]): Target[] {
  return places.flatMap((place, index) =>
    place.hooks.flatMap(({ secret }, at) =>
      place.projects.map((project) => ({ place, hook: { id: hookIds[index]?.[at] ?? "", secret }, project })),
    ),
  );
}

/** Deliveries by chance, `rate` a second on average, until told to stop. */
export async function sendAtRandom(
  load: Load,
  targets: readonly Target[],
  { rate, random, stopped }: { rate: number; random: Random; stopped: () => boolean },
): Promise<void> {
  let due = Date.now();
  while (!stopped()) {
    // Exponential gaps: they come in clusters, as in life.
    due += (-Math.log(1 - random.next()) * 1000) / rate;
    const wait = due - Date.now();
    if (wait > 0) await sleep(wait);
    void load.deliver(random.pick(targets));
  }
}
