import { setTimeout as sleep } from "node:timers/promises";
import { pushOf } from "./delivery.ts";
import type { Attempt, SentDelivery, Told } from "./history.ts";
import { objectDeliveryOf } from "./object-delivery.ts";
import type { Random } from "./random.ts";
import { createStories } from "./stories.ts";
import type { Place } from "./topology.ts";

/** Where a delivery goes and who has to hear of it. */
export interface Target {
  place: Place;
  hook: { id: string; secret: string };
  project: { path: string; channels: string[] };
}

/** What a delivery is about, where it is no push. */
export interface About {
  tells: Told;
  /** another hook that tells the same a moment later or before */
  also?: Target["hook"] | undefined;
}

export interface Load {
  deliveries: SentDelivery[];
  /** sends one delivery as a forge does; resolves when the answer is there, or none will be */
  deliver(target: Target, about?: About): Promise<SentDelivery>;
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

  async function attempt(sent: SentDelivery, { hook, project }: Target): Promise<Attempt> {
    const web = webs[turn++ % webs.length];
    if (!web) throw new Error("there is no web process to send to");
    const { headers, body } = payloadOf(sent, project.path);
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

  function note({ place, hook, project }: Target, more: Pick<SentDelivery, "tells" | "repeats">): SentDelivery {
    const sent: SentDelivery = {
      ...{ number: deliveries.length, workspace: place.workspace, team: place.team, hook: hook.id },
      ...{ channels: project.channels, attempts: [], ...more },
    };
    deliveries.push(sent);
    return sent;
  }

  async function run(sent: SentDelivery, target: Target): Promise<SentDelivery> {
    for (;;) {
      // It counts from its first byte, whatever becomes of it.
      const open: Attempt = { web: "", begun: Date.now() };
      sent.attempts.push(open);
      Object.assign(open, await attempt(sent, target));
      const done = open.status !== undefined && open.status < 500;
      if (done || sent.attempts.length >= mostAttempts || random.chance(0.1)) return sent;
      await sleep(random.between(100, 1500));
    }
  }

  function track(running: Promise<SentDelivery>): Promise<SentDelivery> {
    const tracked = running.finally(() => underWay.delete(tracked));
    underWay.add(tracked);
    return tracked;
  }

  return {
    deliveries,
    deliver(target, about) {
      const { tells, also } = about ?? {};
      const sent = note(target, { tells });
      if (also) {
        const other = { ...target, hook: also };
        track(run(note(other, { tells, repeats: sent.number }), other));
      }
      return track(run(sent, target));
    },
    onRequest(given) {
      listener = given;
    },
    settle: async () => {
      while (underWay.size > 0) await Promise.all(underWay);
    },
  };
}

const payloadOf = ({ number, tells, repeats = number }: SentDelivery, project: string) =>
  tells ? objectDeliveryOf({ number, said: repeats }, tells, project) : pushOf(number, project);

/** Any project through any hook of its workspace. */
export function targetsOf(places: readonly Place[], hookIds: readonly string[][]): Target[] {
  return places.flatMap((place, index) =>
    place.hooks.flatMap(({ secret }, at) =>
      place.projects.map((project) => ({ place, hook: { id: hookIds[index]?.[at] ?? "", secret }, project })),
    ),
  );
}

/** Of all deliveries those about merge requests and pipelines, and of these those that come through two hooks. */
const shares = { objects: 0.35, twice: 0.15 };

/** Sends one of anything: a push, or the state of an object. */
export function anythingTo(load: Load, targets: readonly Target[], random: Random): () => Promise<SentDelivery> {
  const stories = createStories(random);
  return () => {
    const target = random.pick(targets);
    if (!random.chance(shares.objects)) return load.deliver(target);
    const others = targets.filter(({ hook, project }) => project === target.project && hook.id !== target.hook.id);
    const also = others.length > 0 && random.chance(shares.twice) ? random.pick(others).hook : undefined;
    return load.deliver(target, { tells: stories.next(target.project.path), also });
  };
}

/** Deliveries by chance, `rate` a second on average, until told to stop. */
export async function sendAtRandom(
  load: Load,
  targets: readonly Target[],
  { rate, random, stopped }: { rate: number; random: Random; stopped: () => boolean },
): Promise<void> {
  const send = anythingTo(load, targets, random);
  let due = Date.now();
  while (!stopped()) {
    // Exponential gaps: they come in clusters, as in life.
    due += (-Math.log(1 - random.next()) * 1000) / rate;
    const wait = due - Date.now();
    if (wait > 0) await sleep(wait);
    void send();
  }
}
