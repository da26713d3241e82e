import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createSlackApp, type SlackApp, type SlackAppParts } from "../../src/app/app.ts";
import { leaveInstalled } from "../../src/app/leave.ts";
import { createRespond } from "../../src/app/respond.ts";
import { installedWorkspace, knownWorkspace } from "../../src/app/who.ts";
import type { Asker, Desk, Reply } from "../../src/commands/command.ts";
import { createLook } from "../../src/slack/look.ts";
import { createUnfurl } from "../../src/slack/unfurl.ts";
import { openStore, type Store } from "../../src/store/store.ts";
import { findToken } from "../../src/store/workspaces.ts";
import { temporaryFolder } from "../support/belfry.ts";
import { fakeApp, type WorldOptions } from "../support/fake-slack/world.ts";
import { createFakeSlack, type FakeSlack } from "../support/fake-slack.ts";
import { createSlackSender, type SlackSender } from "../support/fake-slack-sender.ts";

/** The real Bolt before a store of its own; what a command does is up to the test. */
export interface AppBench {
  fake: FakeSlack;
  store: Store;
  slack: SlackSender;
  /** what commands were run, as `workspace channel name user: line` */
  lines: string[];
  logged: unknown[];
  app: SlackApp;
  /** address of requests over HTTP */
  url: string;
  /** what a command answers; change it */
  answer: (asker: Asker, line: string) => Promise<Reply>;
  close(): Promise<void>;
}

export async function createAppBench(
  world: WorldOptions = {},
  change: (made: { store: Store; fake: FakeSlack }) => Partial<SlackAppParts> = () => ({}),
): Promise<AppBench> {
  const fake = await createFakeSlack(world);
  const { folder, remove } = temporaryFolder();
  const store = await openStore({ data: folder });
  const look = createLook((id) => findToken(store, id), fake.url);
  const logged: unknown[] = [];
  const note = (...words: unknown[]) => void logged.push(words);
  const app = createSlackApp({
    ...{ config: { signingSecret: fakeApp.signingSecret, appToken: undefined, oauth: undefined } },
    ...{ apiUrl: fake.url, store, log: { debug: note, info: note, warn: note, error: note }, installUrl: undefined },
    say: note,
    ...{
      respond: createRespond(fake.url),
      unfurl: createUnfurl((id) => findToken(store, id), fake.url),
      desk: {} as Desk,
    },
    ...{ workspaceOf: installedWorkspace(store), eventWorkspaceOf: knownWorkspace(store) },
    leave: leaveInstalled(store, look),
    run: (_desk, asker, line) => {
      bench.lines.push(`${asker.workspace} ${asker.channel} ${asker.channelName} ${asker.user}: ${line}`);
      return bench.answer(asker, line);
    },
    ...change({ store, fake }),
  });
  const server = createServer(app.web).listen(0, "127.0.0.1");
  await new Promise((done) => server.once("listening", done));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/slack/events`;
  const bench: AppBench = {
    ...{ fake, store, logged, app, url, lines: [], slack: createSlackSender({ fake, url }) },
    answer: async (_asker, line) => ({ text: `did ${line}` }),
    async close() {
      await app.stop();
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
      await store.close();
      await fake.close();
      remove();
    },
  };
  return bench;
}
