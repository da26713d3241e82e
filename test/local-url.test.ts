import { expect, test } from "vitest";
import { localUrl } from "../src/local-url.ts";

test.each([
  ["127.0.0.1", "http://127.0.0.1:3000"],
  ["0.0.0.0", "http://127.0.0.1:3000"],
  ["::", "http://[::1]:3000"],
  ["::1", "http://[::1]:3000"],
  ["2001:db8::7", "http://[2001:db8::7]:3000"],
  ["belfry.internal", "http://belfry.internal:3000"],
])("a server that listens on %s is reached at %s", (host, url) => {
  expect(localUrl(host, 3000)).toBe(url);
  expect(URL.canParse(url)).toBe(true);
});
