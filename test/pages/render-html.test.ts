import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { runBelfry, temporaryFolder } from "../support/belfry.ts";

/** `render --html`: a page of messages, to write templates by looking. */

const { folder, remove } = temporaryFolder();
afterAll(remove);

const opened = "test/forges/gitlab/merge_request_hook__open.json";
const merged = "test/forges/gitlab/merge_request_hook__merge.json";
const event = ["--event", "Merge Request Hook"];
const render = (...args: string[]) => runBelfry(["render", ...args, ...event]);
const page = join(folder, "out.html");
const headings = (html: string) => [...html.matchAll(/<h2>(.*?)<\/h2>/g)].map(([, name]) => name);
const posts = (html: string) => html.match(/<li class="post"/g)?.length ?? 0;

test("writes each message under the name of its file, and prints nothing", async () => {
  expect(await render("--html", page, opened, merged)).toEqual({ code: 0, out: "", err: "" });
  const html = readFileSync(page, "utf8");
  expect(headings(html)).toEqual([opened, merged]);
  expect(posts(html)).toBe(2);
  expect(html).toContain("Add the Swedish VAT table");
  expect(html).not.toContain("<script");
});

test("prints the page for -", async () => {
  const { code, out, err } = await render("--html", "-", opened);
  expect({ code, err }).toEqual({ code: 0, err: "" });
  expect(out).toMatch(/^<!doctype html>\n.*<\/html>\n$/s);
  expect(posts(out)).toBe(1);
});

test("says where a message is missing, and why a template was not used", async () => {
  const broken = join(folder, "broken.json");
  writeFileSync(broken, "{");
  const { code, out, err } = await render("--html", "-", "--template", "nowhere", broken, opened);
  expect(code).toBe(1);
  expect(err).toMatch(/broken\.json: unreadable: .+\nThere is no template nowhere for merge_request\.\n$/);
  expect(headings(out)).toEqual([broken, opened]);
  expect(posts(out)).toBe(1);
  expect(out).toMatch(/<p class="note">unreadable: .+<\/p>/);
  expect(out).toContain('<p class="note">There is no template nowhere for merge_request.</p>');
});

test("does not write over a payload that stands where the page should", async () => {
  const payload = join(folder, "payload.json");
  writeFileSync(payload, readFileSync(opened));
  const { code, err } = await render("--html", payload, opened);
  expect(code).toBe(2);
  expect(err).toContain("Name the page to write, such as out.html, or - to print it.");
  expect(readFileSync(payload, "utf8")).toBe(readFileSync(opened, "utf8"));
});

test("a folder that is not there, and --json beside it, are told", async () => {
  const nowhere = join(folder, "nowhere", "out.html");
  expect(await render("--html", nowhere, opened)).toEqual({ code: 1, out: "", err: `Cannot write ${nowhere}.\n` });
  const both = await render("--html", join(folder, "both.html"), "--json", opened);
  expect(both.code).toBe(2);
  expect(both.err).toContain("'--html <page>' cannot be used with option '--json'");
  expect(existsSync(join(folder, "both.html"))).toBe(false);
});
