const green = "#2da160";
const red = "#dd2b0e";
const blue = "#1f75cb";
const amber = "#d99530";
const grey = "#89888d";

/** Statuses of CI and states of merge requests. The bar repeats what emoji and words say: nobody has to see it. */
const colors: Record<string, string> = {
  success: green,
  fixed: green,
  approved: green,
  merged: green,
  published: green,
  failed: red,
  broken: red,
  rejected: red,
  running: blue,
  opened: blue,
  waiting_for_resource: amber,
  manual: amber,
  blocked: amber,
  waiting: amber,
};

/** The colour of a status or state as `#rrggbb`; grey for what calls for nobody, and for one that we do not know. */
export const statusColor = (status: string): string => (Object.hasOwn(colors, status) && colors[status]) || grey;
