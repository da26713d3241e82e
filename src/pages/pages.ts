import type { Routes } from "../operation/routes.ts";
import { landingPage } from "./landing.ts";
import { sendPage } from "./page.ts";
import { type PrivacyOptions, privacyPage } from "./privacy.ts";
import { supportPage } from "./support.ts";

export interface PagesOptions extends PrivacyOptions {
  /** the app can be added to a workspace here, by OAuth */
  canInstall: boolean;
  /** where people reach whoever runs this Belfry */
  supportUrl?: string | undefined;
}

/** `/`, `/privacy` and `/support`, for GET and HEAD. They are the same for everybody, so they are made once. */
export function createPages(options: PagesOptions): Routes {
  const pages = new Map([
    ["/", landingPage(options)],
    ["/privacy", privacyPage(options)],
    ["/support", supportPage(options)],
  ]);
  return (request, response) => {
    const page = pages.get(request.url?.split("?", 1)[0] ?? "");
    if (page === undefined || (request.method !== "GET" && request.method !== "HEAD")) return false;
    sendPage(response, 200, page, { "cache-control": "public, max-age=300" });
    return true;
  };
}
