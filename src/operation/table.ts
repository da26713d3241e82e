/**
 * Every metric of ours: its name, what it says, its labels. docs/operations.md shows this table, and a test compares
 * them. Values of labels come from our own tables only, so that no sender can make Prometheus grow.
 * https://prometheus.io/docs/practices/naming/
 */
export interface Described {
  name: string;
  help: string;
  labels: readonly string[];
}

const metric = (name: string, help: string, ...labels: string[]): Described => ({
  name: `belfry_${name}`,
  help,
  labels,
});

export const counters = {
  arrived: metric("deliveries_total", "Deliveries that were answered 2xx: stored or duplicate", "forge", "outcome"),
  refused: metric(
    "refused_requests_total",
    "Requests to hooks that were not stored, by status; none: they ended before they were complete",
    "status",
  ),
  read: metric(
    "deliveries_read_total",
    "Deliveries that were read, by what they turned out to be",
    "forge",
    "kind",
    "outcome",
  ),
  message: metric(
    "messages_total",
    "Steps of messages: sent, suppressed and dead are final; retry and uncertain count as often as they happen",
    "outcome",
  ),
} satisfies Record<string, Described>;

export const histograms = {
  receive: metric("receive_seconds", "From the head of a request to a hook to its answer"),
  store: metric("store_seconds", "A transaction that stores deliveries"),
  read: metric("read_seconds", "Reading one delivery: parse and match"),
  render: metric("render_seconds", "Making one message out of its event"),
  slackCall: metric("slack_call_seconds", "A call to Slack, by what it was for and its outcome", "call", "outcome"),
  delay: metric("delay_seconds", "From the arrival of a delivery to its message in the channel"),
} satisfies Record<string, Described>;

export const gauges = {
  storeUp: metric("store_up", "1 while the store can be reached"),
  storeDurable: metric("store_durable", "1 where a commit is on disk before it returns"),
  pending: metric("pending_deliveries", "Deliveries that wait to be read, counted up to 100000"),
  pendingAge: metric("oldest_pending_delivery_seconds", "How long the oldest of them waits"),
  open: metric("open_messages", "Messages that wait to be sent, counted up to 100000"),
  openAge: metric("oldest_open_message_seconds", "How long the oldest of them waits"),
  lanes: metric("waiting_lanes", "Channels that have messages waiting"),
  slackUp: metric(
    "slack_up",
    "1 where Slack answered this process the last time, 0 where it did not; absent before the first call",
  ),
  spool: metric("spooled_deliveries", "Deliveries that wait in this process' spool for PostgreSQL"),
  spoolBytes: metric("spool_bytes", "The size of their bodies"),
  spoolAge: metric("oldest_spooled_delivery_seconds", "How long the oldest of them waits"),
  spoolAside: metric(
    "spool_set_aside_deliveries",
    "Deliveries that PostgreSQL refused for good and that stay in the spool",
  ),
  spooling: metric("spooling", "1 while deliveries go into the spool"),
  spoolLasts: metric("spool_lasts", "0 where the disk of the spool goes away with the process, as on a dyno"),
} satisfies Record<string, Described>;
