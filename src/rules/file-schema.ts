import { z } from "zod";
import { brandName, hookName } from "./file-names.ts";

/** What a file may name, which others know. */
export interface Known<Scheme extends string = string> {
  /** the names of the forges, each with the schemes it has: how its deliveries prove where they come from */
  forges: Readonly<Record<string, readonly Scheme[]>>;
}

export interface FileHook<Scheme extends string = string> {
  /** unique in the file */
  name: string;
  forge: string;
  scheme: Scheme;
  /** names of the environment variables that hold the secrets, newest first, at least one */
  secret_env: string[];
  /** brand of a forge that sends headers of its own */
  brand?: string | undefined;
}

const variables = "secret_env is the name of an environment variable, or a list of up to 9, newest first.";
const variable = z
  .string(variables)
  .regex(/^[A-Z][A-Z0-9_]{0,127}$/, "secret_env is the name of an environment variable, such as GITLAB_HOOK_SECRET.");

/** The shape of `rules.yml`. What each rule says is read afterwards. */
export function rulesFile<Scheme extends string>({ forges }: Known<Scheme>) {
  const schemes = [...new Set(Object.values(forges).flat())];
  const shape = z.strictObject({
    name: z.string().regex(hookName.fits, hookName.says),
    forge: z.enum(Object.keys(forges)),
    scheme: z.enum(schemes),
    secret_env: z.union(
      [variable.transform((one) => [one]), z.array(variable).min(1, variables).max(9, variables)],
      variables,
    ),
    brand: z.string().regex(brandName.fits, brandName.says).optional(),
  });
  const hook = shape.check(({ value: { forge, scheme }, issues }) => {
    const values = [...(forges[forge] ?? [])];
    if (!values.includes(scheme)) issues.push({ code: "invalid_value", values, path: ["scheme"], input: scheme });
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
