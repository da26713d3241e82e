import type { Log } from "../log.ts";
import type { ChatOf } from "../send/chats.ts";
import { pausedBy } from "../send/failure.ts";
import { ChatError, workspaceWords } from "../slack/errors.ts";
import { resumeRules } from "../store/pause-rules.ts";
import type { Store } from "../store/store.ts";
import { slackWorkspace } from "../store/workspaces.ts";
import type { Io } from "./io.ts";

interface Parts {
  io: Pick<Io, "out">;
  store: Store;
  chatOf: ChatOf;
  log: Log;
}

/**
 * Asks Slack at the start whether it takes SLACK_BOT_TOKEN, and says so if it does not, or does not answer. If it does, the rules that were
 * paused because of the token go on. Never rejects: nothing waits for the answer.
 */
export async function checkSlack({ io, store, chatOf, log }: Parts): Promise<void> {
  const workspace = slackWorkspace.id;
  try {
    const chat = await chatOf(workspace);
    if (!chat?.check) return;
    await chat.check();
    const rules = await resumeRules(store, workspace, workspaceWords.map(pausedBy));
    if (rules > 0) io.out(`Slack takes the token again: ${rules === 1 ? "1 rule goes" : `${rules} rules go`} on.`);
  } catch (error) {
    if (error instanceof ChatError && error.outcome === "workspace") {
      io.out(
        `Slack does not take SLACK_BOT_TOKEN: ${error.reason}. Set the bot token of your app, xoxb-…, and start again.`,
      );
    } else if (error instanceof ChatError) {
      io.out(
        `Slack could not be asked whether it takes SLACK_BOT_TOKEN: ${error.reason}. Messages wait until it answers.`,
      );
    } else log.warn({ error }, "Slack could not be asked whether it takes the token");
  }
}
