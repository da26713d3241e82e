import type { Limits } from "./limiter.ts";

/** A channel as it is: change its fields to archive it, to remove the bot and so on. */
export interface FakeChannel {
  id: string;
  name: string;
  private: boolean;
  /** whether the bot is a member */
  member: boolean;
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
  metadata?: unknown;
  thread_ts?: string | undefined;
  reply_broadcast?: boolean | undefined;
  /** who posted it; only the bot's own messages can be changed */
  user: string;
  bot_id: string;
}

export interface FakeTeam {
  id: string;
  name: string;
  /** token → the error word that it gets, or undefined while it is good */
  tokens: Map<string, string | undefined>;
  channels: FakeChannel[];
}

export interface TeamSeed {
  id: string;
  tokens: string[];
  channels: (Pick<FakeChannel, "id" | "name"> & Partial<Omit<FakeChannel, "messages">>)[];
}

export interface FakeSlackOptions {
  /** without any: one team `T0ACME` with the token `xoxb-acme` and the channels `C0API` (#api) and `C0DEPLOYS` (#deploys) */
  teams?: TeamSeed[];
  /** Slack's rate limits; without them every call passes */
  limits?: Limits;
  /** milliseconds since 1970; the clock of `ts`, of the limits and of the log of calls */
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
  teams: FakeTeam[];
  /** a `ts` later than every other */
  nextTs(): string;
}

export function createWorld({ teams = [acme], now = Date.now }: FakeSlackOptions): World {
  let last = 0;
  return {
    teams: teams.map((team) => ({
      id: team.id,
      name: team.id.slice(2).toLowerCase(),
      tokens: new Map(team.tokens.map((token) => [token, undefined])),
      channels: team.channels.map((channel) => ({
        private: false,
        member: true,
        archived: false,
        readOnly: false,
        threadOnly: false,
        ...channel,
        messages: [],
      })),
    })),
    nextTs() {
      last = Math.max(now() * 1000, last + 1);
      return `${Math.floor(last / 1_000_000)}.${String(last % 1_000_000).padStart(6, "0")}`;
    },
  };
}
