import { actionPayload, buttonIn, commandFields, eventEnvelope } from "./fake-slack/bodies.ts";
import { type Replies, watchReplies } from "./fake-slack/replies.ts";
import type { Acknowledged } from "./fake-slack/socket.ts";
import type { FakeSlack } from "./fake-slack.ts";
import { type ActionRequest, type CommandRequest, type EventRequest, openResponse } from "./fake-slack-sender.ts";

export interface SentBySocket extends Replies {
  acknowledged: Acknowledged;
}

export interface SocketSender {
  command(request: CommandRequest): Promise<SentBySocket>;
  action(request: ActionRequest): Promise<SentBySocket>;
  event(request: EventRequest): Promise<Acknowledged>;
}

/** Slack's requests over the app's socket. Each rejects where no acknowledgement comes in time. */
export function createSocketSender(fake: FakeSlack): SocketSender {
  const { world, sockets } = fake;
  return {
    async command({ command = "/belfry", text, ...from }) {
      const url = openResponse(fake, "commands", from);
      const payload = commandFields(world, from, command, text, url);
      return { acknowledged: await sockets.send("slash_commands", payload), ...watchReplies(fake, url) };
    },
    async action({ button, message, ...from }) {
      const url = openResponse(fake, "actions", from, message?.ts);
      const pressed = typeof button === "string" ? buttonIn(message, button) : button;
      const payload = actionPayload(world, from, pressed, message, url);
      return { acknowledged: await sockets.send("interactive", payload), ...watchReplies(fake, url) };
    },
    event: ({ event, ...from }) => sockets.send("events_api", eventEnvelope(world, from, event)),
  };
}
