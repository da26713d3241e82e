import { z } from "zod";

/** How a delivery proves where it comes from. */
export const schemes = ["token", "basic", "signed"] as const;

export interface FileHook {
  /** unique in the file */
  name: string;
  forge: string;
  scheme: (typeof schemes)[number];
  /** name of the environment variable that holds the secret */
  secret_env: string;
  /** brand of a forge that sends headers of its own */
  brand?: string | undefined;
}

const name = /^[a-z0-9][a-z0-9_-]{0,39}$/;

/** The shape of `rules.yml`. What each rule says is read afterwards. */
export function rulesFile(forges: readonly string[]) {
  const hook = z.strictObject({
    name: z.string().regex(name, "A name has a-z, 0-9, _ and -, at most 40."),
    forge: z.enum(forges),
    scheme: z.enum(schemes),
    secret_env: z
      .string()
      .regex(
        /^[A-Z][A-Z0-9_]{0,127}$/,
        "secret_env is the name of an environment variable, such as GITLAB_HOOK_SECRET.",
      ),
    brand: z.string().regex(name, "A brand has a-z, 0-9, _ and -, at most 40.").optional(),
  });
  const rules = z.string('A rule is a text in quotes: "#channel group/name …".');
  const list = <T extends z.ZodType>(entry: T) =>
    z
      .array(entry)
      .nullish()
      .transform((entries) => entries ?? []);
  return z.strictObject({ hooks: list(hook), rules: list(rules) });
}

/** The keys that may stand at a place in the file, for a suggestion. */
export function keysAt(path: readonly PropertyKey[]): readonly string[] {
  if (path.length === 0) return ["hooks", "rules"];
  return ["name", "forge", "scheme", "secret_env", "brand"];
}
