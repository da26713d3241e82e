import { mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { failedPage, installedPage } from "../../src/pages/install.ts";
import { sendPage } from "../../src/pages/page.ts";
import { createPages } from "../../src/pages/pages.ts";
import { findChromium, openChromium } from "../support/chromium.ts";

/**
 * The pages in a real browser, where there is one: set BELFRY_CHROMIUM or have `chromium` on PATH. With
 * BELFRY_PICTURES=docs the pictures of the landing page are made anew.
 */

const chromium = findChromium();
if (!chromium) console.info("left out: the pages in a browser, because there is no Chromium (BELFRY_CHROMIUM)");

const pages = createPages({ canInstall: true, keep: { bodies: 7 * 86_400_000, rows: 30 * 86_400_000 } });
const results: Record<string, string> = {
  "/installed": installedPage({ teamName: "A".repeat(80), teamId: "T0123456789", appId: "A0123456789" }),
  "/failed": failedPage({ why: "failed" }),
};
const server = createServer((request, response) => {
  if (!pages(request, response)) sendPage(response, 200, results[request.url ?? ""] ?? "");
});

const paths = ["/", "/privacy", "/support", "/installed", "/failed"];
/** A desktop, a phone, and what 400 % of a desktop are. */
const widths = [1280, 390, 320];

describe.runIf(chromium)("in a browser", () => {
  let browser: Awaited<ReturnType<typeof openChromium>>;
  let url = "";
  beforeAll(async () => {
    browser = await openChromium(chromium ?? "");
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    url = `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
  });
  afterAll(async () => {
    await browser.close();
    server.close();
  });

  test.each(paths.flatMap((path) => widths.map((width) => ({ path, width }))))(
    "$path fits into $width pixels, and keeps to its own policy",
    async ({ path, width }) => {
      const { scrollWidth, complaints, png } = await browser.look(`${url}${path}`, width);
      expect({ scrollWidth, complaints }).toEqual({ scrollWidth: width, complaints: [] });
      expect(png.subarray(1, 4).toString()).toBe("PNG");
    },
  );

  const folder = process.env["BELFRY_PICTURES"];
  test.runIf(folder)("pictures", async () => {
    mkdirSync(folder ?? "", { recursive: true });
    for (const [name, path, width, scheme] of [
      ["landing", "/", 1280, "light"],
      ["landing-phone", "/", 390, "light"],
      ["landing-dark", "/", 1280, "dark"],
      ["landing-phone-dark", "/", 390, "dark"],
      ["privacy", "/privacy", 1280, "light"],
      ["support-phone", "/support", 390, "dark"],
      ["installed", "/installed", 1280, "light"],
    ] as const) {
      const { png } = await browser.look(`${url}${path}`, width, scheme);
      writeFileSync(join(folder ?? "", `${name}.png`), png);
    }
  });
});
