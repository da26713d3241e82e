/** A person or bot as they are: change the fields to change them. */
export interface FakeUser {
  id: string;
  /** their handle */
  name: string;
  realName: string;
  displayName: string;
  admin: boolean;
  owner: boolean;
  /** multi-channel guest */
  restricted: boolean;
  /** single-channel guest */
  ultraRestricted: boolean;
  /** of another team, with whom we share no channel */
  stranger: boolean;
  deleted: boolean;
  bot: boolean;
  /** id of the team that they belong to: of another one for people in a channel that is shared with it */
  team: string;
  /** id of the organization of that team */
  organization?: string | undefined;
  tz: string;
}

export type UserSeed = Pick<FakeUser, "id"> & Partial<FakeUser>;

/** @param seeds without them an owner, a member and a guest. Our bot is added. */
export function createUsers(
  { id: team, organization }: { id: string; organization?: string | undefined },
  bot: string,
  seeds: UserSeed[] = defaults(team),
): FakeUser[] {
  const people = [...seeds, { id: bot, name: "belfry", bot: true }];
  return people.map((seed) => createUser(team, { organization, ...seed }));
}

const defaults = (team: string): UserSeed[] => [
  { id: `U${team.slice(1)}ALICE`, name: "alice", realName: "Alice Archer", owner: true, admin: true },
  { id: `U${team.slice(1)}BOB`, name: "bob", realName: "Bob Baker" },
  { id: `U${team.slice(1)}GUEST`, name: "gina", realName: "Gina Guest", restricted: true },
];

function createUser(team: string, seed: UserSeed): FakeUser {
  const name = seed.name ?? seed.id.toLowerCase();
  return {
    ...{ name, realName: name, displayName: name, team, tz: "Europe/Berlin" },
    ...{ admin: false, owner: false, restricted: false, ultraRestricted: false },
    ...{ stranger: false, deleted: false, bot: false },
    ...seed,
  };
}

/** As users.info shows them. https://docs.slack.dev/reference/objects/user-object */
export const describeUser = (user: FakeUser) => ({
  id: user.id,
  team_id: user.team,
  name: user.name,
  deleted: user.deleted,
  real_name: user.realName,
  profile: { real_name: user.realName, display_name: user.displayName, team: user.team },
  is_bot: user.bot,
  is_app_user: false,
  updated: 1_772_000_000,
  ...(user.organization !== undefined && { enterprise_user: { id: user.id, enterprise_id: user.organization } }),
  // Slack says nothing of the role and the time zone of people who are deactivated, and `is_stranger` only of strangers.
  ...(user.stranger && { is_stranger: true }),
  ...(!user.deleted && {
    tz: user.tz,
    is_admin: user.admin,
    is_owner: user.owner,
    is_primary_owner: false,
    is_restricted: user.restricted,
    is_ultra_restricted: user.ultraRestricted,
  }),
});
