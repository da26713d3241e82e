import { createHash, randomBytes } from "node:crypto";
import { type Installation, InstallProvider } from "@slack/oauth";
import { type RequestHandler, Router } from "express";
import { RateLimiterMemory } from "rate-limiter-flexible";
import type { Log } from "../log.ts";
import { failedPage, installedPage } from "../pages/install.ts";
import { sendPage } from "../pages/page.ts";
import { pausedBy } from "../send/failure.ts";
import { workspaceWords } from "../slack/errors.ts";
import { slackFetch } from "../slack/fetch.ts";
import { install } from "../store/install.ts";
import { addNonce, takeNonce } from "../store/nonces.ts";
import type { Store } from "../store/store.ts";
import { boltLog } from "./bolt-log.ts";
import { slackPaths } from "./manifest.ts";

export interface InstallParts {
  store: Store;
  log: Log;
  oauth: { clientId: string; clientSecret: string };
  /** what the app may do, as the manifest says */
  scopes: readonly string[];
  /** our public address, without a slash at its end */
  url: string;
  /** another address of Slack's API */
  apiUrl: string | undefined;
}

const lasts = 600;
/** `__Host-` keeps it to this very host. */
const cookie = "__Host-belfry-install";
/** A browser waits for the answer: by itself the client would try for half an hour. */
const patience = { retryConfig: { retries: 2, minTimeout: 200 }, rejectRateLimitedCalls: true, timeout: 5_000 };
/** Installs that one address may begin: each writes a row. */
const mostBegun = { points: 20, duration: 60 };

/** `/slack/install` sends people to Slack, `/slack/oauth_redirect` takes them back with a code for the token. */
export function createInstall({ store, log, oauth, scopes, url, apiUrl }: InstallParts): Router {
  const options = { scopes: [...scopes], redirectUri: `${url}${slackPaths.redirect}` };
  const limiter = new RateLimiterMemory(mostBegun);
  /** how many rules an install found paused, for its page */
  const pausedRules = new WeakMap<object, number>();
  const installer = new InstallProvider({
    ...oauth,
    stateCookieName: cookie,
    // Used once and kept by us: what comes with the library is a token that can be used again.
    stateStore: {
      generateStateParam: async () => {
        const state = randomBytes(32).toString("base64url");
        await addNonce(store, keyOf(state), new Date(store.now().getTime() + lasts * 1000));
        return state;
      },
      verifyStateParam: async (_now, state) => {
        if (await takeNonce(store, keyOf(state))) return options;
        throw Object.assign(new Error("this state was not given out, was used, or is too old"), { code: expired });
      },
    },
    installationStore: {
      storeInstallation: async (installation) =>
        void pausedRules.set(installation, await keep(store, installation as Installation<"v2">)),
      fetchInstallation: () => Promise.reject(new Error("installs are looked up by who.ts")),
    },
    logger: boltLog(log),
    clientOptions: { ...patience, fetch: slackFetch, ...(apiUrl !== undefined && { slackApiUrl: apiUrl }) },
    ...(apiUrl !== undefined && { authorizationUrl: new URL("/oauth/v2/authorize", apiUrl).href }),
  });

  const begin: RequestHandler = async (request, response) => {
    const isAllowed = await limiter.consume(request.ip ?? "").then(
      () => true,
      () => false,
    );
    if (!isAllowed) return sendPage(response, 429, failedPage({ why: "busy" }));
    const address = await installer.generateInstallUrl(options);
    const state = new URL(address).searchParams.get("state");
    // The library's own cookie has no SameSite.
    response.setHeader("Set-Cookie", `${cookie}=${state}; Secure; HttpOnly; SameSite=Lax; Path=/; Max-Age=${lasts}`);
    response.redirect(302, address);
  };

  const finish: RequestHandler = async (request, response) => {
    await installer.handleCallback(request, response, {
      success: (installation) => {
        const { team, enterprise, appId } = installation;
        log.info({ workspace: team?.id ?? enterprise?.id }, "the Slack app was installed");
        const teamName = team?.name ?? enterprise?.name;
        const paused = pausedRules.get(installation) ?? 0;
        sendPage(response, 200, installedPage({ teamName, teamId: team?.id, appId, paused }));
      },
      failure: (error) => {
        log.warn({ code: error.code }, "an install did not come to its end");
        sendPage(response, 400, failedPage({ why: whyOf(error.code, request.query["error"]) }));
      },
    });
  };

  const router = Router();
  router.get(slackPaths.install, begin);
  router.get(slackPaths.redirect, finish);
  return router;
}

const expired = "slack_oauth_invalid_state";

function whyOf(code: string, said: unknown): "cancelled" | "expired" | "failed" {
  if (said === "access_denied") return "cancelled";
  return code === expired || code === "slack_oauth_missing_state" ? "expired" : "failed";
}

const keyOf = (state: string) => `install:${createHash("sha256").update(state).digest("base64url")}`;

/** @returns how many rules of before are paused; throws Error where Slack gave no token: an install without one could do nothing */
async function keep(store: Store, installation: Installation<"v2">): Promise<number> {
  const { team, enterprise, isEnterpriseInstall, bot, user } = installation;
  const whole = isEnterpriseInstall ? enterprise : team;
  if (!whole || !bot) throw new Error("Slack told no workspace or no token");
  const told = { id: whole.id, token: bot.token, name: whole.name, botUser: bot.userId, installer: user.id };
  return install(store, told, workspaceWords.map(pausedBy));
}
