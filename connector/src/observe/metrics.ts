import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { classifyRefusal } from '../deliver/refusal.ts';
import type { ApiUsage } from '../salesforce/salesforce.ts';
import { conservationDifference } from '../store/conservation.ts';
import type { StoreFigures } from '../store/figures.ts';
import type { DeliveredReply, StoreCounts } from '../store/store.ts';

const PREFIX = 'reply_tracking_';
/** A label has one of these values, whatever stands in the database. */
const PROVIDERS = ['gmail', 'graph', 'ews', 'imap'];
/** Seconds: from at once to what no push and no sweep explains. */
const DETECTION_BUCKETS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 900, 3600];

export interface Observed {
  readonly figures: () => Promise<StoreFigures>;
  readonly counts: () => Promise<StoreCounts>;
  readonly apiUsage: () => ApiUsage | undefined;
}

export interface Metrics {
  /** All metrics in the text format of Prometheus, version 0.0.4. */
  readonly text: () => Promise<string>;
  readonly contentType: string;
  /** Counts how long replies took. */
  readonly delivered: (replies: readonly DeliveredReply[]) => void;
  /** Counts what became of a notification that came in a provider's name. */
  readonly notified: (provider: string, outcome: NotificationOutcome) => void;
}

/** One of a fixed few, whoever sent the notification and whatever it holds. */
type NotificationOutcome = 'accepted' | 'unknown' | 'forged' | 'malformed';

/** What this process and its database show to Prometheus. No label names a mailbox, a person or an address. */
export function openMetrics(observed: Observed): Metrics {
  const registry = new Registry();
  const gauge = <Label extends string>(name: string, help: string, labelNames: readonly Label[] = []): Gauge<Label> =>
    new Gauge({ name: `${PREFIX}${name}`, help, labelNames: [...labelNames], registers: [registry] });
  const gauges = allGauges(gauge);
  const detection = new Histogram({
    name: `${PREFIX}detection_seconds`,
    help: 'Seconds from the receipt of a reply to its Task, of the replies that this process delivered.',
    labelNames: ['provider'],
    buckets: DETECTION_BUCKETS,
    registers: [registry],
  });
  const notifications = new Counter({
    name: `${PREFIX}notifications_total`,
    help: 'Notifications that this process received, by what became of them.',
    labelNames: ['provider', 'outcome'],
    registers: [registry],
  });
  return {
    text: async () => {
      const [figures, counts] = [await observed.figures(), await observed.counts()];
      registry.getMetricsAsArray().forEach((metric) => metric instanceof Gauge && metric.reset());
      setMailboxes(gauges, figures);
      setWork(gauges, figures, counts);
      const usage = observed.apiUsage();
      // Nothing is known before the first answer; a gauge that says 0 calls left would raise an alarm.
      if (usage === undefined) registry.removeSingleMetric(`${PREFIX}salesforce_api_calls_left`);
      else {
        registry.registerMetric(gauges.apiCallsLeft);
        gauges.apiCallsLeft.set(Math.max(0, usage.limit - usage.used));
      }
      return registry.metrics();
    },
    contentType: registry.contentType,
    delivered: (replies) => {
      for (const { provider = '', seconds } of replies) {
        if (seconds !== undefined) detection.observe({ provider: providerLabel(provider) }, seconds);
      }
    },
    notified: (provider, outcome) => notifications.inc({ provider: providerLabel(provider), outcome }),
  };
}

type NewGauge = <Label extends string>(name: string, help: string, labelNames?: readonly Label[]) => Gauge<Label>;
type Gauges = ReturnType<typeof allGauges>;

function allGauges(gauge: NewGauge) {
  return {
    mailboxes: gauge('mailboxes', 'Connected mailboxes; reconnect: the provider refuses the login.', [
      'provider',
      'state',
    ]),
    lag: gauge(
      'mailbox_lag_seconds',
      'Since the mailbox of this provider that is furthest behind was read to its end.',
      ['provider'],
    ),
    oldestUnread: gauge('oldest_unread_seconds', 'Since the mailbox that is furthest behind was read to its end.'),
    messages: gauge('messages', 'Messages by what became of them; fate seen is all of them.', ['fate']),
    conservation: gauge('conservation_difference', 'Messages that do not add up. Anything but 0 is a defect.'),
    pending: gauge('outbox_items', 'What Salesforce does not have yet.', ['type']),
    oldestPending: gauge('outbox_oldest_seconds', 'Since the oldest of them was put there.'),
    dead: gauge('dead_letters', 'What Salesforce refused for good, by the kind of refusal.', ['class']),
    halts: gauge('halts', 'Times that a reply halted a person here, before Salesforce knew of it.'),
    held: gauge('held_people', 'Halts that Salesforce has not confirmed yet.'),
    unhalted: gauge('unhalted_sequences', 'Sequences that go on although a person has answered and the Task is there.'),
    apiCallsLeft: gauge('salesforce_api_calls_left', 'API calls that the org may still make within 24 hours.'),
  };
}

function setMailboxes(gauges: Gauges, { mailboxes }: StoreFigures): void {
  const lags = new Map<string, number>();
  for (const { provider: name, state, count, lagSeconds } of mailboxes) {
    const provider = providerLabel(name);
    gauges.mailboxes.inc({ provider, state }, count);
    if (lagSeconds !== null) lags.set(provider, Math.max(lags.get(provider) ?? 0, lagSeconds));
  }
  for (const [provider, lag] of lags) gauges.lag.set({ provider }, lag);
  gauges.oldestUnread.set(Math.max(0, ...lags.values()));
}

function setWork(gauges: Gauges, { pending, dead, latches, unhalted }: StoreFigures, counts: StoreCounts): void {
  const { seen, matched, notReply, excluded, waiting, dead: lost } = counts;
  for (const [fate, count] of Object.entries({ seen, matched, notReply, excluded, waiting, dead: lost })) {
    gauges.messages.set({ fate }, count);
  }
  gauges.conservation.set(conservationDifference(counts));
  for (const { type, count } of pending) gauges.pending.set({ type }, count);
  gauges.oldestPending.set(Math.max(0, ...pending.map(({ oldestSeconds }) => oldestSeconds)));
  for (const { code, count } of dead) gauges.dead.inc({ class: classifyRefusal(code, '') }, count);
  gauges.halts.set(latches.set);
  gauges.held.set(latches.held);
  gauges.unhalted.set(unhalted);
}

function providerLabel(name: string): string {
  return PROVIDERS.includes(name) ? name : 'other';
}
