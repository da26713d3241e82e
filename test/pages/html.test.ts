import fc from "fast-check";
import { expect, test } from "vitest";
import { html, markupOf } from "../../src/pages/html.ts";

const entities: Record<string, string> = { "&amp;": "&", "&lt;": "<", "&gt;": ">", "&quot;": '"', "&#39;": "'" };
const decoded = (text: string) => text.replace(/&(?:amp|lt|gt|quot|#39);/g, (entity) => entities[entity] ?? "");

/** Texts that want out: whole tags, quotes, halves of entities, and anything else. */
const hostile = fc.oneof(
  fc.string({ unit: "binary" }),
  fc
    .array(fc.constantFrom("<", ">", '"', "'", "&", "&lt;", "--", "</style>", "<script>", "`", "${", " onload=", "a"))
    .map((parts) => parts.join("")),
);

test("no value ends its text or its attribute, and a browser reads what it was", () => {
  fc.assert(
    fc.property(hostile, hostile, (one, other) => {
      const made = markupOf(html`<p title="${one}">${other}</p>`);
      const [, attribute = "", inner = ""] = /^<p title="([^"<>']*)">([^"<>']*)<\/p>$/s.exec(made) ?? [];
      expect(decoded(attribute)).toBe(one);
      expect(decoded(inner)).toBe(other);
      expect(made.replace(/&(amp|lt|gt|quot|#39);/g, "")).not.toContain("&");
    }),
  );
});

test("markup stays markup, within lists and others, and is escaped once", () => {
  const items = ["<a>", "b"].map((text) => html`<li>${text}</li>`);
  expect(markupOf(html`<ul>${items}</ul>${html`<b>${"&"}</b>`}${1}`)).toBe(
    "<ul><li>&lt;a&gt;</li><li>b</li></ul><b>&amp;</b>1",
  );
});

test("nothing but html makes markup: what looks like it is text or an error", () => {
  const forged = JSON.parse('{"markup":"<script>","Symbol(markup)":"<script>"}');
  expect(() => markupOf(html`${forged}`)).toThrow();
});
