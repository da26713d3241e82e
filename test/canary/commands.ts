import { until } from "../support/belfry.ts";
import type { Fault } from "../support/fake-slack/faults.ts";
import { type } from "./acts.ts";
import type { Stage } from "./stage.ts";

const bob = { team: "T0B", channel: "C0B0", user: "U0BALICE" };

/** Lines with secrets in them, wrong ones, answers that Slack does not take, requests that are none of Slack's. */
export async function commands(stage: Stage): Promise<void> {
  const { app, canaries } = stage;
  const typed = (name: string) => canaries.plant(`typed-${name}`, "typed");
  const lines = [
    typed("alone"),
    `connect gitlab https://oauth2:${typed("userinfo")}@gitlab.acme.example/g/p`,
    `connect https://gitlab.acme.example/g/p?private_token=${typed("query")}#${typed("hash")}`,
    `connect gitlab https://gitlab.acme.example/g/q?private_token=${typed("query with a forge")}`,
    `connect gitlab secret:${typed("connect")}`,
    `connections rotate gitlab ${typed("rotate")}`,
    `disconnect ${typed("disconnect")}`,
    `subscribe https://gitlab.acme.example/g/p?private_token=${typed("subscribe")} pipeline confidential:yes`,
    `subscribe https://oauth2:${typed("clone")}@gitlab.acme.example/g/r.git`,
    `subscribe secret:${typed("condition")}`,
    `explain https://gitlab.acme.example/g/p/-/merge_requests/1?private_token=${typed("explain")}`,
    `explain https://oauth2:${typed("explain-userinfo")}@gitlab.acme.example/acme/shop/api/-/merge_requests/1`,
    ...["mute for", "unmute", "show", "pause", "edit", "test", "replay", "deliveries", "audit", "help", "list"].map(
      (name) => `${name} ${typed(name.replace(" ", "-"))}`,
    ),
    `help ${typed("long")} ${"x".repeat(8_000)}`,
  ];
  for (const line of lines) await type(stage, bob, line);
  for (const method of ["users.info", "conversations.info"])
    for (const fault of ["reset", "fatal_error", 500, "invalid_auth"] satisfies Fault[]) {
      app.fake.failNext(method, fault);
      await type(stage, bob, `subscribe g/p-${typed("while Slack fails").slice(-6)}`);
      app.fake.clearFaults();
    }
  const unanswered = () => app.belfry.output().split("an answer did not reach who asked").length;
  const refused = async (elsewhere?: string) => {
    const before = unanswered();
    const responseUrl = elsewhere !== undefined && { responseUrl: elsewhere };
    const sent = await app.slack.command({ ...bob, text: typed("refused answer"), ...responseUrl });
    if (elsewhere === undefined) canaries.watch("response_url", sent.responseUrl.split("/").at(-1) ?? "");
    await until(unanswered, (times) => times > before);
  };
  const echo = { body: canaries.plant("what Slack echoes to an answer"), status: 500 };
  for (const fault of [404, "reset", echo]) {
    // Another answer may turn to “working” meanwhile.
    for (let times = 0; times < 9; times += 1) app.fake.failNext("response_url", fault);
    await refused();
    app.fake.clearFaults();
  }
  const elsewhere = `http://127.0.0.1:9/${canaries.plant("elsewhere")}`;
  for (const address of [elsewhere, `https://${canaries.plant("user")}@hooks.slack.com/x`, canaries.plant("none")])
    await refused(address);
  for (const signature of ["bad", "v1", "short", "missing"] as const)
    await app.slack.command({ ...bob, text: canaries.plant(`signature ${signature}`) }, { signature });
  await app.slack.raw("application/json", `{"${canaries.plant("broken request")}`);
  // Bolt answers what it knows no handler for after three seconds; Slack never sends it.
  await app.slack.json({ a: canaries.plant("no request") }).catch(() => undefined);
  await app.slack.form({ payload: `{"${canaries.plant("broken payload")}` });
  await app.slack.form({ token: canaries.plant("huge request") }, { padding: 3_000_000 });
}
