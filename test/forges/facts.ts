import type { Event } from "../../src/events.ts";

const clip = 70;

/** What a person needs in order to judge a reading: one fact a line, without what is empty, false or as usual. */
export function factsOf({ kind, action, project, actor, confidential, ...rest }: Event): string[] {
  const head = `${kind} ${action} in ${project.path} (${[project.name, project.host, project.defaultBranch].map((part) => part ?? "?").join(", ")})`;
  return [
    actor ? `${head} by ${inWords(actor)}` : `${head}, actor unknown`,
    ...(confidential ? ["confidential"] : []),
    ...Object.entries(rest).flatMap(([name, value]) => {
      const words = inWords(value);
      return words ? [`${name}: ${words}`] : [];
    }),
  ];
}

function inWords(value: unknown): string {
  if (Array.isArray(value)) {
    const shown = value.slice(0, 8).map(inWords).join(" · ");
    return value.length > 8 ? `${shown} · … ${value.length} in all` : shown;
  }
  if (typeof value === "object" && value !== null) {
    const { bot, optional, ...rest } = { bot: false, optional: false, ...value };
    return [...Object.values(rest).map(inWords), bot ? "bot" : "", optional ? "optional" : ""]
      .filter(Boolean)
      .join(", ");
  }
  if (value === undefined || value === false || value === "") return "";
  return typeof value === "string" ? textInWords(value) : String(value);
}

/** Ids are cut; what does not show, or changes how a terminal shows the rest, is written as an escape. */
function textInWords(text: string): string {
  const cut = text.replace(/\b([0-9a-f]{8})[0-9a-f]{32}\b/g, "$1");
  const visible = cut
    .replaceAll("\n", "\\n")
    .replace(/[\p{Cc}\p{Cf}\p{Cs}]/gu, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`);
  return visible.length > clip ? `${visible.slice(0, clip)}… ${text.length} characters` : visible;
}
