import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import { describe, expect, test } from "vitest";

/** Who may import whom. A line too many in an import is where layers begin to leak, so it fails here. */

const root = join(import.meta.dirname, "..");

interface Layer {
  /** a file, or a folder with `/` at its end; the longest that fits a file counts */
  of: string;
  /** what it may import of ours, beside its own folder; `type x` only as types */
  ours: string[];
  /** which packages and parts of Node it may import */
  theirs: string[];
}

const node = { files: "node:fs", hashes: "node:crypto", paths: "node:path" };

/** Arrows point inward: what stands further up knows nothing of what stands below. */
const layers: Layer[] = [
  { of: "events.ts", ours: [], theirs: [] },
  { of: "errors.ts", ours: [], theirs: [] },
  { of: "pace.ts", ours: [], theirs: [] },
  { of: "log.ts", ours: [], theirs: ["pino"] },
  { of: "local-url.ts", ours: [], theirs: [] },
  { of: "settings.ts", ours: ["type pace.ts"], theirs: ["zod", "node:net"] },
  { of: "config.ts", ours: ["errors.ts", "settings.ts", "type pace.ts"], theirs: ["zod"] },
  { of: "forges/", ours: ["events.ts", "errors.ts"], theirs: ["zod", node.hashes, "node:worker_threads"] },
  { of: "cards/", ours: ["events.ts"], theirs: [node.hashes] },
  { of: "rules/", ours: ["events.ts"], theirs: ["zod", "yaml", node.files] },
  { of: "slack/", ours: [], theirs: ["@slack/web-api", "slackify-markdown", "node:module", "node:http", "node:https"] },
  {
    of: "templates/",
    ours: ["events.ts", "slack/", "type cards/views.ts"],
    theirs: ["handlebars", "type @slack/web-api", node.files, node.paths],
  },
  {
    of: "store/",
    ours: [
      "events.ts",
      "errors.ts",
      "pace.ts",
      "rules/anchors.ts",
      "rules/glob.ts",
      "rules/mute.ts",
      "rules/parse.ts",
      "rules/projects.ts",
      "forges/delivery.ts",
      "type cards/",
      "type rules/",
      "type forges/",
      "type slack/",
    ],
    theirs: ["kysely", "node:sqlite", "pg", "uuid", node.hashes, node.files, node.paths, "node:timers"],
  },
  {
    of: "commands/",
    // What Slack is asked and told goes through the desk: of its own folder only what makes text.
    ours: ["errors.ts", "events.ts", "forges/", "rules/", "store/", "templates/"].concat([
      "slack/advice.ts",
      "slack/blocks.ts",
      "slack/errors.ts",
      "slack/ids.ts",
      "slack/limits.ts",
      "slack/text.ts",
      "type slack/",
      "type log.ts",
    ]),
    theirs: [],
  },
  { of: "app/manifest.ts", ours: [], theirs: [] },
  { of: "app/manifest-yaml.ts", ours: ["app/manifest.ts"], theirs: ["yaml"] },
  {
    of: "app/",
    // What commands do comes from outside: of them only what an answer becomes later, and what links lead to.
    ours: [
      "commands/newest-of-links.ts",
      "commands/working.ts",
      "pages/",
      "send/failure.ts",
      "slack/",
      "store/",
      "work/loop.ts",
    ].concat(["work/within.ts", "type commands/command.ts", "type config.ts", "type log.ts", "type send/chats.ts"]),
    theirs: ["@slack/bolt", "@slack/oauth", "express", "rate-limiter-flexible", "type @slack/web-api"].concat([
      node.hashes,
      "node:timers/promises",
    ]),
  },
  {
    of: "app/site.ts",
    ours: ["app/", "commands/index.ts", "forges/index.ts", "slack/look.ts", "slack/unfurl.ts"].concat([
      "pages/missing.ts",
      "store/workspaces.ts",
      "type config.ts",
      "type log.ts",
      "type operation/routes.ts",
      "type send/chats.ts",
      "type store/",
      "type templates/",
    ]),
    theirs: ["express"],
  },
  {
    of: "pages/",
    ours: ["app/manifest.ts", "duration.ts", "type operation/routes.ts", "type slack/message.ts"].concat([
      "type store/retention.ts",
      "type store/shown-messages.ts",
    ]),
    theirs: ["type node:http", node.hashes],
  },
  { of: "duration.ts", ours: [], theirs: [] },
  { of: "http-server.ts", ours: ["errors.ts"], theirs: ["node:http"] },
  {
    of: "operation/",
    ours: ["http-server.ts", "slack/errors.ts", "store/backlog.ts"].concat([
      "type receive/",
      "type slack/",
      "type store/",
    ]),
    theirs: ["prom-client", "type node:http", node.hashes],
  },
  {
    of: "receive/",
    ours: ["errors.ts", "forges/", "http-server.ts", "local-url.ts", "operation/", "store/", "work/loop.ts"].concat([
      "type config.ts",
      "type log.ts",
    ]),
    theirs: ["express", "rate-limiter-flexible", "type node:http", node.hashes],
  },
  {
    of: "read/",
    ours: ["cards/", "rules/kinds.ts", "rules/match.ts", "store/", "type events.ts", "type forges/"].concat([
      "type log.ts",
      "type operation/",
      "type rules/",
      "type work/keyed.ts",
    ]),
    theirs: [node.hashes, "node:timers/promises", "uuid", "type kysely"],
  },
  {
    of: "send/",
    ours: [
      "cards/",
      "operation/metrics.ts",
      "pace.ts",
      "rules/wants-confidential.ts",
      "slack/draw.ts",
      "slack/errors.ts",
      "store/",
    ].concat([
      "rules/wants-confidential.ts",
      "type events.ts",
      "type log.ts",
      "type slack/",
      "type templates/",
      "type work/keyed.ts",
    ]),
    theirs: ["node:timers/promises", "uuid"],
  },
  {
    of: "work/",
    ours: ["forges/", "read/reader.ts", "send/", "store/", "templates/"].concat([
      "type config.ts",
      "type log.ts",
      "type operation/",
    ]),
    theirs: [],
  },
  {
    of: "cli/",
    ours: [
      "app/manifest-yaml.ts",
      "app/manifest.ts",
      "duration.ts",
      "events.ts",
      "local-url.ts",
      "errors.ts",
      "forges/",
      "log.ts",
      "operation/",
      "pages/",
      "receive/",
      "rules/",
      "send/",
      "settings.ts",
      "slack/",
      "store/",
      "templates/",
      "work/within.ts",
      "work/worker.ts",
      "package.json",
    ].concat(["type config.ts"]),
    theirs: ["commander", node.files, node.hashes, "node:url"],
  },
  {
    of: "cli/slack-role.ts",
    ours: [
      "app/loops.ts",
      "app/respond.ts",
      "app/site.ts",
      "cli/hook-url.ts",
      "pages/missing.ts",
      "pages/pages.ts",
    ].concat([
      "type config.ts",
      "type log.ts",
      "type operation/routes.ts",
      "type send/chats.ts",
      "type store/",
      "type templates/",
    ]),
    theirs: [],
  },
  { of: "main.ts", ours: ["cli/", "config.ts", "log.ts"], theirs: [] },
  { of: "webhooks.ts", ours: ["forges/gitlab/"], theirs: ["type zod"] },
];

