import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readPages, renewed } from "../../scripts/docs.ts";
import { readParts, templatesPart } from "../../scripts/templates-part.ts";
import { helpers } from "../../src/templates/helpers.ts";

const root = join(import.meta.dirname, "../..");
const vocabulary = readFileSync(join(root, "src/events.ts"), "utf8");
const views = readFileSync(join(root, "src/cards/views.ts"), "utf8");

test.each(readPages())("$file is what npm run docs writes", ({ current, wanted }) => {
  expect(current).toBe(wanted);
});

test("a changed field or comment makes the page stale", () => {
  const changed = vocabulary.replace("/** its stage */", "/** its phase */");
  expect(templatesPart(changed)).not.toBe(templatesPart(vocabulary));
  expect(() => renewed("no marks", "part")).toThrow("missing");
});

test("a field without a comment is an Error that names its part", () => {
  expect(() => readParts("export interface Odd {\n  name: string;\n}\n")).toThrow("a field of Odd has no comment");
});

const inherited = `
/** What every event has. */
export interface Common {
  /** where */
  project: string;
}

/** What both have. */
export interface Base extends Common {
  /** its number */
  number: string;
  /** what it is */
  type?: string | undefined;
}

/** An issue. */
export interface Issue extends Base {
  kind: "issue";
  /** whether it is late */
  late: boolean;
  /** what else it is */
  type?: string | undefined;
}
`;

test("a kind has the fields of what it extends, in its own words where it has some", () => {
  const page = templatesPart(inherited);
  expect(page.slice(page.indexOf("### issue")).split("\n").slice(6)).toEqual([
    "| field |  | what |",
    "| --- | --- | --- |",
    "| `number` | string | its number |",
    "| `type` ? | string | what else it is |",
    "| `late` | boolean | whether it is late |",
  ]);
  expect(page).toContain(
    "### Every event\n\n| field |  | what |\n| --- | --- | --- |\n| `project` | string | where |\n\n",
  );
  expect(() => templatesPart(inherited.replace("interface Base", "interface Other"))).toThrow("no interface Base");
});

test("every kind, every helper and every field are on the page", () => {
  const page = templatesPart(vocabulary, views);
  for (const { usage } of Object.values(helpers)) expect(page).toContain(usage.replaceAll("|", "\\|"));
  for (const { fields } of [...readParts(vocabulary), ...readParts(views)])
    for (const { name } of fields) expect(page).toContain(`| \`${name}\``);
});

test("a view has a section of its own with the fields that its event has not", () => {
  const page = templatesPart(vocabulary, views);
  const section = page.slice(page.indexOf("### deployment.card"), page.indexOf("### release.card"));
  expect(section.split("\n").slice(0, 3)).toEqual(["### deployment.card", "", "One deployment to an environment."]);
  expect(section).toContain("| `rollback` | boolean |");
  expect(section).not.toContain("`environmentUrl`");
  expect(() => templatesPart(inherited, views)).toThrow("no event MergeRequest");
});

test("templates name only fields that events have", () => {
  const fields = new Set(
    [...readParts(vocabulary), ...readParts(views)].flatMap((part) => part.fields.map(({ name }) => name)),
  );
  const words = new Set([
    ...Object.keys(helpers),
    ...fields,
    "this",
    "else",
    "true",
    "false",
    "done",
    "limit",
    "total",
    "newest",
    "lines",
    "preset",
    "thread",
  ]);
  const folder = join(root, "templates");
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".hbs"));
  expect(files.length).toBeGreaterThan(20);
  for (const file of files) {
    const source = readFileSync(join(folder, file), "utf8").replace(/\{\{!--[\s\S]*?--~?\}\}/g, "");
    for (const [tag] of source.matchAll(/\{\{[^>][^}]*\}\}/g)) {
      const named = tag.replace(/"[^"]*"|@\w+|\d+/g, "").match(/[a-zA-Z]\w*/g) ?? [];
      expect(
        named.filter((word) => !words.has(word)),
        `${file}: ${tag}`,
      ).toEqual([]);
    }
  }
});
