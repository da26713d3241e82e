export interface User {
  id: number;
  name: string;
  username: string;
  avatar_url: string;
  email: string;
}

const user = (id: number, name: string, username: string): User => ({
  ...{ id, name, username, email: "[REDACTED]" },
  avatar_url: `https://gitlab.acme.example/uploads/-/system/user/avatar/${id}/avatar.png`,
});

export const alice = user(7, "Alice Meyer", "alice");
export const bo = user(8, "Bo Lindqvist", "bo");
export const chen = user(9, "Chen Wei", "chen");
export const dana = user(10, "Dana Okafor", "dana");
export const eva = user(11, "Eva Novak", "eva");
export const farid = user(12, "Farid Haddad", "farid");
export const renovate = user(90, "Renovate", "renovate-bot");

/** Everybody but the bot. */
export const people = [alice, bo, chen, dana, eva, farid] as const;
