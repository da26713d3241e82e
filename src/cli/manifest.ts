import { type Command, Option } from "commander";
import { manifestYaml } from "../app/manifest-yaml.ts";
import { UserError } from "../errors.ts";
import { readHosts } from "../settings.ts";
import type { Io } from "./io.ts";

interface ManifestOptions {
  url?: string;
  socket?: boolean;
  unfurl?: string[];
}

/** `manifest`: the Slack app's manifest for this Belfry, ready to paste. */
export function addManifestCommand(program: Command, io: Io): void {
  program
    .command("manifest")
    .description("Print the manifest of the Slack app, ready to paste")
    .option("--url <address>", "where Slack reaches Belfry, https://…; without it BELFRY_URL")
    .addOption(new Option("--socket", "for Socket Mode, where Slack needs no address").conflicts("url"))
    .option("--unfurl <host...>", "show below links to this forge what it has told; without it BELFRY_UNFURL")
    .action(({ url = io.environment["BELFRY_URL"], socket = false, unfurl }: ManifestOptions) => {
      const reach = socket ? ({ socketMode: true } as const) : { url: originOf(url) };
      const hosts = readHosts(unfurl?.join(",") ?? io.environment["BELFRY_UNFURL"] ?? "");
      if (typeof hosts === "string") throw new UserError(`--unfurl ${hosts}`);
      io.out(manifestYaml(reach, heading, hosts).trimEnd());
    });
}

const heading = ["Paste it at https://api.slack.com/apps: Create New App, From a manifest."];

/** @throws UserError that says what to write; never the address itself, which may hold a password */
function originOf(text: string | undefined): string {
  if (!text) throw new UserError(`Say where Slack reaches Belfry: --url ${example}, or --socket where it cannot.`);
  if (!URL.canParse(text)) throw new UserError(`This is not an address. Write it like ${example}`);
  const url = new URL(text);
  const problem = problems.find(({ where }) => where(url));
  if (problem) throw new UserError(problem.says);
  return url.origin;
}

const example = "https://belfry.example.com";

/** This machine: where a stand-in for Slack may run. */
const local = /^(localhost|127(\.\d+){3}|\[::1\])$/;

const problems: { where: (url: URL) => boolean; says: string }[] = [
  {
    where: ({ username, password }) => username !== "" || password !== "",
    says: `Leave user and password out of the address: Slack cannot use them. Write it like ${example}`,
  },
  {
    where: ({ protocol, hostname }) => protocol !== "https:" && !(protocol === "http:" && local.test(hostname)),
    says: `Slack sends to https only. Write the address like ${example}`,
  },
  {
    where: ({ pathname, search, hash }) => pathname !== "/" || search !== "" || hash !== "",
    says: `Leave out what comes after the host. Write the address like ${example}`,
  },
  { where: ({ origin }) => origin.length > 300, says: `This address is too long. Write it like ${example}` },
];