/**
 * A forge imports its own folder and what all forges share; of its parent only the index, never another's inside.
 * webhooks.ts is what the package shows of their insides.
 */
const isForeignForge = (file: string, target: string) => {
  if (file === "webhooks.ts") return false;
  const [from, to] = [file, target].map((path) => /^forges\/(\w+)\//.exec(path)?.[1]);
  return to !== undefined && from !== to && !target.endsWith("/index.ts");
};

/** One library, one home; two where what it reads and what it writes have nothing to do with each other. */
const homes: Record<string, string | string[]> = {
  express: ["receive/receiver.ts", "app/"],
  "rate-limiter-flexible": ["receive/receiver.ts", "app/"],
  "@slack/bolt": "app/",
  "@slack/oauth": "app/install.ts",
  handlebars: "templates/",
  "@slack/web-api": "slack/",
  "slackify-markdown": "slack/",
  kysely: "store/",
  "node:sqlite": "store/",
  pg: "store/",
  yaml: ["rules/", "app/manifest-yaml.ts"],
  pino: "log.ts",
  "prom-client": "operation/prometheus.ts",
  commander: "cli/",
};

/** The words of all that happens stand on one page, so that they can be read in one go. */
const longer: Record<string, number> = { "events.ts": 700 };
const mostLines = 200;

type Sources = Record<string, string>;

const statement =
  /^(?:import|export)\s+(?<type>type\s)?(?:(?<names>[^"';]*?)\s+from\s+)?["'](?<path>[^"']+)["']|import\((?<kind>)["'](?<later>[^"']+)["']\)/gm;

interface Import {
  path: string;
  isType: boolean;
}

const importsOf = (text: string): Import[] =>
  [...text.matchAll(statement)].map(({ groups = {} }) => ({
    path: groups["path"] ?? groups["later"] ?? "",
    // `import { type A, type B }` leaves nothing to import either.
    isType: groups["type"] !== undefined || /^\{(\s*type\s[^,}]+,?)+\s*\}$/.test(groups["names"] ?? ""),
  }));

const layerOf = (file: string) =>
  layers
    .filter(({ of }) => file === of || (of.endsWith("/") && file.startsWith(of)))
    .sort((a, b) => b.of.length - a.of.length)[0];

const fits = (allowed: string, target: string, isType: boolean): boolean => {
  const [, type, name = ""] = /^(type )?(.*)$/.exec(allowed) ?? [];
  return (!type || isType) && (target === name || target.startsWith(name.endsWith("/") ? name : `${name}/`));
};

/** What is against the rules, each as one line. */
function violations(sources: Sources): string[] {
  return Object.entries(sources).flatMap(([file, text]) => {
    const layer = layerOf(file);
    if (!layer) return [`${file}: has no line in the table of layers`];
    const found = importsOf(text).flatMap(({ path, isType }) => {
      const ours = path.startsWith(".");
      const target = ours ? posix.join(dirname(file), path).replace(/^(\.\.\/)+/, "") : path;
      const own = layer.of.endsWith("/") && target.startsWith(layer.of) && !isForeignForge(file, target);
      const allowed = own || (ours ? layer.ours : layer.theirs).some((one) => fits(one, target, isType));
      const home = [homes[target] ?? []].flat();
      const isHome = home.some((one) => file === one || (one.endsWith("/") && file.startsWith(one)));
      const strayed = home.length > 0 && !isType && !isHome;
      return [
        ...(allowed && !(ours && isForeignForge(file, target))
          ? []
          : [`${file}: imports ${target}${isType ? " (type)" : ""}`]),
        ...(strayed ? [`${file}: ${target} has its home in ${home.join(" and ")}`] : []),
      ];
    });
    const code = text.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, "");
    return [
      ...found,
      ...(file !== "main.ts" && /\bprocess\s*[.[]|[({,=]\s*process\b|from "node:process"/.test(code)
        ? [`${file}: touches process`]
        : []),
      ...(/^export default\b|export \{[^}]*\bas default\b/m.test(code) ? [`${file}: has a default export`] : []),
      ...(/allowProto/.test(text) ? [`${file}: opens prototypes to templates`] : []),
      ...(text.trimEnd().split("\n").length > (longer[file] ?? mostLines)
        ? [`${file}: is longer than ${longer[file] ?? mostLines} lines`]
        : []),
    ];
  });
}

const read = (): Sources =>
  Object.fromEntries(
    readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".ts"))
      .map((file) => [file.replaceAll("\\", "/"), readFileSync(join(root, "src", file), "utf8")]),
  );

test("every file of src keeps to its layer", () => {
  expect(violations(read())).toEqual([]);
});

test("the table has no line for what is not there", () => {
  const files = Object.keys(read());
  const named = layers.flatMap(({ of, ours }) => [of, ...ours.map((one) => one.replace("type ", ""))]);
  const gone = named.filter((one) => one !== "package.json" && !files.some((file) => fits(one, file, true)));
  expect(gone).toEqual([]);
});

describe("what is wrong is found", () => {
  test.each([
    ["events.ts", 'import { x } from "./errors.ts";', "events.ts: imports errors.ts"],
    [
      "forges/gitlab/push.ts",
      'import type { Store } from "../../store/store.ts";',
      "forges/gitlab/push.ts: imports store/store.ts (type)",
    ],
    [
      "forges/wvs/push.ts",
      'import { x } from "../gitlab/push.ts";',
      "forges/wvs/push.ts: imports forges/gitlab/push.ts",
    ],
    [
      "slack/text.ts",
      'import { x } from "../templates/templates.ts";',
      "slack/text.ts: imports templates/templates.ts",
    ],
    ["store/hooks.ts", 'import { schemes } from "../forges/verify.ts";', "store/hooks.ts: imports forges/verify.ts"],
    [
      "store/hooks.ts",
      'import { schemes, type Scheme } from "../forges/verify.ts";',
      "store/hooks.ts: imports forges/verify.ts",
    ],
    ["store/hooks.ts", 'export { schemes } from "../forges/verify.ts";', "store/hooks.ts: imports forges/verify.ts"],
    ["send/sender.ts", 'const x = await import("../slack/client.ts");', "send/sender.ts: imports slack/client.ts"],
    [
      "templates/engine.ts",
      'import { WebClient } from "@slack/web-api";',
      "templates/engine.ts: imports @slack/web-api",
    ],
    [
      "templates/engine.ts",
      'import { WebClient } from "@slack/web-api";',
      "templates/engine.ts: @slack/web-api has its home in slack/",
    ],
    ["read/reader.ts", 'import {\n  sql,\n} from "kysely";', "read/reader.ts: imports kysely"],
    ["app/requests.ts", 'import { run } from "../commands/index.ts";', "app/requests.ts: imports commands/index.ts"],
    ["commands/list.ts", 'import { x } from "../slack/look.ts";', "commands/list.ts: imports slack/look.ts"],
    ["commands/list.ts", 'import { App } from "@slack/bolt";', "commands/list.ts: @slack/bolt has its home in app/"],
    ["cli/start.ts", 'import { x } from "../app/site.ts";', "cli/start.ts: imports app/site.ts"],
    ["cli/open.ts", "const home = process.env.HOME;", "cli/open.ts: touches process"],
    ["cli/open.ts", "const { env } = process;", "cli/open.ts: touches process"],
    ["cli/open.ts", "export default 1;", "cli/open.ts: has a default export"],
    [
      "templates/engine.ts",
      "const options = { allowProtoPropertiesByDefault: true };",
      "templates/engine.ts: opens prototypes to templates",
    ],
    ["new.ts", "", "new.ts: has no line in the table of layers"],
  ])("%s with %j", (file, text, says) => {
    expect(violations({ [file]: text })).toContain(says);
  });

  test("files that are too long", () => {
    expect(violations({ "pace.ts": "x\n".repeat(201) })).toEqual(["pace.ts: is longer than 200 lines"]);
    expect(violations({ "pace.ts": "x\n".repeat(200) })).toEqual([]);
  });

  test("and nothing else", () => {
    const fine = {
      "store/hooks.ts":
        '// import { x } of process.env\nimport type { Scheme } from "../forges/verify.ts";\nimport { type Rule } from "../rules/match.ts";',
      "templates/engine.ts":
        'import type { KnownBlock } from "@slack/web-api";\nimport { helpers } from "./helpers.ts";',
      "main.ts": "process.exitCode = 1;",
      "forges/wvs/push.ts": 'import { toEvent } from "../forge.ts";\nimport { z } from "zod";',
    };
    expect(violations(fine)).toEqual([]);
  });
});

describe("settings", () => {
  const config = readFileSync(join(root, "src/config.ts"), "utf8");
  const example = readFileSync(join(root, ".env.example"), "utf8");
  const inConfig = [...config.matchAll(/^ {2}([A-Z][A-Z_]+):/gm)].map(([, name = ""]) => name);
  const inExample = [...example.matchAll(/^#?([A-Z][A-Z_]+)=/gm)].map(([, name = ""]) => name);

  /** Set by a platform. */
  const notForUsers = ["DYNO"];
  /** Named by rules.yml, an example of a name that people choose. */
  const namedByRules = ["GITLAB_HOOK_SECRET"];

  test("each is in .env.example, and nothing else is", () => {
    expect(inConfig.length).toBeGreaterThan(8);
    expect(inExample.toSorted()).toEqual(
      [...inConfig.filter((name) => !notForUsers.includes(name)), ...namedByRules].toSorted(),
    );
  });

  test("the example sets nothing by itself", () => {
    expect(example.split("\n").filter((line) => line !== "" && !line.startsWith("#"))).toEqual([]);
  });
});
