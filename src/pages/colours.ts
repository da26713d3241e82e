/** The colours of the pages, by day and by night. Text on its ground has at least AA's contrast, which a test computes. */
export const colours = {
  light: {
    ground: "#fbfaf8",
    panel: "#ffffff",
    ink: "#1d2127",
    quiet: "#5a616b",
    line: "#e3dfd8",
    accent: "#8a4a12",
    button: "#1f2937",
    "on-button": "#ffffff",
    "code-ground": "#f1eee9",
    // Slack's own
    "slack-ground": "#ffffff",
    "slack-ink": "#1d1c1d",
    "slack-quiet": "#616061",
    "slack-line": "#dddddd",
    "slack-link": "#1264a3",
    "slack-code": "#c01343",
    "slack-code-ground": "#f6f6f6",
  },
  dark: {
    ground: "#14171c",
    panel: "#1b1f26",
    ink: "#eceae6",
    quiet: "#a5abb5",
    line: "#2e343d",
    accent: "#e6ac6b",
    button: "#f3efe8",
    "on-button": "#1d2127",
    "code-ground": "#252a33",
    "slack-ground": "#1a1d21",
    "slack-ink": "#d1d2d3",
    "slack-quiet": "#ababad",
    "slack-line": "#35373b",
    "slack-link": "#4ba3dc",
    "slack-code": "#e8912d",
    "slack-code-ground": "#232529",
  },
} as const;

export type Colour = keyof (typeof colours)["light"];

/** What is written on what. */
export const pairs: readonly (readonly [Colour, Colour])[] = [
  ["ink", "ground"],
  ["ink", "panel"],
  ["ink", "code-ground"],
  ["quiet", "ground"],
  ["quiet", "panel"],
  ["quiet", "code-ground"],
  ["accent", "ground"],
  ["accent", "panel"],
  ["on-button", "button"],
  ["slack-ink", "slack-ground"],
  ["slack-quiet", "slack-ground"],
  ["slack-link", "slack-ground"],
  ["slack-code", "slack-code-ground"],
];

const block = (set: Record<Colour, string>): string =>
  Object.entries(set)
    .map(([name, value]) => `--${name}:${value};`)
    .join("");

/** The colours as properties of CSS. */
export const colourStyle = `:root{color-scheme:light dark;${block(colours.light)}}
@media (prefers-color-scheme:dark){:root{${block(colours.dark)}}}`;
