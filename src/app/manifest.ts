/**
 * What Slack is told about our app. The manifest, the pages and the app itself all take it from here, so that the app asks
 * for exactly what it uses. https://docs.slack.dev/reference/app-manifest
 */

/** Where Slack and people who install the app reach us. */
export const slackPaths = {
  /** commands, clicks and events alike */
  events: "/slack/events",
  install: "/slack/install",
  redirect: "/slack/oauth_redirect",
} as const;

/** What the bot may do, and what for. Shown to people. */
export const botScopes = {
  "chat:write": "post messages",
  "chat:write.public": "post into public channels without being invited first",
  commands: "answer /belfry",
  "channels:read": "know public channels by name, and hear when one is renamed, archived or deleted",
  "groups:read": "the same for private channels that it was invited to",
  "users:read": "see who is an administrator or a guest, because guests change nothing",
} as const;

/** What links need beside that, where Slack asks us about those of a host of the operator's. */
export const linkScopes = {
  "links:read": "hear of links to your forge",
  "links:write": "show below them what the forge has told",
} as const;

/** The hosts that one app may be asked about. https://docs.slack.dev/reference/app-manifest */
export const mostUnfurled = 5;

/** The scopes that an install asks for. @param unfurl hosts whose links are unfurled */
export const scopesFor = (unfurl: readonly string[]): string[] =>
  Object.keys(unfurl.length > 0 ? { ...botScopes, ...linkScopes } : botScopes);

/** The events that Slack sends us. events.ts has a handler for each. https://docs.slack.dev/reference/events */
export const botEvents = [
  "app_uninstalled",
  "tokens_revoked",
  "team_access_revoked",
  "channel_archive",
  "channel_unarchive",
  "channel_deleted",
  "channel_rename",
  "channel_left",
  "channel_shared",
  "channel_unshared",
  "channel_id_changed",
  "group_archive",
  "group_unarchive",
  "group_deleted",
  "group_rename",
  "group_left",
] as const;

/** The event of links, which comes only for the hosts of the manifest. */
export const linkEvent = "link_shared";

export type BotEvent = (typeof botEvents)[number] | typeof linkEvent;

export const slashCommand = {
  command: "/belfry",
  description: "Choose what GitLab tells this channel",
  usage_hint: "help | subscribe group/project | list | connect gitlab",
  // Rules name people as the forge does: author:@ada would arrive as <@U123|ada>.
  should_escape: false,
} as const;

const display = {
  name: "Belfry",
  description: "Merge requests, pipelines, deployments and releases in the right channels",
  long_description:
    "Belfry listens to the webhooks of GitLab and tells the right Slack channels what happened: pushes, tags, merge " +
    "requests, pipelines, deployments, releases, issues and comments, each as one short message. Type /belfry subscribe " +
    "group/project in a channel to choose what it hears, by kind, branch, label, author, environment and more.",
  background_color: "#1f2937",
};

/** How Slack reaches us: at a public address without a slash at its end, or through a socket that we open. */
export type Reach = { url: string } | { socketMode: true };

/**
 * The manifest of the Slack app, to be printed as YAML or JSON.
 * @param unfurl hosts of forges whose links are unfurled, at most `mostUnfurled`
 */
export function manifest(reach: Reach, unfurl: readonly string[] = []): object {
  const url = "url" in reach ? reach.url : undefined;
  const events = url && { request_url: `${url}${slackPaths.events}` };
  return {
    display_information: display,
    features: {
      // Without its tab for messages the app could write to nobody directly.
      app_home: { home_tab_enabled: false, messages_tab_enabled: true, messages_tab_read_only_enabled: true },
      bot_user: { display_name: "belfry", always_online: true },
      slash_commands: [{ ...slashCommand, ...(url && { url: `${url}${slackPaths.events}` }) }],
      ...(unfurl.length > 0 && { unfurl_domains: [...unfurl] }),
    },
    oauth_config: {
      ...(url && { redirect_urls: [`${url}${slackPaths.redirect}`] }),
      scopes: { bot: scopesFor(unfurl) },
    },
    settings: {
      event_subscriptions: { ...events, bot_events: [...botEvents, ...(unfurl.length > 0 ? [linkEvent] : [])] },
      interactivity: { is_enabled: true, ...events },
      org_deploy_enabled: true,
      socket_mode_enabled: url === undefined,
      token_rotation_enabled: false,
    },
  };
}
