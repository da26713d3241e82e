import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { botScopes, linkScopes, manifest } from "../src/app/manifest.ts";
import { run } from "../src/cli/program.ts";

/** The command `manifest`, with what it prints. */
async function belfry(args: string[], environment: Record<string, string> = {}) {
  const printed = { code: 0, out: "", err: "" };
  await run(
    {
      environment,
      out: (line = "") => {
        printed.out += `${line}\n`;
      },
      err: (line) => {
        printed.err += `${line}\n`;
      },
      colour: false,
      config: () => {
        throw new Error("it needs no settings");
      },
      exitCode: (code) => {
        printed.code = code;
      },
      end: () => undefined,
      untilStopped: () => new Promise(() => undefined),
    },
    ["manifest", ...args],
  );
  return printed;
}

describe("manifest", () => {
  test.each([
    [["--url", "https://bot.acme.io"], {}, "https://bot.acme.io"],
    [["--url", "https://Bot.Acme.io:8443/"], {}, "https://bot.acme.io:8443"],
    [["--url", "http://localhost:3000"], {}, "http://localhost:3000"],
    [["--url", "http://[::1]:3000"], {}, "http://[::1]:3000"],
    [[], { BELFRY_URL: "https://bot.acme.io/" }, "https://bot.acme.io"],
    [["--url", "https://bot.acme.io"], { BELFRY_URL: "https://other.acme.io" }, "https://bot.acme.io"],
  ])("%j with %j is for %s", async (args, environment, url) => {
    const { code, out, err } = await belfry(args, environment);
    expect({ code, err, printed: parse(out) }).toEqual({ code: 0, err: "", printed: manifest({ url }) });
  });

  test("for a socket it has no address, whatever the settings say", async () => {
    const { out } = await belfry(["--socket"], { BELFRY_URL: "https://bot.acme.io" });
    expect(parse(out)).toEqual(manifest({ socketMode: true }));
    expect(out).not.toContain("acme");
  });

  test.each([
    [["--unfurl", "gitlab.acme.io", "git.acme.io"], {}],
    [["--unfurl", "GitLab.acme.io,git.acme.io"], {}],
    [[], { BELFRY_UNFURL: "gitlab.acme.io, git.acme.io" }],
  ])("%j with %j unfurls links of those hosts", async (args, environment) => {
    const { out, err } = await belfry(["--socket", ...args], environment);
    expect(err).toBe("");
    expect(parse(out)).toEqual(manifest({ socketMode: true }, ["gitlab.acme.io", "git.acme.io"]));
    for (const [scope, why] of Object.entries(linkScopes)) expect(out).toContain(`- ${scope} # ${why}\n`);
  });

  test.each([
    ["https://gitlab.acme.io", "must be hosts without https://"],
    ["gitlab.acme.io:8443", "must be hosts without https://"],
    ["<!channel>.io", "must be hosts without https://"],
    ["a.io,b.io,c.io,d.io,e.io,f.io", "takes at most 5 hosts"],
  ])("--unfurl %s is refused", async (hosts, says) => {
    const { code, out, err } = await belfry(["--socket", "--unfurl", hosts]);
    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(err).toContain(says);
  });

  test("each scope says what it is for", async () => {
    const { out } = await belfry(["--socket"]);
    for (const [scope, why] of Object.entries(botScopes)) expect(out).toContain(`- ${scope} # ${why}\n`);
  });

  test.each([
    [[], "Say where Slack reaches Belfry: --url https://belfry.example.com, or --socket where it cannot."],
    [["--url", "bot.acme.io"], "This is not an address. Write it like https://belfry.example.com"],
    [["--url", "http://bot.acme.io"], "Slack sends to https only."],
    [["--url", "http://localhost.acme.io"], "Slack sends to https only."],
    [["--url", "ftp://bot.acme.io"], "Slack sends to https only."],
    [["--url", "javascript:alert(1)"], "Slack sends to https only."],
    [["--url", "https://bot.acme.io/belfry"], "Leave out what comes after the host."],
    [["--url", "https://bot.acme.io/?a=b"], "Leave out what comes after the host."],
    [["--url", "https://bot.acme.io/#a"], "Leave out what comes after the host."],
    [["--url", "https://ada:canary@bot.acme.io"], "Leave user and password out of the address"],
    [["--url", `https://${"a.".repeat(150)}io`], "This address is too long."],
  ])("%j is refused", async (args, says) => {
    const { code, out, err } = await belfry(args);
    expect({ code, out, err }).toEqual({ code: 1, out: "", err: expect.stringContaining(says) });
    expect(err).not.toContain("canary");
  });
});
