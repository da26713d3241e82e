import { statusColor } from "./color.ts";
import { tidy } from "./draft.ts";
import type { Helper } from "./helper.ts";
import { raw } from "./markup.ts";

/** Helpers about the message as a whole. */
export const messageHelpers: Record<string, Helper> = {
  color: {
    usage: "{{color status}}",
    does: "a bar in the colour of a status or state beside all blocks but the first: green, red, blue, amber or grey. Words and emoji have to say it, too",
    run: ([status], { draft }) => {
      draft.color = statusColor(raw(status, "color"));
      return "";
    },
  },
  alone: {
    usage: "{{#alone}}…{{/alone}}",
    does: "behind the headline, only with the preset `one-line`: each line of the template is a part, parts are joined by dots, empty ones left out",
    run: (_args, { draft, body, context }) => {
      if (draft.preset !== "one-line") return "";
      const parts = tidy(body(context)).split("\n").filter(Boolean);
      return parts.map((part) => ` · ${part}`).join("");
    },
  },
};
