import { createUsers, type FakeUser, type UserSeed } from "./users.ts";

/** A channel as it is: change its fields to rename or archive it, to remove the bot and so on. */
export interface FakeChannel {
  id: string;
  name: string;
  private: boolean;
  /** whether the bot is a member */
  member: boolean;
  /** ids of the people in it; undefined for everybody of the team */
  members?: string[] | undefined;
  /** with another company, through Slack Connect */
  shared: boolean;
  /** a direct message of the bot with the person of this id */
  direct?: string | undefined;
  archived: boolean;
  readOnly: boolean;
  threadOnly: boolean;
  /** Slack's error word that every post to this channel gets */
  error?: string | undefined;
  messages: FakeMessage[];
}

export interface FakeMessage {
  ts: string;
  text: string;
  blocks?: unknown[] | undefined;
  attachments?: unknown[] | undefined;
  metadata?: unknown;
  thread_ts?: string | undefined;
  reply_broadcast?: boolean | undefined;
  /** `tombstone` where it was deleted and has replies: they stay, and more may come */
  subtype?: string | undefined;
  /** who posted it; only the bot's own messages can be changed */
  user: string;
  bot_id: string;
}

/** A message that one person sees in a channel until they reload. */
export interface FakeEphemeral extends FakeMessage {
  channel: string;
  /** id of the only person who sees it */
  to: string;
}

export interface Enterprise {
  id: string;
  name: string;
}

export interface FakeTeam {
  id: string;
  name: string;
  enterprise?: Enterprise | undefined;
  /** id of our bot's user */
  bot: string;
  /** token → the error word that it gets, or undefined while it is good */
  tokens: Map<string, string | undefined>;
  /** change their fields to make somebody a guest, deactivate them and so on */
  users: FakeUser[];
  channels: FakeChannel[];
  ephemerals: FakeEphemeral[];
}

export interface TeamSeed {
  id: string;
  /** in lower case; without it from the id */
  name?: string;
  /** teams of the same enterprise share org-wide installs */
  enterprise?: Enterprise;
  /** none for a team that has still to install the app */
  tokens?: string[];
  /** without any: `U…ALICE` (owner), `U…BOB` (member) and `U…GUEST`, where `…` is the id of the team without its T */
  users?: UserSeed[];
  channels: (Pick<FakeChannel, "id" | "name"> & Partial<Omit<FakeChannel, "messages" | "direct">>)[];
}

/** The app, as Slack knows it. */
export interface FakeApp {
  id: string;
  clientId: string;
  clientSecret: string;
  signingSecret: string;
  /** app-level token, for a socket */
  appToken: string;
  /** addresses that an install may return to; without any: all */
  redirectUrls?: string[];
}

export const fakeApp: FakeApp = {
  id: "A0BELFRY",
  clientId: "111.222",
  clientSecret: "fake-client-secret-4d1c",
  signingSecret: "fake-signing-secret-93aa",
  appToken: "xapp-1-A0BELFRY-111-fake",
};

export interface WorldOptions {
  /** without any: one team `T0ACME` with the token `xoxb-acme` and the channels `C0API` (#api) and `C0DEPLOYS` (#deploys) */
  teams?: TeamSeed[];
  /** what differs from `fakeApp` */
  app?: Partial<FakeApp>;
  /** milliseconds since 1970; the clock of `ts`, of the limits, of codes and addresses that expire, and of the log of calls */
  now?: () => number;
}

const acme: TeamSeed = {
  id: "T0ACME",
  tokens: ["xoxb-acme"],
  channels: [
    { id: "C0API", name: "api" },
    { id: "C0DEPLOYS", name: "deploys" },
  ],
};

export interface World {
  app: FakeApp;
  teams: FakeTeam[];
  /** id of a team or an enterprise → the token that its last install got */
  installs: Map<string, string>;
  now(): number;
  /** a `ts` later than every other */
  nextTs(): string;
}

export function createWorld({ teams = [acme], app, now = Date.now }: WorldOptions): World {
  let last = 0;
  return {
    app: { ...fakeApp, ...app },
    teams: teams.map(createTeam),
    installs: new Map(),
    now,
    nextTs() {
      last = Math.max(now() * 1000, last + 1);
      return `${Math.floor(last / 1_000_000)}.${String(last % 1_000_000).padStart(6, "0")}`;
    },
  };
}

export function createTeam({ id, name, enterprise, tokens = [], users, channels }: TeamSeed): FakeTeam {
  const bot = botOf(id);
  return {
    ...{ id, bot, enterprise, name: name ?? id.slice(2).toLowerCase() },
    tokens: new Map(tokens.map((token) => [token, undefined])),
    users: createUsers({ id, organization: enterprise?.id }, bot, users),
    channels: channels.map(createChannel),
    ephemerals: [],
  };
}

const createChannel = (seed: TeamSeed["channels"][number]): FakeChannel => ({
  ...{ private: false, member: true, shared: false, archived: false, readOnly: false, threadOnly: false },
  ...seed,
  messages: [],
});

/** The bot's user in a team, or in all teams of an enterprise. */
export const botOf = (id: string): string => `U${id.slice(1)}BOT`;

/** The direct message of the bot with a person, opened where there is none yet. */
export function openDirect(team: FakeTeam, user: FakeUser): FakeChannel {
  const open = team.channels.find(({ direct }) => direct === user.id);
  if (open) return open;
  const channel: FakeChannel = {
    ...createChannel({ id: `D${user.id.slice(1)}`, name: "", private: true }),
    direct: user.id,
  };
  team.channels.push(channel);
  return channel;
}

/** The team's channel with this id or `#name`, or the direct message with the person of this id. */
export function findChannel(team: FakeTeam, name: unknown): FakeChannel | undefined {
  if (typeof name !== "string" || name === "") return undefined;
  return team.channels.find(
    ({ id, name: own, direct }) => id === name || direct === name || (own && (own === name || `#${own}` === name)),
  );
}

/** The team that a call is about. The token of an org-wide install belongs to several: the arguments choose. */
export function teamOf(world: World, token: string, args: Record<string, unknown>): FakeTeam | undefined {
  const teams = world.teams.filter((team) => team.tokens.has(token));
  const isMeant = (team: FakeTeam) =>
    team.id === args["team_id"] ||
    team.channels.some(({ id }) => id === args["channel"]) ||
    team.users.some(({ id }) => [args["user"], args["users"], args["channel"]].includes(id));
  return teams.find(isMeant) ?? teams[0];
}
