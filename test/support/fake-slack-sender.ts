import {
  actionPayload,
  buttonIn,
  commandFields,
  type EventFrom,
  eventEnvelope,
  type From,
  type PressedButton,
  type WithButton,
} from "./fake-slack/bodies.ts";
import { type Answered, type Deviation, moreHeaders, post, type Signed, sign } from "./fake-slack/post.ts";
import { type Replies, watchReplies } from "./fake-slack/replies.ts";
import type { FakeSlack } from "./fake-slack.ts";

export type { Deviation } from "./fake-slack/post.ts";
export type { Reply } from "./fake-slack/responses.ts";

export interface Sent extends Answered, Replies {
  /** sends the very same bytes with the same timestamp and signature again, `retry` and `headers` added */
  again(more?: Pick<Deviation, "retry" | "headers">): Promise<Sent>;
}

export interface CommandRequest extends From {
  /** without it `/belfry` */
  command?: string;
  /** as Slack sends it: `&`, `<` and `>` are escaped by it, links come as `<https://…>` */
  text: string;
}

export interface ActionRequest extends From {
  /** the button, or the label of one in the message */
  button: PressedButton | string;
  /** the message with the button, such as `fake.ephemerals(user).at(-1)`; without it a private one that nobody kept */
  message?: WithButton | undefined;
}

export interface EventRequest extends EventFrom {
  event: { type: string } & Record<string, unknown>;
}

export interface SlackSender {
  command(request: CommandRequest, deviation?: Deviation): Promise<Sent>;
  action(request: ActionRequest, deviation?: Deviation): Promise<Sent>;
  event(request: EventRequest, deviation?: Deviation): Promise<Sent>;
  /** any fields as a form, such as `{ ssl_check: "1" }` */
  form(fields: Record<string, string>, deviation?: Deviation): Promise<Sent>;
  /** anything as JSON, such as `{ type: "url_verification", challenge: "x" }` */
  json(body: object, deviation?: Deviation): Promise<Sent>;
  /** any bytes */
  raw(type: string, body: Buffer | string, deviation?: Deviation): Promise<Sent>;
}

export interface SenderOptions {
  /** where our server takes what Slack sends: `http://127.0.0.1:1234/slack/events` */
  url: string;
  fake: FakeSlack;
  /** without it that of the fake's app */
  signingSecret?: string;
  /** milliseconds that an answer may take: 3,000 as with Slack */
  within?: number;
}

const form = "application/x-www-form-urlencoded";
const json = "application/json";

/** Slack's requests to our server, truly signed. Each rejects where no answer comes in time. */
export function createSlackSender({ url, fake, signingSecret, within = 3_000 }: SenderOptions): SlackSender {
  const { world } = fake;
  const secret = signingSecret ?? world.app.signingSecret;

  async function deliver(signed: Signed, responseUrl: string): Promise<Sent> {
    const answered = await post(url, signed, within);
    return {
      ...answered,
      ...watchReplies(fake, responseUrl),
      again: (more = {}) =>
        deliver({ body: signed.body, headers: { ...signed.headers, ...moreHeaders(more) } }, responseUrl),
    };
  }

  const raw = (type: string, body: Buffer | string, deviation?: Deviation, responseUrl = "") =>
    deliver(sign(type, Buffer.from(body), secret, world.now(), deviation), responseUrl);
  const sendForm = (fields: Record<string, string>, deviation?: Deviation, responseUrl = "") =>
    raw(form, String(new URLSearchParams({ ...fields, ...padding(deviation) })), deviation, responseUrl);
  const sendJson = (body: object, deviation?: Deviation) =>
    raw(json, JSON.stringify({ ...body, ...padding(deviation) }), deviation);
  return {
    command({ command = "/belfry", text, ...from }, deviation) {
      const responseUrl = openResponse(fake, "commands", from);
      return sendForm(commandFields(world, from, command, text, responseUrl), deviation, responseUrl);
    },
    action({ button, message, ...from }, deviation) {
      const responseUrl = openResponse(fake, "actions", from, message?.ts);
      const pressed = typeof button === "string" ? buttonIn(message, button) : button;
      const payload = actionPayload(world, from, pressed, message, responseUrl);
      return sendForm({ payload: JSON.stringify(payload) }, deviation, responseUrl);
    },
    event: ({ event, ...from }, deviation) => sendJson(eventEnvelope(world, from, event), deviation),
    form: sendForm,
    json: sendJson,
    raw,
  };
}

const padding = ({ padding: bytes }: Deviation = {}): { padding?: string } =>
  bytes === undefined ? {} : { padding: "x".repeat(bytes) };

/** A new response_url, unless the request names one. */
export const openResponse = (
  { origin, responses }: FakeSlack,
  kind: "commands" | "actions",
  from: From,
  message?: string,
): string => from.responseUrl ?? `${origin}${responses.open(kind, { ...from, message })}`;
