import { randomBytes } from "node:crypto";
import {
  type Enterprise,
  type FakeChannel,
  type FakeMessage,
  type FakeTeam,
  findChannel,
  type World,
} from "./world.ts";

/** Where a request comes from: ids, also of teams, channels and people that the fake does not know. */
export interface From {
  team: string;
  channel: string;
  user: string;
  /** the team of the person, where it is another one */
  userTeam?: string;
  /** without it the team's own */
  enterprise?: Enterprise | null;
  /** without it whether the team's enterprise has an org-wide install */
  isEnterpriseInstall?: boolean;
  /** without it a new one of the fake */
  responseUrl?: string;
}

export interface PressedButton {
  action_id: string;
  block_id?: string;
  value?: string;
  text?: { text: string };
}

/** The message with the button: one that the fake knows by its `ts`, or any. */
export type WithButton = Partial<FakeMessage> & Pick<FakeMessage, "ts">;

const verificationToken = "fake-verification-token";
const triggerId = () => `${Date.now()}.${randomBytes(6).toString("hex")}`;

/** What the fake knows of where a request comes from. */
function scene(world: World, { team: id, channel, user, userTeam, ...from }: From) {
  const team: FakeTeam | undefined = world.teams.find((one) => one.id === id);
  const person = team?.users.find((one) => one.id === user);
  const enterprise = from.enterprise === undefined ? (team?.enterprise ?? null) : from.enterprise;
  return {
    domain: team?.name ?? id.toLowerCase(),
    channelName: nameOf(team && findChannel(team, channel)),
    userName: person?.name ?? user.toLowerCase(),
    userTeam: userTeam ?? person?.team ?? id,
    enterprise,
    isEnterpriseInstall: from.isEnterpriseInstall ?? (enterprise !== null && world.installs.has(enterprise.id)),
    bot: team?.bot ?? null,
  };
}

/** Slack names private channels and direct messages by what they are, not by their name. */
const nameOf = (channel: FakeChannel | undefined): string =>
  channel?.direct ? "directmessage" : channel?.private ? "privategroup" : (channel?.name ?? "elsewhere");

/** https://docs.slack.dev/interactivity/implementing-slash-commands#app_command_handling */
export function commandFields(world: World, from: From, command: string, text: string, responseUrl: string) {
  const { domain, channelName, userName, enterprise, isEnterpriseInstall } = scene(world, from);
  return {
    ...{ token: verificationToken, team_id: from.team, team_domain: domain },
    ...(enterprise && { enterprise_id: enterprise.id, enterprise_name: enterprise.name }),
    ...{ channel_id: from.channel, channel_name: channelName, user_id: from.user, user_name: userName },
    ...{ command, text, api_app_id: world.app.id, is_enterprise_install: String(isEnterpriseInstall) },
    ...{ response_url: responseUrl, trigger_id: triggerId() },
  };
}

/** https://docs.slack.dev/reference/interaction-payloads/block_actions-payload. A private message is only named, not shown. */
export function actionPayload(
  world: World,
  from: From,
  button: PressedButton,
  message: WithButton | undefined,
  responseUrl: string,
) {
  const { domain, channelName, userName, userTeam, enterprise, isEnterpriseInstall } = scene(world, from);
  const isEphemeral = message ? "to" in message : true;
  const ts = message?.ts ?? `${Math.floor(world.now() / 1000)}.000100`;
  const { metadata: _, ...visible } = message ?? {};
  return {
    type: "block_actions",
    user: { id: from.user, username: userName, name: userName, team_id: userTeam },
    api_app_id: world.app.id,
    token: verificationToken,
    container: { type: "message", message_ts: ts, channel_id: from.channel, is_ephemeral: isEphemeral },
    trigger_id: triggerId(),
    team: {
      ...{ id: from.team, domain },
      ...(enterprise && { enterprise_id: enterprise.id, enterprise_name: enterprise.name }),
    },
    enterprise,
    is_enterprise_install: isEnterpriseInstall,
    channel: { id: from.channel, name: channelName },
    ...(!isEphemeral && { message: { type: "message", ...visible } }),
    state: { values: {} },
    response_url: responseUrl,
    actions: [{ type: "button", block_id: "b1", ...button, action_ts: `${world.now() / 1000}` }],
  };
}

export interface EventFrom extends Partial<Pick<From, "enterprise" | "isEnterpriseInstall">> {
  team: string;
  /** without it a new one */
  eventId?: string;
  /** without it our bot in the team */
  authorizations?: unknown[];
}

/** https://docs.slack.dev/apis/events-api/#callback-field */
export function eventEnvelope(world: World, from: EventFrom, event: Record<string, unknown>) {
  const { enterprise, isEnterpriseInstall, bot } = scene(world, { channel: "", user: "", ...from });
  const own = {
    ...{ enterprise_id: enterprise?.id ?? null, team_id: from.team },
    ...{ user_id: bot, is_bot: true, is_enterprise_install: isEnterpriseInstall },
  };
  return {
    token: verificationToken,
    team_id: from.team,
    ...(enterprise && { enterprise_id: enterprise.id }),
    context_team_id: from.team,
    context_enterprise_id: enterprise?.id ?? null,
    api_app_id: world.app.id,
    event: { event_ts: world.nextTs(), ...event },
    type: "event_callback",
    event_id: from.eventId ?? `Ev${randomBytes(5).toString("hex").toUpperCase()}`,
    event_time: Math.floor(world.now() / 1000),
    authorizations: from.authorizations ?? [own],
    is_ext_shared_channel: false,
  };
}

/** The button with this label in a message. */
export function buttonIn(message: WithButton | undefined, label: string): PressedButton {
  const found = buttonsIn(message?.blocks).find(({ text }) => text?.text === label);
  if (!found) throw new Error(`no button “${label}” in ${JSON.stringify(message?.blocks)}`);
  return found;
}

function buttonsIn(value: unknown): PressedButton[] {
  if (typeof value !== "object" || value === null) return [];
  if (isButton(value)) return [value];
  const block = "block_id" in value && typeof value.block_id === "string" ? { block_id: value.block_id } : {};
  return Object.values(value).flatMap((item) => buttonsIn(item).map((button) => ({ ...block, ...button })));
}

const isButton = (value: object): value is PressedButton =>
  "type" in value && value.type === "button" && "action_id" in value;
