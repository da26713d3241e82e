import { App, ExpressReceiver } from "@slack/bolt";

/** A Bolt app behind its ExpressReceiver. https://docs.slack.dev/tools/bolt-js/reference */

const { PORT, BENCH_SECRET } = process.env;
const receiver = new ExpressReceiver({ signingSecret: BENCH_SECRET, endpoints: "/hooks" });
const app = new App({
  receiver,
  authorize: async () => ({ botToken: "xoxb-bench", botId: "B1", botUserId: "U1" }),
});
app.event("app_mention", async () => {});
await app.start({ port: Number(PORT), host: "127.0.0.1" });
process.once("SIGTERM", () => process.exit());
