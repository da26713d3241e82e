const markup = Symbol("markup");

/** A piece of a page. Only `html` makes one: what comes from anywhere else is text. */
export interface Html {
  readonly [markup]: string;
}

type Value = string | number | Html | readonly Value[];

const named: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

const inside = (value: Value): string => {
  if (typeof value === "string" || typeof value === "number")
    return String(value).replace(/[&<>"']/g, (found) => named[found] ?? "");
  return markup in value ? value[markup] : value.map(inside).join("");
};

/** Markup whose values are inert, in text and in quoted attributes. An address must have been checked before. */
export const html = (parts: TemplateStringsArray, ...values: readonly Value[]): Html => ({
  [markup]: parts.map((part, index) => part + inside(values[index] ?? "")).join(""),
});

/** The page as it is sent. */
export const markupOf = (page: Html): string => page[markup];

/** Markup that is not escaped: our own style, whose hash is that of these very characters. Never for a value. */
export const verbatim = (text: string): Html => ({ [markup]: text });
