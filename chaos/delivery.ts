/** What GitLab sends for a push to a branch that carries the delivery's number. */
export function pushOf(number: number, project: string): { headers: Record<string, string>; body: string } {
  const page = `https://gitlab.example/${project}`;
  const name = project.split("/").at(-1) ?? project;
  const after = shaOf(number);
  const body = {
    object_kind: "push",
    event_name: "push",
    before: shaOf(number + 0x7000_0000),
    after,
    ref: `refs/heads/${markOf(number)}`,
    checkout_sha: after,
    user_name: "Alice Ng",
    user_username: "alice",
    project: { id: 7, name, web_url: page, path_with_namespace: project, default_branch: "main", homepage: page },
    commits: [
      {
        id: after,
        message: "Cache the price list",
        title: "Cache the price list",
        timestamp: "2026-03-15T10:20:30+01:00",
        url: `${page}/-/commit/${after}`,
        author: { name: "Alice Ng", email: "alice@example.com" },
        added: [],
        modified: ["src/prices.ts"],
        removed: [],
      },
    ],
    total_commits_count: 1,
  };
  return { headers: headersOf(number, "Push Hook"), body: JSON.stringify(body) };
}

/** @param number of the delivery: a key of its own */
export const headersOf = (number: number, event: string): Record<string, string> => ({
  "content-type": "application/json",
  "x-gitlab-event": event,
  "idempotency-key": markOf(number),
});

export const shaOf = (number: number) => (number + 1).toString(16).padStart(40, "a");

/** What a text or a key carries that belongs to a delivery. */
export const markOf = (number: number): string => `chaos-${number}`;

/** The numbers that a posted text names. */
export const numbersIn = (text: string): number[] => [
  ...new Set([...text.matchAll(/\bchaos-(\d+)\b/g)].map(([, number]) => Number(number))),
];

/** The number in a stored delivery's key, undefined where it is none of ours. */
export function numberOfKey(key: string): number | undefined {
  const [, number] = /^idempotency-key:chaos-(\d+)/.exec(key) ?? [];
  return number === undefined ? undefined : Number(number);
}
