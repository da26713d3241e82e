/** Slack's colours as messages are drawn in them, by day and by night. Text has at least AA's contrast, which a test computes. */
export const slackColours = {
  light: {
    ground: "#ffffff",
    hover: "#f8f8f8",
    ink: "#1d1c1d",
    quiet: "#616061",
    line: "#dddddd",
    frame: "#bbbabb",
    link: "#1264a3",
    code: "#c01343",
    "code-ground": "#f8f8f8",
    "mention-ground": "#fdf2d0",
    "changed-ground": "#fdf5d8",
    primary: "#007a5a",
    danger: "#d11852",
    side: "#3f0e40",
    "side-ink": "#e6d9e7",
    "side-quiet": "#c7adc9",
    "side-on": "#f9edff",
    "side-on-ink": "#39063a",
  },
  dark: {
    ground: "#1a1d21",
    hover: "#212428",
    ink: "#d1d2d3",
    quiet: "#ababad",
    line: "#393b3f",
    frame: "#5b5d61",
    link: "#4ba3dc",
    code: "#e8912d",
    "code-ground": "#232529",
    "mention-ground": "#342e1b",
    "changed-ground": "#38331f",
    primary: "#007a5a",
    danger: "#d11852",
    side: "#1c0f1f",
    "side-ink": "#d3c8d6",
    "side-quiet": "#ad9db1",
    "side-on": "#7d3986",
    "side-on-ink": "#ffffff",
  },
} as const;

export type SlackColour = keyof (typeof slackColours)["light"];

/** What is written on what. */
export const slackPairs: readonly (readonly [SlackColour, SlackColour])[] = [
  ["ink", "ground"],
  ["ink", "hover"],
  ["ink", "changed-ground"],
  ["quiet", "ground"],
  ["quiet", "hover"],
  ["quiet", "changed-ground"],
  ["link", "ground"],
  ["link", "hover"],
  ["link", "changed-ground"],
  ["link", "mention-ground"],
  ["code", "code-ground"],
  ["side-ink", "side"],
  ["side-quiet", "side"],
  ["side-on-ink", "side-on"],
];

const block = (set: Record<SlackColour, string>): string =>
  Object.entries(set)
    .map(([name, value]) => `--${name}:${value};`)
    .join("");

/** The colours as properties of CSS. */
export const slackColourStyle = `:root{color-scheme:light dark;${block(slackColours.light)}}
@media (prefers-color-scheme:dark){:root{${block(slackColours.dark)}}}`;
