import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readConfig } from "../src/config.ts";
import { kinds } from "../src/events.ts";
import { createLog } from "../src/log.ts";
import { noMetrics } from "../src/operation/metrics.ts";
import { startWeb } from "../src/receive/web.ts";
import { createSlack } from "../src/slack/client.ts";
import { addRule } from "../src/store/change-rules.ts";
import { findDelivery } from "../src/store/deliveries.ts";
import { addHook, type Hook } from "../src/store/hooks.ts";
import { openStore, type Store } from "../src/store/store.ts";
import { loadTemplates } from "../src/templates/load.ts";
import { startWorker } from "../src/work/worker.ts";
import { temporaryFolder, until } from "./support/belfry.ts";
import { createFakeSlack, type FakeSlack } from "./support/fake-slack.ts";
import { type SeedDocument, seedDocuments } from "./support/seed-documents.ts";

/**
 * The forges' own documentation of their webhooks: every example in it, sent over HTTP as it says, is posted.
 * BELFRY_SEEDS names a folder with the documents as text.
 */
const folder = process.env["BELFRY_SEEDS"];
if (!folder) console.info("test/seeds.test.ts is left out: BELFRY_SEEDS names no folder of documents.");

/** Each document has a workspace of its own: some tell the same events. */
const workspaceOf = ({ file }: SeedDocument) => `acme of ${file}`;
const secrets = { token: "s3cret", basic: "belfry:s3cret" };

describe.skipIf(!folder)("documented examples", () => {
  const documents = folder ? seedDocuments(folder) : [];
  let belfry: Awaited<ReturnType<typeof start>>;
  beforeAll(async () => {
    belfry = await start(documents);
  });
  afterAll(() => belfry.stop());

  test("the documents are those of four forges", () => {
    expect(new Set(documents.map(({ forge }) => forge))).toEqual(new Set(["gitlab", "gitswarm", "atomgit", "wvs"]));
  });

  test.each(documents)("$file: each is posted", async (document) => {
    const { file, forge, scheme, tokenHeader, examples, documented, mends } = document;
    expect(examples).toHaveLength(documented);
    expect(documented).toBeGreaterThan(0);
    const hook = await belfry.addHook(document);
    for (const [index, { line, header, event, body }] of examples.entries()) {
      const where = `${file}:${line} ${event}`;
      const proof =
        scheme === "basic"
          ? { authorization: `Basic ${Buffer.from(secrets.basic).toString("base64")}` }
          : { [tokenHeader]: secrets.token };
      const response = await fetch(`${belfry.url}/hooks/${hook.id}`, {
        method: "POST",
        headers: { "content-type": "application/json", [header]: event, ...proof },
        body,
      });
      expect(response.status, where).toBe(202);
      const { delivery } = (await response.json()) as { delivery: string };
      const read = await until(
        () => findDelivery(belfry.store, workspaceOf(document), delivery),
        (seen) => seen?.state !== "pending",
      );
      expect({ state: read?.state, reason: read?.reason }, where).toEqual({ state: "event", reason: null });
      const posted = await until(
        () => belfry.slack.messages(channelOf(document)),
        (seen) => seen.length > index,
      );
      expect(posted).toHaveLength(index + 1);
      const text = JSON.stringify(posted.at(-1));
      expect(text, where).toContain(read?.project);
      expect(text, where).not.toMatch(/undefined|\[object Object\]|NaN/);
      expect(posted.at(-1)?.text, `${where}: not the line that stands in for a template`).not.toMatch(/^\w+ \w+: /);
    }
    const events = new Set(examples.map(({ event }) => event));
    console.info(
      [
        `${file} (${forge}, ${scheme}): ${events.size} events documented, ${examples.length} examples sent, ` +
          `${belfry.slack.messages(channelOf(document)).length} messages posted, ${mends.length} mends`,
        ...mends.map((mend) => `  ${mend}`),
      ].join("\n"),
    );
  });
});

const channelOf = ({ file }: SeedDocument) => `#seed-${file.slice(0, 3)}`;

/** A receiver, a store and a worker, and a Slack with a channel for each document. */
async function start(documents: readonly SeedDocument[]) {
  const { folder: data, remove } = temporaryFolder();
  const slack: FakeSlack = await createFakeSlack({
    teams: [
      {
        id: "T0ACME",
        tokens: ["xoxb-acme"],
        channels: documents.map((one, index) => ({ id: `C0SEED${index}`, name: channelOf(one).slice(1) })),
      },
    ],
  });
  const store: Store = await openStore({ data: data });
  const chat = createSlack({ token: "xoxb-acme", apiUrl: slack.url });
  const parts = {
    config: readConfig({ PORT: "0", BELFRY_DATA: data, BELFRY_PACE_CHANNEL: "off", BELFRY_PACE_POSTS: "off" }),
    store,
    templates: loadTemplates(join(import.meta.dirname, "../templates")),
    chatOf: async () => chat,
    log: createLog("silent"),
    metrics: noMetrics,
  };
  const worker = await startWorker(parts);
  const web = await startWeb({ ...parts, config: { ...parts.config, host: "127.0.0.1" } }, worker.wake);
  /** The hook of a document's forge; what it tells of goes to the document's channel from now on, and nothing else. */
  const addHookOf = async (document: SeedDocument): Promise<Hook> => {
    await store.db.deleteFrom("rules").execute();
    await addRule(store, workspaceOf(document), "command", {
      channel: channelOf(document),
      words: `** ${Object.keys(kinds).join(" ")} confidential:yes`,
    });
    return addHook(store, {
      workspace: workspaceOf(document),
      name: document.file.slice(0, 3),
      forge: document.forge,
      brand: undefined,
      scheme: document.scheme,
      secrets: [secrets[document.scheme]],
      origin: "command",
    });
  };
  return {
    url: web.url,
    store,
    slack,
    addHook: addHookOf,
    stop: async () => {
      await web.stop();
      await worker.stop();
      await store.close();
      await slack.close();
      remove();
    },
  };
}
