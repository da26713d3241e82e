import { randomBytes } from "node:crypto";
import { type Answer, type Arguments, type Call, no, string } from "./answer.ts";
import { botId } from "./content.ts";
import { botOf, type Enterprise, type FakeTeam, type World } from "./world.ts";

/** What the authorize page does with the next person who comes. */
export interface Chosen {
  /** id of a team, or of an enterprise for an org-wide install */
  id: string;
  /** id of the person who installs */
  user: string;
}

interface Grant extends Chosen {
  scope: string;
  redirect: string;
  at: number;
}

/** https://docs.slack.dev/authentication/installing-with-oauth */
export interface OAuth {
  /** the next installs are into this team, or into the whole enterprise, by this person: without one its first */
  choose(id: string, user?: string): void;
  /** the next person clicks Cancel */
  deny(): void;
  /** Slack's page: the address to go on to, or the word of the page that tells what is wrong */
  authorize(query: URLSearchParams): { location: string } | { error: string };
  /** oauth.v2.access */
  access(args: Arguments): Answer;
}

const tenMinutes = 600_000;

export function createOAuth(world: World): OAuth {
  const grants = new Map<string, Grant>();
  let chosen: Chosen | undefined;
  let isDenied = false;

  function choose(id: string, user?: string): void {
    const team = teamsOf(world, id)[0];
    const installer = user ?? team?.users[0]?.id;
    if (!installer) throw new Error(`no team or enterprise ${id} with a person in the fake Slack`);
    chosen = { id, user: installer };
  }

  function authorize(query: URLSearchParams): { location: string } | { error: string } {
    if (query.get("client_id") !== world.app.clientId) return { error: "invalid_client_id" };
    const scope = query.get("scope") ?? "";
    if (!scope) return { error: "invalid_scope" };
    const redirect = query.get("redirect_uri") ?? world.app.redirectUrls?.[0] ?? "";
    if (!isRegistered(world, redirect)) return { error: "bad_redirect_uri" };
    const location = new URL(redirect);
    if (isDenied) location.searchParams.set("error", "access_denied");
    else location.searchParams.set("code", grant(scope, query.get("redirect_uri") ?? ""));
    isDenied = false;
    location.searchParams.set("state", query.get("state") ?? "");
    return { location: location.href };
  }

  function grant(scope: string, redirect: string): string {
    if (!chosen) choose(world.teams[0]?.id ?? "");
    const code = `${randomBytes(8).toString("hex")}.${randomBytes(16).toString("hex")}`;
    if (chosen) grants.set(code, { ...chosen, scope, redirect, at: world.now() });
    return code;
  }

  function access(args: Arguments): Answer {
    const wrong = wrongClient(world, args);
    if (wrong) return no(wrong);
    const code = string(args["code"]);
    const granted = grants.get(code);
    grants.delete(code);
    if (!granted || world.now() - granted.at > tenMinutes) return no("invalid_code");
    if (granted.redirect !== string(args["redirect_uri"])) return no("bad_redirect_uri");
    return install(world, granted);
  }

  return {
    choose,
    deny() {
      isDenied = true;
    },
    authorize,
    access,
  };
}

/** The address itself or one below it; any where the app names none. */
const isRegistered = ({ app }: World, redirect: string): boolean =>
  app.redirectUrls?.some((url) => redirect === url || redirect.startsWith(`${url}/`)) ?? URL.canParse(redirect);

const teamsOf = (world: World, id: string): FakeTeam[] =>
  world.teams.filter((team) => team.id === id || team.enterprise?.id === id);

function install(world: World, { id, user, scope }: Grant): Answer {
  const teams = teamsOf(world, id);
  const team = teams.find((one) => one.id === id);
  const enterprise: Enterprise | null = teams[0]?.enterprise ?? null;
  const bot = botOf(id);
  const token = tokenFor(world, id, teams);
  for (const one of teams) {
    one.tokens.set(token, undefined);
    const self = one.users.find((person) => person.id === one.bot);
    if (self) self.id = bot;
    one.bot = bot;
  }
  return {
    ...{ ok: true, app_id: world.app.id, authed_user: { id: user }, scope, token_type: "bot" },
    ...{ access_token: token, bot_user_id: bot },
    team: team ? { id, name: team.name } : null,
    enterprise: enterprise && { id: enterprise.id, name: enterprise.name },
    is_enterprise_install: !team,
  };
}

/** A second install gets the token of the first while that is good. */
function tokenFor(world: World, id: string, teams: FakeTeam[]): string {
  const before = world.installs.get(id);
  if (before && teams.every(({ tokens }) => tokens.has(before) && !tokens.get(before))) return before;
  const token = `xoxb-${id.toLowerCase()}-${randomBytes(16).toString("hex")}`;
  world.installs.set(id, token);
  return token;
}

function wrongClient({ app }: World, { client_id, client_secret }: Arguments): string | undefined {
  if (client_id !== app.clientId) return "invalid_client_id";
  return client_secret === app.clientSecret ? undefined : "bad_client_secret";
}

/** Makes a token bad in each team that has it. */
export function spoil(world: World, token: string, error: string): void {
  for (const { tokens } of world.teams) if (tokens.has(token)) tokens.set(token, error);
}

export const installMethods = {
  "auth.test": ({ world, team, token }: Call): Answer => {
    const { enterprise } = team;
    const isOrgWide = enterprise !== undefined && world.installs.get(enterprise.id) === token;
    const place = isOrgWide ? enterprise : team;
    return {
      ...{ ok: true, url: `https://${isOrgWide ? `${place.name}.enterprise` : place.name}.slack.com/` },
      ...{ team: place.name, team_id: place.id, user: "belfry", user_id: team.bot, bot_id: botId(team) },
      ...(enterprise && { enterprise_id: enterprise.id }),
      is_enterprise_install: isOrgWide,
    };
  },
  "auth.revoke": ({ world, token, args }: Call): Answer => {
    const isTest = ["1", "true"].includes(string(args["test"]));
    if (!isTest) spoil(world, token, "token_revoked");
    return { ok: true, revoked: !isTest };
  },
  "apps.uninstall": ({ world, token, args }: Call): Answer => {
    const wrong = wrongClient(world, args);
    if (wrong) return no(wrong);
    spoil(world, token, "account_inactive");
    return { ok: true };
  },
};
