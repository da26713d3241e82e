import type { Step } from "./payloads/step.ts";

/** What happens in a project, and what a channel hears of it: `<name>.txt` beside it, written by hand. */
export interface Conversation {
  name: string;
  /** words of the channel's rule */
  rule: string;
  /** the deliveries, in the order in which the forge sends them; made anew by each call */
  steps: () => Step[];
  /** false where the order of arrival decides what is told together, so that another order shows something else */
  isOrdered?: false;
  /** messages that stand alone where they come before the card in whose thread they belong */
  early?: RegExp;
}
