import { type ChildProcess, spawn } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { temporaryFolder } from "./belfry.ts";

/** Chromium on this machine: BELFRY_CHROMIUM, else the one on PATH. */
export function findChromium(): string | undefined {
  const { BELFRY_CHROMIUM, PATH = "" } = process.env;
  const candidates = BELFRY_CHROMIUM
    ? [BELFRY_CHROMIUM]
    : PATH.split(delimiter).flatMap((folder) => ["chromium", "chromium-browser"].map((name) => join(folder, name)));
  return candidates.find((path) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

export interface Look {
  width: number;
  /** of the page as a whole, with what sticks out */
  scrollWidth: number;
  /** what the browser complained about, such as what the Content-Security-Policy refused */
  complaints: string[];
  png: Buffer;
}

export interface View {
  width: number;
  height?: number;
  scheme?: "light" | "dark";
  scale?: number;
}

export interface Page {
  /** what the browser complained about so far */
  complaints: string[];
  /** runs an expression in the page; what it returns goes through JSON */
  evaluate: (expression: string) => Promise<unknown>;
  /** the whole page as PNG */
  picture: () => Promise<Buffer>;
  close: () => Promise<void>;
}

type Fields = Record<string, unknown>;

/** A browser without a window, driven by the DevTools protocol. https://chromedevtools.github.io/devtools-protocol/ */
export async function openChromium(path: string) {
  const { folder, remove } = temporaryFolder();
  const browser = spawn(
    path,
    [
      "--headless=new",
      "--no-sandbox",
      "--disable-gpu",
      "--disable-dev-shm-usage",
      "--hide-scrollbars",
      "--remote-debugging-port=0",
      `--user-data-dir=${folder}`,
      "about:blank",
    ],
    { stdio: ["ignore", "ignore", "pipe"] },
  );
  const socket = new WebSocket(await addressOf(browser));
  await new Promise((resolve, reject) => {
    socket.addEventListener("open", resolve);
    socket.addEventListener("error", () => reject(new Error("Chromium does not answer")));
  });

  const answers = new Map<number, (answer: Fields) => void>();
  const listeners = new Set<(method: string, params: Fields, session: unknown) => void>();
  socket.addEventListener("message", ({ data }) => {
    const { id, method, params, sessionId, result, error } = JSON.parse(String(data));
    if (id !== undefined) answers.get(id)?.(result ?? { error });
    else for (const tell of listeners) tell(method, params, sessionId);
  });
  let last = 0;
  const send = (method: string, params: Fields = {}, sessionId?: string): Promise<Fields> =>
    new Promise((resolve) => {
      const id = ++last;
      answers.set(id, resolve);
      socket.send(JSON.stringify({ id, method, params, ...(sessionId !== undefined && { sessionId }) }));
    });

  /** Opens a page at a width of CSS pixels, by day or by night; `scale` is how many pixels of the picture one of them is. */
  async function open(url: string, { width, height = 800, scheme = "light", scale = 1 }: View): Promise<Page> {
    const { targetId } = await send("Target.createTarget", { url: "about:blank" });
    const { sessionId } = await send("Target.attachToTarget", { targetId, flatten: true });
    const ask = (method: string, params: Fields = {}) => send(method, params, String(sessionId));
    const complaints: string[] = [];
    let tell: (method: string, params: Fields, session: unknown) => void = () => {};
    const loaded = new Promise<void>((resolve) => {
      tell = (method, params, session) => {
        if (session !== sessionId) return;
        if (method === "Log.entryAdded") complaints.push(JSON.stringify(params["entry"]));
        if (method === "Runtime.exceptionThrown") complaints.push(JSON.stringify(params["exceptionDetails"]));
        if (method === "Page.loadEventFired") resolve();
      };
      listeners.add(tell);
    });
    for (const domain of ["Log", "Page", "Runtime"]) await ask(`${domain}.enable`);
    await ask("Emulation.setEmulatedMedia", { features: [{ name: "prefers-color-scheme", value: scheme }] });
    await ask("Emulation.setDeviceMetricsOverride", { width, height, deviceScaleFactor: scale, mobile: width < 600 });
    await ask("Page.navigate", { url });
    await loaded;
    const evaluate = async (expression: string): Promise<unknown> => {
      const { result } = await ask("Runtime.evaluate", { expression, returnByValue: true, awaitPromise: true });
      return (result as { value?: unknown } | undefined)?.value;
    };
    return {
      complaints,
      evaluate,
      async picture() {
        const tall = Number(await evaluate("document.documentElement.scrollHeight"));
        const { data } = await ask("Page.captureScreenshot", {
          format: "png",
          captureBeyondViewport: true,
          clip: { x: 0, y: 0, width, height: tall, scale: 1 },
        });
        return Buffer.from(String(data), "base64");
      },
      async close() {
        listeners.delete(tell);
        await send("Target.closeTarget", { targetId });
      },
    };
  }

  return {
    open,
    /** Shows a page at a width of CSS pixels, by day or by night. */
    async look(url: string, width: number, scheme: "light" | "dark" = "light"): Promise<Look> {
      const page = await open(url, { width, scheme });
      const scrollWidth = Number(await page.evaluate("document.documentElement.scrollWidth"));
      const png = await page.picture();
      await page.close();
      return { width, scrollWidth, complaints: page.complaints, png };
    },
    async close() {
      const ended = new Promise((resolve) => browser.once("exit", resolve));
      socket.close();
      browser.kill();
      await ended;
      remove();
    },
  };
}

/** Chromium prints where it listens. */
function addressOf(browser: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = "";
    browser.stderr?.on("data", (chunk) => {
      said += chunk;
      const [, address] = /DevTools listening on (ws:\/\/\S+)/.exec(said) ?? [];
      if (address) resolve(address);
    });
    browser.once("error", reject);
    browser.once("exit", () => reject(new Error(`Chromium ended: ${said.slice(-500)}`)));
  });
}
