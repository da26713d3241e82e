/** Who is there: workspaces with their channels, hooks and projects. */
export interface Place {
  workspace: string;
  /** Slack's id of the workspace */
  team: string;
  token: string;
  channels: string[];
  hooks: { name: string; secret: string }[];
  /** each has one rule for each of its channels */
  projects: { path: string; channels: string[] }[];
}

/** Every so many projects have a second channel, so that one delivery becomes two messages. */
const fanOut = 5;

/**
 * Workspaces of equal size. Ids of channels are unique across them, so that a post in a wrong place shows. The first
 * workspace is the one of SLACK_BOT_TOKEN.
 */
export function createTopology(size: { workspaces: number; channels: number; hooks: number }): Place[] {
  return Array.from({ length: size.workspaces }, (_, index) => {
    const count = Math.ceil((size.channels - index) / size.workspaces);
    const channels = Array.from({ length: count }, (_, channel) => `C${pad(index)}X${pad(channel)}`);
    return {
      workspace: index === 0 ? "slack" : `T${pad(index)}`,
      team: `T${pad(index)}`,
      token: `xoxb-${index}-chaos`,
      channels,
      hooks: Array.from({ length: size.hooks }, (_, hook) => ({
        name: `hook ${hook}`,
        secret: `secret-${index}-${hook}`,
      })),
      projects: channels.map((channel, at) => ({
        path: `w${index}/p${at}`,
        channels: [channel, ...(at % fanOut === 0 ? channels.slice(at + 1, at + 2) : [])],
      })),
    };
  });
}

const pad = (number: number) => String(number).padStart(4, "0");
