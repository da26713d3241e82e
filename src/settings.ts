import { isIP } from "node:net";
import { z } from "zod";
import type { Pace } from "./pace.ts";

/** What the values of settings look like. Each problem says what would be right, and never repeats the value. */

const portWords = "must be a number from 0 to 65535";
export const Port = z
  .string()
  .regex(/^\d{1,5}$/, portWords)
  .transform(Number)
  .refine((number) => number <= 65_535, portWords);

export const Url = z.url({ protocol: /^https?$/, error: "must be an address that begins with http:// or https://" });

/** Where people reach somebody: a page, or an address for mail. */
export const Contact = z
  .url({ protocol: /^(https?|mailto)$/, error: "must be an address that begins with http://, https:// or mailto:" })
  .refine((value) => !value.startsWith("mailto:") || value.includes("@"), "must have an @ behind mailto:");

export const SlackToken = z.string().regex(/^xoxb-/, "must start with xoxb-");

export const SlackAppToken = z.string().regex(/^xapp-/, "must start with xapp-");

/** As Slack shows them under *Basic Information*. */
export const SlackSecret = z
  .string()
  .regex(/^[\w.-]{16,200}$/, "must be the value that Slack shows under Basic Information");

export const SlackClientId = z
  .string()
  .regex(/^\d+\.\d+$/, "must be two numbers with a dot between, as Slack shows it");

/** A request carries it in a header, so it is one word; short ones are guessed. */
export const MetricsToken = z
  .string()
  .regex(/^[!-~]{16,200}$/, "must be 16 to 200 letters and digits, such as those of: openssl rand -hex 16");

/** `1/s`, `240/min burst 20`; undefined for `off`. */
export const PaceSetting = z
  .string()
  .transform(reading(toPace, "must look like 1/s, 240/min burst 20 or off (at most 1000 of each)"));

const units: Record<string, number> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `30s`, `10m`, `12h`, `7d`: in milliseconds. */
export const Duration = z
  .string()
  .transform(reading(toDuration, "must be a number with s, m, h or d, such as 30m or 7d (at most 3650d)"));

/** What came twice is told by rows of a day and an hour. */
export const RowsKept = Duration.refine((milliseconds) => milliseconds >= 2 * 86_400_000, "must be at least 2d");

/** Express' `trust proxy`: https://expressjs.com/en/guide/behind-proxies.html */
export const Proxies = z
  .string()
  .refine(isProxies, "must be a number of proxies, or their addresses with commas between")
  .transform((value) => (/^\d+$/.test(value) ? Number(value) : value));

/** Slack asks about links of so many hosts at most. */
const mostHosts = 5;

/** `gitlab.acme.io,git.acme.io`: hosts as Slack takes them, without a port. @returns what is wrong where something is */
export function readHosts(value: string): string[] | string {
  const hosts = value.split(",").flatMap((part) => part.trim().toLowerCase() || []);
  if (hosts.length > mostHosts) return `takes at most ${mostHosts} hosts`;
  const isHost = (host: string) => host.length <= 255 && /^(?!-)[a-z0-9-]{1,63}(\.(?!-)[a-z0-9-]{1,63})+$/.test(host);
  return hosts.every(isHost) ? [...new Set(hosts)] : "must be hosts without https://, such as gitlab.example.com";
}

export const Hosts = z.string().transform((value, context) => {
  const hosts = readHosts(value);
  if (typeof hosts !== "string") return hosts;
  context.addIssue(hosts);
  return z.NEVER;
});

/** A transform by a function that answers null where the value is not right. */
function reading<T>(read: (value: string) => T | null, words: string) {
  return (value: string, context: z.RefinementCtx) => {
    const found = read(value);
    if (found !== null) return found;
    context.addIssue(words);
    return z.NEVER;
  };
}

function toPace(value: string): Pace | undefined | null {
  if (value === "off") return undefined;
  const [, rate, unit, burst = "1"] = /^(\d{1,4})\/(s|min)(?: +burst +(\d{1,4}))?$/.exec(value.trim()) ?? [];
  const isFine = [rate, burst].map(Number).every((number) => number >= 1 && number <= 1000);
  return isFine ? { interval: (unit === "s" ? 1_000 : 60_000) / Number(rate), burst: Number(burst) } : null;
}

function toDuration(value: string): number | null {
  const [, number, unit = ""] = /^(\d{1,9})([smhd])$/.exec(value.trim()) ?? [];
  const milliseconds = Number(number) * (units[unit] ?? Number.NaN);
  return milliseconds > 0 && milliseconds <= 3650 * 86_400_000 ? milliseconds : null;
}

function isProxies(value: string): boolean {
  if (/^\d{1,2}$/.test(value)) return true;
  return value.split(",").every((part) => {
    const [address = "", bits, ...more] = part.trim().split("/");
    if (["loopback", "linklocal", "uniquelocal"].includes(address)) return bits === undefined;
    const most = { 4: 32, 6: 128 }[isIP(address)] ?? -1;
    return more.length === 0 && most > 0 && (bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= most));
  });
}
