/**
 * Slack's checks of Block Kit, as far as messages without inputs need them. Slack refuses the whole message for one fault.
 *
 * https://docs.slack.dev/reference/block-kit/blocks
 */
type Json = Record<string, unknown>;
type Check = (value: unknown, at: string) => string[];

/** Slack's fault messages for a `blocks` argument; none where it is fine. */
export function blockFaults(blocks: unknown, at = "/blocks"): string[] {
  if (!Array.isArray(blocks)) return [fault("must be an array", at)];
  const ids = blocks.map((block: unknown) => (isObject(block) ? block["block_id"] : undefined)).filter(Boolean);
  return [
    ...(blocks.length > 50 ? [fault("no more than 50 items allowed", at)] : []),
    ...(new Set(ids).size < ids.length ? [fault("block_id must be unique", at)] : []),
    ...blocks.flatMap((block: unknown, index) => checkBlock(block, `${at}/${index}`)),
  ];
}

/** Slack's fault messages for an `attachments` argument, whose blocks are checked like all others; none where it is fine. */
export function attachmentFaults(attachments: unknown): string[] {
  if (!Array.isArray(attachments)) return [fault("must be an array", "/attachments")];
  return attachments.flatMap((one: unknown, index) => {
    const at = `/attachments/${index}`;
    if (!isObject(one)) return [fault("must be an object", at)];
    const inside = one["blocks"] === undefined ? [] : blockFaults(one["blocks"], `${at}/blocks`);
    return [...attachment(one, at), ...inside];
  });
}

/** Characters of text in all blocks together; Slack refuses a message of many with `msg_blocks_too_long`. */
export function textLength(value: unknown): number {
  if (Array.isArray(value)) return value.reduce((sum: number, item) => sum + textLength(item), 0);
  if (!isObject(value)) return 0;
  return Object.entries(value).reduce(
    (sum, [key, item]) => sum + (key === "text" && typeof item === "string" ? item.length : textLength(item)),
    0,
  );
}

const fault = (text: string, at: string) => `[ERROR] ${text} [json-pointer:${at}]`;
const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const string =
  (most: number, least = 1): Check =>
  (value, at) => {
    if (typeof value !== "string") return [fault("must be a string", at)];
    const length = [...value].length;
    if (length < least) return [fault(`must be more than ${least - 1} characters`, at)];
    return length > most ? [fault(`must be less than ${most + 1} characters`, at)] : [];
  };

const boolean: Check = (value, at) => (typeof value === "boolean" ? [] : [fault("must be a boolean", at)]);
const anything: Check = () => [];

/** Slack shows another colour as none, without a word; here it is a mistake. */
const colour: Check = (value, at) =>
  typeof value === "string" && /^(good|warning|danger|#[0-9a-f]{6})$/i.test(value) ? [] : [fault("invalid color", at)];

const list =
  (most: number, item: Check): Check =>
  (value, at) => {
    if (!Array.isArray(value)) return [fault("must be an array", at)];
    if (value.length === 0) return [fault("no less than 1 items allowed", at)];
    if (value.length > most) return [fault(`no more than ${most} items allowed`, at)];
    return value.flatMap((one, index) => item(one, `${at}/${index}`));
  };

const object =
  (required: Record<string, Check>, optional: Record<string, Check> = {}): Check =>
  (value, at) => {
    if (!isObject(value)) return [fault("must be an object", at)];
    const checks: Record<string, Check> = { type: anything, ...required, ...optional };
    return [
      ...Object.keys(required)
        .filter((key) => value[key] === undefined)
        .map((key) => fault(`missing required field: ${key}`, at)),
      ...Object.entries(value).flatMap(([key, item]) =>
        Object.hasOwn(checks, key)
          ? (checks[key] ?? anything)(item, `${at}/${key}`)
          : [fault(`invalid additional property: ${key}`, at)],
      ),
    ];
  };

/** An object whose `type` picks its check from a table. */
const oneOf =
  (table: () => Record<string, Check>, what: string): Check =>
  (value, at) => {
    if (!isObject(value)) return [fault("must be an object", at)];
    const type = String(value["type"]);
    const check = Object.hasOwn(table(), type) ? table()[type] : undefined;
    return check ? check(value, at) : [fault(`unsupported ${what}: ${type}`, `${at}/type`)];
  };

const plain = (most: number) =>
  oneOf(() => ({ plain_text: object({ text: string(most) }, { emoji: boolean }) }), "type");
const text = (most: number) =>
  oneOf(
    () => ({
      plain_text: object({ text: string(most) }, { emoji: boolean }),
      mrkdwn: object({ text: string(most) }, { verbatim: boolean }),
    }),
    "type",
  );

const url: Check = (value, at) => {
  const faults = string(3000)(value, at);
  return faults.length || URL.canParse(String(value)) ? faults : [fault("invalid url", at)];
};

/** Of the fields from before blocks only those that go together with them. https://docs.slack.dev/messaging/formatting-message-text#attachments */
const attachment: Check = (value, at) =>
  object({}, { color: colour, blocks: anything, fallback: string(40_000) })(value, at);

const image = object({ alt_text: string(2000) }, { image_url: url, slack_file: anything });
const button = object(
  { text: plain(75) },
  {
    action_id: string(255),
    url,
    value: string(2000),
    style: string(20),
    accessibility_label: string(75),
    confirm: anything,
  },
);
const elements = { button, image, overflow: anything, static_select: anything };

const richText = oneOf(
  () => ({
    rich_text_section: object({ elements: list(1000, richInline) }),
    rich_text_list: object(
      { elements: list(1000, richText), style: string(20) },
      { indent: anything, offset: anything, border: anything },
    ),
    rich_text_quote: object({ elements: list(1000, richInline) }, { border: anything }),
    rich_text_preformatted: object({ elements: list(1000, richInline) }, { border: anything, language: string(50) }),
  }),
  "element",
);
const richInline = oneOf(
  () => ({
    text: object({ text: string(12_000) }, { style: anything }),
    link: object({ url }, { text: string(12_000), style: anything, unsafe: boolean }),
    emoji: object({ name: string(255) }, { unicode: anything, style: anything }),
    user: object({ user_id: string(255) }, { style: anything }),
    channel: object({ channel_id: string(255) }, { style: anything }),
  }),
  "element",
);

const id = { block_id: string(255) };
const section = object(
  {},
  {
    ...id,
    text: text(3000),
    fields: list(10, text(2000)),
    accessory: oneOf(() => elements, "element"),
    expand: boolean,
  },
);

const blocks: Record<string, Check> = {
  section: (value, at) =>
    isObject(value) && value["text"] === undefined && value["fields"] === undefined
      ? [fault("must define either text or fields", at)]
      : section(value, at),
  header: object({ text: plain(150) }, { ...id, level: anything }),
  context: object(
    {
      elements: list(
        10,
        oneOf(() => ({ ...textElements, image }), "element"),
      ),
    },
    id,
  ),
  divider: object({}, id),
  actions: object(
    {
      elements: list(
        25,
        oneOf(() => elements, "element"),
      ),
    },
    id,
  ),
  image: object({ alt_text: string(2000) }, { ...id, image_url: url, slack_file: anything, title: plain(2000) }),
  markdown: object({ text: string(12_000) }, id),
  rich_text: object({ elements: list(1000, richText) }, id),
};
const textElements = { plain_text: text(3000), mrkdwn: text(3000) };
const checkBlock = oneOf(() => blocks, "type");
