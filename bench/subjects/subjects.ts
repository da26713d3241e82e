import { addHook } from "../../src/store/hooks.ts";
import { openStore } from "../../src/store/store.ts";
import { ensureWorkspace, previewWorkspace } from "../../src/store/workspaces.ts";
import { gitlabHook } from "../../test/support/hook.ts";
import { type BelfryOptions, startBelfry } from "../belfry.ts";
import { prepare } from "../request.ts";
import type { Run } from "../run.ts";
import type { Place, StoreName } from "../workplace.ts";
import {
  githubRequest,
  gitlabDraft,
  gitlabRequest,
  secret,
  slackRequest,
  startScript,
  startWebhook,
} from "./plain-subjects.ts";
import type { Running, Subject } from "./subject.ts";

/** In the order of the page; the first is the base. */
export const subjects: Subject[] = [
  {
    ...{ name: "raw", title: "raw `node:http`", does: "token, JSON.parse" },
    start: (run) => startScript(run, { name: "raw", script: "subjects/raw.ts", request: gitlabRequest, refusal: 401 }),
  },
  control("sqlite", "control on SQLite"),
  control("postgres", "control on PostgreSQL"),
  peer("express", "Express 5", "token, express.json()", gitlabRequest, 401),
  peer("octokit", "@octokit/webhooks", "signature, JSON.parse, handler", githubRequest, 400),
  peer("probot", "probot", "signature, JSON.parse, handler, log", githubRequest, 400),
  peer("bolt", "Bolt's ExpressReceiver", "signature, JSON.parse, handler", slackRequest, 401),
  { name: "webhook", title: "Debian's webhook (Go)", does: "token, JSON parsed, a program run", start: startWebhook },
  belfry("sqlite", "web", "Belfry on SQLite, `web`", "token, stored durably and encrypted"),
  belfry("sqlite", "start", "Belfry on SQLite, `start`", "the same; reads them meanwhile, too"),
  belfry("postgres", "web", "Belfry on PostgreSQL, `web`", "token, stored durably and encrypted"),
];

function control(store: StoreName, title: string): Subject {
  return {
    ...{ name: `control-${store}`, title, does: "token, stored as Belfry does; nothing else" },
    start: (run) =>
      withPlace(run, store, (place) =>
        startScript(run, {
          ...{ name: `control-${store}`, script: "subjects/control.ts", request: gitlabRequest, refusal: 401 },
          environment: place.environment,
        }),
      ),
  };
}

function peer(name: string, title: string, does: string, request: Running["request"], refusal: number): Subject {
  return {
    ...{ name, title, does, needsPeers: true },
    start: (run) => startScript(run, { name, script: `peers/${name}.js`, request, refusal }),
  };
}

function belfry(store: StoreName, command: BelfryOptions["command"], title: string, does: string): Subject {
  return {
    ...{ name: `belfry-${store}-${command}`, title, does, control: `control-${store}` },
    start: (run) => withPlace(run, store, (place) => startReceiver(run, place, command)),
  };
}

/** Belfry with one hook, whose project no rule names. */
async function startReceiver(run: Run, place: Place, command: BelfryOptions["command"]): Promise<Running> {
  const store = await openStore(place.options);
  await ensureWorkspace(store, previewWorkspace);
  const hook = await addHook(store, gitlabHook(previewWorkspace.id, "bench", secret));
  await store.close();
  const { port, pid, stop } = await startBelfry(run, { command, place });
  const request = (bytes: number, isRight = true) =>
    prepare(gitlabDraft(bytes, isRight ? secret : secret.replace("bench", "wrong"), `/hooks/${hook.id}`));
  return { port, pid, stop, request, refusal: 401 };
}

/** A place of its own that goes when the subject stops. */
async function withPlace(run: Run, name: StoreName, start: (place: Place) => Promise<Running>): Promise<Running> {
  const place = await run.workplace.newPlace(name);
  try {
    const running = await start(place);
    return {
      ...running,
      stop: async () => {
        await running.stop();
        await place.remove();
      },
    };
  } catch (error) {
    await place.remove();
    throw error;
  }
}
