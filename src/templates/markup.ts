import { clip, inline } from "../slack/text.ts";

/** Text that a helper has made inert already. The key is a symbol: no payload can hold one. */
const inert: unique symbol = Symbol("inert");

export interface Markup {
  [inert]: string;
}

export const markup = (mrkdwn: string): Markup => ({ [inert]: mrkdwn });

export const isMarkup = (value: unknown): value is Markup =>
  typeof value === "object" && value !== null && inert in value;

/** Longer values are clipped before anything looks at them: no title, branch or name needs more. */
export const valueLimit = 500;

/**
 * A mistake in a template or a value that it counted on. The message names paths and limits of the template, never a
 * value.
 */
export class TemplateError extends Error {}

/** A value as raw text. Absent values and objects are errors: `undefined` in a message helps nobody. */
export function raw(value: unknown, what: string): string {
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  throw new TemplateError(value === undefined || value === null ? `no value for ${what}` : `${what} is not a text`);
}

/** A value as inert mrkdwn of one line. */
export function words(value: unknown, what: string): string {
  return isMarkup(value) ? value[inert] : inline(clip(raw(value, what), valueLimit));
}
