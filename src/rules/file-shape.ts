import type { Document } from "yaml";
import type { z } from "zod";
import type { Places } from "./file-places.ts";
import type { FileProblem } from "./file-problem.ts";
import { keysAt } from "./file-schema.ts";
import { nearest } from "./nearest.ts";
import { quoted } from "./problem.ts";

/** What zod found wrong with the shape of the file, for a user and with places. */
export function shapeProblems(issues: readonly z.core.$ZodIssue[], document: Document, places: Places): FileProblem[] {
  return issues.flatMap((issue) => {
    const { path } = issue;
    if (issue.code === "unrecognized_keys") return issue.keys.map((key) => unknownKey(path, key, places));
    const offset = places.offsetOf(path);
    if (!document.hasIn(path)) return [places.problemAt(offset, "", `${String(path.at(-1))} is missing.`)];
    if (issue.code === "invalid_value") {
      const word = String(document.getIn(path));
      const says = `${quoted(word)} is not one of ${issue.values.join(", ")}.`;
      return [places.problemAt(offset, word, meant(says, nearest(word, issue.values.map(String))))];
    }
    if (path.includes("secret_env")) return [withoutExcerpt(places.problemAt(offset, "", issue.message))];
    const isType = issue.code === "invalid_type" && issue.message.startsWith("Invalid input");
    const says = isType ? `${nameOf(path)} is not ${types[issue.expected] ?? issue.expected}.` : "";
    return [places.problemAt(offset, "", says || issue.message)];
  });
}

/** Where a name of a variable belongs somebody may have put the secret itself, also on a line of its own. */
const withoutExcerpt = ({ excerpt: _, ...problem }: FileProblem): FileProblem => problem;

/** A list numbers its entries, which nobody who writes one does. */
const nameOf = (path: readonly PropertyKey[]) => {
  const last = path.at(-1) ?? "The file";
  return typeof last === "string" ? last : "An entry";
};

const types: Record<string, string> = {
  array: "a list",
  object: "made of keys and values",
  string: "a text",
};

function unknownKey(path: readonly PropertyKey[], key: string, places: Places): FileProblem {
  const offset = places.offsetOfKey(path, key);
  const isSecret = /secret|token|password/i.test(key) && path[0] === "hooks" && !/env/i.test(key);
  const advice = "Write the name of an environment variable in secret_env; secrets do not belong in this file.";
  if (isSecret) return places.problemAt(offset, key, advice);
  return places.problemAt(offset, key, meant(`${quoted(key)} is not a key here.`, nearest(key, keysAt(path))));
}

const meant = (says: string, word: string | undefined) => (word ? `${says} Did you mean \`${word}\`?` : says);
