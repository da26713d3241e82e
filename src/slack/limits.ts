/**
 * Slack rejects a whole message for one block that is too long, so we clip. Lengths in UTF-16 units, never more than
 * Slack counts.
 * https://docs.slack.dev/reference/block-kit/blocks
 */
export const limits = {
  /** blocks of a message */
  blocks: 50,
  /** text of a section, of a context element, of any text object */
  section: 3000,
  /** fields of a section */
  fields: 10,
  /** text of a field */
  field: 2000,
  /** elements of a context block */
  context: 10,
  /** plain text of a header */
  header: 150,
  /** elements of an actions block */
  actions: 25,
  /** plain text of a button */
  button: 75,
  /** address of a button or a link */
  url: 3000,
  /** top-level text: longer ones are cut by Slack somewhere */
  text: 4000,
  /**
   * all texts of all blocks: above some 11,000 Slack answers msg_blocks_too_long
   * https://github.com/slackapi/bolt-js/issues/2509
   */
  total: 10_000,
} as const;
