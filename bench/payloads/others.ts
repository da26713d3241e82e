import type { Payload } from "./gitlab.ts";
import { sized } from "./sized.ts";

/** What the peers are made for, as large as GitLab's. Their signatures cover the body, so it has no places. */

const host = "https://github.example.com";
const octocat = { login: "octocat", id: 1, type: "User", url: `${host}/api/v3/users/octocat`, site_admin: false };

/** https://docs.github.com/en/webhooks/webhook-events-and-payloads#push */
export const githubPush = (bytes: number): Payload => ({
  event: "push",
  body: sized(bytes, (files, filler) => ({
    ...{ ref: "refs/heads/main", before: "b".repeat(40), after: "a".repeat(40), created: false, forced: false },
    repository: {
      ...{ id: 186853002, node_id: "MDEwOlJlcG9zaXRvcnkxODY4NTMwMDI=", name: "prices", full_name: "shop/prices" },
      ...{ private: true, owner: octocat, html_url: `${host}/shop/prices`, default_branch: "main" },
    },
    ...{ pusher: { name: "octocat", email: "octocat@example.com" }, sender: octocat, installation: { id: 1 } },
    compare: `${host}/shop/prices/compare/b...a`,
    commits: Array.from({ length: Math.min(20, files) }, (_, at) => ({
      ...{ id: "a".repeat(40), tree_id: "c".repeat(40), distinct: true, message: `Cache the price list, part ${at}` },
      ...{ timestamp: "2026-03-15T10:20:30+01:00", url: `${host}/shop/prices/commit/a`, author: octocat },
      added: at === 0 ? [`notes/${filler}`] : [],
      modified: Array.from({ length: Math.ceil((files - at) / 20) }, (_, file) => `src/prices/part-${at}/${file}.ts`),
      removed: [],
    })),
    head_commit: null,
  })),
});

/** https://docs.slack.dev/reference/events/app_mention */
export const slackMention = (bytes: number): Payload => ({
  event: "app_mention",
  body: sized(bytes, (parts, filler) => ({
    ...{ token: "none", team_id: "T061EG9R6", api_app_id: "A0MDYCDME", type: "event_callback" },
    ...{ event_id: "Ev0MDYHUEL", event_time: 1_773_566_430, authorizations: [{ team_id: "T061EG9R6", is_bot: true }] },
    event: {
      ...{ type: "app_mention", user: "U061F7AUR", ts: "1773566430.000100", channel: "C061EG9SL", text: filler },
      blocks: Array.from({ length: parts }, (_, at) => ({
        ...{ type: "rich_text", block_id: `b${at}` },
        elements: [{ type: "rich_text_section", elements: [{ type: "text", text: `What came of part ${at}?` }] }],
      })),
    },
  })),
});
