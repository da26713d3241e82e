import type { FakeTeam, World } from "./world.ts";

/** The arguments of a call, with the JSON fields (`blocks`, `metadata`) already parsed. */
export type Arguments = Record<string, unknown>;

/** A call with a good token. */
export interface Call {
  world: World;
  team: FakeTeam;
  token: string;
  args: Arguments;
}

export type Answer = Record<string, unknown>;

export const no = (error: string, more: Answer = {}): Answer => ({ ok: false, error, ...more });
export const string = (value: unknown): string => (value === undefined || value === null ? "" : String(value));
export const flag = (value: unknown): boolean => value === true || value === "true" || value === "1";
