/** An address without what Slack puts around it: `<https://…>` and `<https://…|text>`. Anything else stays as it is. */
export const unwrapped = (word: string): string => word.replace(/^<(https?:\/\/[^|>]*)(?:\|[^>]*)?>$/i, "$1");
