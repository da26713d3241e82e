import express, { type ErrorRequestHandler } from "express";
import { run } from "../commands/index.ts";
import type { Config, SlackAppConfig } from "../config.ts";
import { forges } from "../forges/index.ts";
import type { Log } from "../log.ts";
import type { Routes } from "../operation/routes.ts";
import { missing } from "../pages/missing.ts";
import type { ChatOf } from "../send/chats.ts";
import { createLook } from "../slack/look.ts";
import { createUnfurl } from "../slack/unfurl.ts";
import type { Store } from "../store/store.ts";
import { findToken, slackWorkspace } from "../store/workspaces.ts";
import type { Templates } from "../templates/templates.ts";
import { createSlackApp } from "./app.ts";
import { createInstall } from "./install.ts";
import { leaveInstalled, leaveOnly } from "./leave.ts";
import { scopesFor, slackPaths } from "./manifest.ts";
import { createRespond } from "./respond.ts";
import { installedWorkspace, knownWorkspace, onlyWorkspace } from "./who.ts";

export interface SiteParts {
  config: Config & { app: SlackAppConfig };
  store: Store;
  templates: Templates;
  chatOf: ChatOf;
  /** the address of a hook */
  hookUrl: (id: string) => string;
  /** tells the operator */
  say: (text: string) => void;
  log: Log;
}

/** All that Slack, and who installs the app, ask of a process that receives. */
export interface Site {
  /** `/slack/events`, and where it is installed by a click `/slack/install` and what follows */
  routes: Routes;
  start(): void;
  stop(): Promise<void>;
}

/** This file is loaded only where it is used: Bolt takes memory that a preview does not need. */
export function createSite({ config, store, templates, chatOf, hookUrl, say, log }: SiteParts): Site {
  const { app: settings, slack, slackApiUrl: apiUrl, url } = config;
  const tokenOf = async (id: string) => (id === slackWorkspace.id ? slack?.token : findToken(store, id));
  const look = createLook(tokenOf, apiUrl);
  const only = onlyWorkspace(look);
  const app = createSlackApp({
    config: settings,
    apiUrl,
    store,
    say,
    log,
    run,
    leave: settings.oauth ? leaveInstalled(store, look) : leaveOnly(store),
    workspaceOf: settings.oauth ? installedWorkspace(store) : only,
    eventWorkspaceOf: settings.oauth ? knownWorkspace(store) : only,
    respond: createRespond(apiUrl),
    unfurl: createUnfurl(tokenOf, apiUrl),
    installUrl: settings.oauth && url && `${url}${slackPaths.install}`,
    desk: {
      store,
      forges,
      templates,
      look,
      hookUrl,
      log,
      post: async ({ workspace, channel }, message) => {
        const chat = await chatOf(workspace);
        if (!chat) throw new Error("the workspace has no token");
        await chat.post(channel, message);
      },
    },
  });
  const site = express();
  site.disable("x-powered-by");
  if (config.trustProxy !== undefined) site.set("trust proxy", config.trustProxy);
  site.use(app.web);
  const { oauth } = settings;
  if (oauth && url) site.use(createInstall({ store, log, oauth, scopes: scopesFor(config.unfurl), url, apiUrl }));
  site.use((request, response) => {
    if (!missing(request, response)) response.status(404).json({ error: "not found" });
  });
  const onError: ErrorRequestHandler = (error: unknown, _request, response, _next) => {
    log.warn({ error }, "a request of Slack's could not be answered");
    if (response.headersSent) response.destroy();
    else response.status(statusOf(error)).json({ error: "not taken" });
  };
  site.use(onError);
  return {
    routes: (request, response) => {
      if (!request.url?.startsWith("/slack/")) return false;
      site(request, response);
      return true;
    },
    start: app.start,
    stop: app.stop,
  };
}

/** What a parser of bodies says, else 503. */
const statusOf = (error: unknown): number => {
  const status = typeof error === "object" && error !== null && "status" in error ? Number(error.status) : 503;
  return status >= 400 && status < 600 ? status : 503;
};
