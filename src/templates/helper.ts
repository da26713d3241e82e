import type { Draft } from "./draft.ts";
import { TemplateError } from "./markup.ts";

/** What a helper sees beside its arguments. */
export interface Call {
  /** named arguments: `limit=5` */
  hash: Record<string, unknown>;
  draft: Draft;
  /** the event, or the item of the `each` around */
  context: unknown;
  /** renders what stands between `{{#helper}}` and `{{/helper}}`; empty where the helper is no block */
  body: (context: unknown, data?: { index: number; first: boolean; last: boolean }) => string;
  /** renders what stands after `{{else}}` */
  otherwise: () => string;
}

/** A word of the template language. `usage` and `does` are printed in templates/README.md. */
export interface Helper {
  usage: string;
  does: string;
  /** A block helper returns inert mrkdwn; any other a raw value, or Markup where it has made it inert. */
  run: (args: unknown[], call: Call) => unknown;
}

export function numberOf(value: unknown, what: string): number {
  if (typeof value !== "number" || !Number.isFinite(value)) throw new TemplateError(`no number for ${what}`);
  return value;
}

export function listOf(value: unknown, what: string): unknown[] {
  if (!Array.isArray(value)) throw new TemplateError(`no list for ${what}`);
  return value;
}

/** What `{{#if}}` and its friends take for no: absent, false, 0, "" and the empty list. */
export const isEmpty = (value: unknown): boolean => !value || (Array.isArray(value) && value.length === 0);
