/** A word without what Slack puts around an address: `<https://…>` and `<https://…|text>`, also behind a `-`. */
export const unwrapped = (word: string): string => word.replace(/^(-?)<([^|>]*)(?:\|[^>]*)?>$/, "$1$2");
