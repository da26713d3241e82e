import { withoutLinks } from "../slack/text.ts";
import { bounded, type Draft, place, section, spend, tidy } from "./draft.ts";
import { type Call, type Helper, isEmpty, listOf, numberOf } from "./helper.ts";
import { raw, TemplateError, words } from "./markup.ts";

/** Runs a block of the message; blocks do not stand in blocks. */
function within(name: string, { draft, body, context }: Call): string {
  if (draft.open) throw new TemplateError(`{{#${name}}} stands within {{#${draft.open}}}`);
  draft.open = name;
  const output = tidy(body(context));
  delete draft.open;
  return output;
}

function needs(draft: Draft, name: string, around: string): void {
  if (draft.open !== around) throw new TemplateError(`{{${name}}} stands outside of {{#${around}}}`);
}

/** Empties a collection of the draft and returns what it held. */
const taken = <T>(all: T[]): T[] => all.splice(0, all.length);

const mrkdwn = (text: string) => ({ type: "mrkdwn", text, verbatim: true }) as const;

const styles: unknown[] = ["primary", "danger"];

/** Helpers that make the blocks of a message. */
export const blockHelpers: Record<string, Helper> = {
  section: {
    usage: "{{#section}}…{{/section}}",
    does: "a paragraph; the first one is also the notification. Indentation and empty lines of the template do not show",
    run: (_args, call) => {
      const text = within("section", call);
      return text && place(call.draft, section(text));
    },
  },
  context: {
    usage: "{{#context}}…{{/context}}",
    does: "one small grey line; each line of the template is a part of it, parts are joined by dots, empty ones left out",
    run: (_args, call) => {
      const text = within("context", call).replaceAll("\n", "  ·  ");
      return text && place(call.draft, { type: "context", elements: [mrkdwn(text)] });
    },
  },
  fields: {
    usage: "{{#fields}}…{{/fields}}",
    does: "up to ten fields in two columns",
    run: (_args, call) => {
      within("fields", call);
      const fields = taken(call.draft.fields).map(mrkdwn);
      return fields.length > 0 ? place(call.draft, { type: "section", fields }) : "";
    },
  },
  field: {
    usage: '{{#field "Label"}}…{{/field}}',
    does: "one field; left out where it is empty",
    run: ([label], { draft, body, context }) => {
      needs(draft, "field", "fields");
      const text = tidy(body(context));
      if (text) draft.fields.push(`*${words(label, "the label of field")}*\n${text}`);
      return "";
    },
  },
  actions: {
    usage: "{{#actions}}…{{/actions}}",
    does: "a row of buttons; rarely worth its room, as one link in the headline is enough",
    run: (_args, call) => {
      within("actions", call);
      const elements = taken(call.draft.buttons).map(
        ({ label, ...rest }) => ({ type: "button", text: { type: "plain_text", text: label }, ...rest }) as const,
      );
      return elements.length > 0 ? place(call.draft, { type: "actions", elements }) : "";
    },
  },
  button: {
    usage: '{{button "Label" url style="primary"}}',
    does: "a button that opens an address; left out where there is none. `style` is `primary` or `danger`",
    run: ([label, url], { draft, hash }) => {
      needs(draft, "button", "actions");
      const style = hash["style"];
      if (style !== undefined && !styles.includes(style)) throw new TemplateError("style is primary or danger");
      if (isEmpty(url)) return "";
      const button = { label: raw(label, "the label of button"), url: raw(url, "the address of button") };
      draft.buttons.push({
        ...button,
        ...(style === undefined ? {} : { style: style === "danger" ? "danger" : "primary" }),
      });
      return "";
    },
  },
  text: {
    usage: "{{#text}}…{{/text}}",
    does: "the notification and what screen readers say, where it is not the first section",
    run: (_args, call) => {
      call.draft.text = withoutLinks(within("text", call));
      return "";
    },
  },
};

/** Helpers that decide and repeat. They replace Handlebars' own, which know no budget. */
export const flowHelpers: Record<string, Helper> = {
  if: {
    usage: "{{#if value}}…{{else}}…{{/if}}",
    does: "when the value is there and not empty, false or 0",
    run: ([value], { body, otherwise, context }) => (isEmpty(value) ? otherwise() : body(context)),
  },
  unless: {
    usage: "{{#unless value}}…{{/unless}}",
    does: "the opposite of `if`",
    run: ([value], { body, otherwise, context }) => (isEmpty(value) ? body(context) : otherwise()),
  },
  with: {
    usage: "{{#with value}}…{{/with}}",
    does: "steps into a part of the event, where it is there",
    run: ([value], { body, otherwise }) => (isEmpty(value) ? otherwise() : body(value)),
  },
  each: {
    usage: "{{#each list limit=5 newest=true}}…{{/each}}",
    does: "once for each item, at most `limit` times; `newest=true` starts at the end of the list",
    run: ([values, ...rest], { hash, draft, body, otherwise }) => {
      const all = listOf(values, "each").slice();
      if (rest.length > 0) throw new TemplateError("each takes one list");
      if (hash["newest"]) all.reverse();
      const shown = all.slice(0, numberOf(hash["limit"] ?? all.length, "the limit of each"));
      if (shown.length === 0) return otherwise();
      let output = "";
      for (const [index, one] of shown.entries()) {
        spend(draft, "rounds");
        output = bounded(output + body(one, { index, first: index === 0, last: index === shown.length - 1 }));
      }
      return output;
    },
  },
  more: {
    usage: "{{#more list limit=5 total=count}}and {{this}} more{{/more}}",
    does: "how many items `each` left out, where it showed some; `total` when the list itself is not complete",
    run: ([values], { hash, body }) => {
      const all = listOf(values, "more");
      const shown = Math.min(all.length, numberOf(hash["limit"] ?? all.length, "the limit of more"));
      const rest = numberOf(hash["total"] ?? all.length, "the total of more") - shown;
      return shown > 0 && rest > 0 ? body(rest) : "";
    },
  },
};
