import { App, type Context, ExpressReceiver } from "@slack/bolt";
import express, { type Express, type RequestHandler } from "express";
import type { SlackAppConfig } from "../config.ts";
import type { Log } from "../log.ts";
import { within } from "../work/within.ts";
import { acknowledgeWhenDone } from "./acknowledge.ts";
import { boltLog } from "./bolt-log.ts";
import { type EventParts, handlers } from "./events.ts";
import { slackPaths, slashCommand } from "./manifest.ts";
import { untilDone } from "./once.ts";
import { buttonId } from "./reply-message.ts";
import { handle, type Request, type RequestParts } from "./requests.ts";
import { refuseUnsigned } from "./signed-now.ts";
import { createSocket } from "./socket.ts";
import type { Source } from "./who.ts";

export interface SlackAppParts extends RequestParts, EventParts {
  config: SlackAppConfig;
  /** another address of Slack's API */
  apiUrl: string | undefined;
  /** tells the operator */
  say: (text: string) => void;
  log: Log;
}

export interface SlackApp {
  /** answers `/slack/events`; nothing of it where requests come over a socket */
  web: Express;
  /** Opens the socket, where there is one, and waits for nothing. */
  start(): void;
  /** Takes on nothing more: requests over HTTP get 503 from now on. Finishes what is under way. */
  stop(): Promise<void>;
}

/** Milliseconds that a stop waits for commands and events under way. */
const mostSettling = 3_000;
/** A click carries the message that it was made on. */
const bodyLimit = "1mb";

/** What Slack sends us, over HTTP with a signature or over a socket: commands, clicks, events. */
export function createSlackApp(parts: SlackAppParts): SlackApp {
  const { config, apiUrl, say, log } = parts;
  const web = express();
  web.disable("x-powered-by");
  const underWay = new Set<Promise<void>>();
  let isStopping = false;
  const refuseLate: RequestHandler = (_request, response, next) => {
    if (isStopping) response.status(503).end();
    else next();
  };
  const logger = boltLog(log);
  const { appToken } = config;
  const socket = appToken === undefined ? undefined : createSocket({ appToken, apiUrl, say, log });
  const app = new App({
    receiver: socket?.receiver ?? httpReceiver(),
    // Which workspace it is, and whether it has the app, is decided by `workspaceOf`: Bolt needs no token.
    authorize: async () => ({}),
    ...(apiUrl !== undefined && { clientOptions: { slackApiUrl: apiUrl } }),
    logger,
    ignoreSelf: false,
  });
  if (socket) acknowledgeWhenDone(app);

  function httpReceiver() {
    web.use(slackPaths.events, readAway, refuseLate, refuseUnsigned);
    return new ExpressReceiver({
      app: web,
      signingSecret: config.signingSecret ?? "",
      endpoints: slackPaths.events,
      logger,
      bodyLimit,
      // The answer waits for the listener. Those of commands and clicks leave their work behind and are done at once; an
      // event's fails with its work, and Slack sends it again.
      processBeforeResponse: true,
    });
  }

  /** A stop waits for it, however it ends; that it failed is the caller's. */
  function goOn(work: Promise<void>): Promise<void> {
    const settled = work.catch(() => undefined);
    underWay.add(settled);
    void settled.then(() => underWay.delete(settled));
    return work;
  }

  /** What is under way may begin more. */
  async function untilIdle(): Promise<void> {
    while (underWay.size > 0) await Promise.all(underWay);
  }

  app.command(slashCommand.command, async ({ command, context, ack }) => {
    await ack();
    const request: Request = {
      kind: "command",
      trigger: command.trigger_id,
      source: sourceOf(context),
      person: command.user_id,
      personTeam: command.team_id,
      channel: command.channel_id,
      channelName: nameOf(command.channel_name),
      text: command.text,
      address: command.response_url,
    };
    void goOn(handle(parts, request));
  });

  app.action(
    { type: "block_actions", action_id: new RegExp(`^${buttonId}_`) },
    async ({ body, action, context, ack }) => {
      await ack();
      if (body.type !== "block_actions" || action.type !== "button") return;
      const request: Request = {
        kind: "action",
        trigger: body.trigger_id,
        source: sourceOf(context),
        person: body.user.id,
        personTeam: body.user.team_id,
        channel: body.channel?.id ?? "",
        channelName: nameOf(body.channel?.name),
        text: action.value ?? "",
        address: body.response_url,
      };
      void goOn(handle(parts, request));
    },
  );

  for (const [name, handler] of Object.entries(handlers)) {
    app.event(name, ({ event, body, context }) =>
      goOn(
        untilDone(parts.store, "event", body.event_id, () => handler(parts, sourceOf(context), event)).catch(
          (error: unknown) => {
            log.error({ error, event: name }, "an event of Slack's could not be handled; it is sent again");
            throw error;
          },
        ),
      ),
    );
  }
  // What is thrown on makes the receiver answer that it failed.
  app.error(async (error) => {
    logger.error(error);
    throw error;
  });

  return {
    web,
    start: () => socket?.start(),
    stop: async () => {
      isStopping = true;
      await socket?.stop();
      await within(mostSettling, untilIdle());
    },
  };
}

/** Slack keeps the names of private channels to itself. */
const nameOf = (name: string | undefined) =>
  name === undefined || /^(directmessage|privategroup|mpdm-.*)$/.test(name) ? undefined : name;

/** Of a body that is too large Bolt leaves the rest unread, and no other request would come through on its connection. */
const readAway: RequestHandler = (request, response, next) => {
  response.once("finish", () => request.resume());
  next();
};

const sourceOf = ({ teamId, enterpriseId, isEnterpriseInstall }: Context): Source => ({
  team: teamId,
  organization: enterpriseId,
  isOrganization: isEnterpriseInstall,
});
