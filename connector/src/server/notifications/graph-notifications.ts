import { createHash, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import type {
  Notification,
  NotificationAnswer,
  NotificationHead,
  NotificationOutcome,
  NotificationRoute,
  WakeMailbox,
} from './notification-route.ts';

/** A subscription that this connector has made, as far as its notifications are checked by it. */
export interface KnownSubscription {
  readonly id: string;
  readonly mailboxId: string;
  /** SHA-256 of its clientState, in base64url. */
  readonly clientStateHash: string;
}

export interface GraphNotifications {
  /** Those of the ids that are known, in one look-up. */
  readonly find: (ids: readonly string[]) => Promise<readonly KnownSubscription[]>;
  readonly wake: WakeMailbox;
  /** Told that a subscription is gone at Microsoft's. */
  readonly forget: (id: string) => Promise<void>;
  /** Told what became of each notification. */
  readonly count: (outcome: NotificationOutcome) => void;
}

const MAX_BYTES = 256 * 1024;
/** Notifications in one request; Microsoft batches far fewer. */
const MOST = 1_000;
const LONGEST_TOKEN = 1_024;

/**
 * What Microsoft Graph asks of an address before it tells anything there ("Receive change notifications through
 * webhooks", validation): the token back, as plain text. A token that holds what a browser could take for markup is none
 * of Microsoft's and is refused.
 */
const TOKEN = /^[\x20-\x7e]+$/;
const MARKUP = /[<>&"'`]/;

const change = z
  .object({
    subscriptionId: z.guid(),
    clientState: z.string().min(1).max(128),
    changeType: z.string().max(40).optional(),
    lifecycleEvent: z.string().max(40).optional(),
  })
  .refine(({ changeType, lifecycleEvent }) => changeType !== undefined || lifecycleEvent !== undefined);
const envelope = z.object({ value: z.array(z.unknown()).min(1).max(MOST) });

type Change = z.infer<typeof change>;

/**
 * Change notifications and lifecycle notifications of Microsoft Graph. Each of them has to name a subscription of ours
 * and its clientState; of what else stands in it nothing is believed, and no address in it is asked for anything: that
 * a mailbox has to be read is all that is taken from it.
 */
export function graphNotifications(options: GraphNotifications): NotificationRoute {
  return {
    path: 'graph',
    maxBytes: MAX_BYTES,
    admit: validated,
    take: (notification) => take(notification, options),
  };
}

function validated({ query }: NotificationHead): NotificationAnswer | undefined {
  const tokens = query.getAll('validationToken');
  if (tokens.length === 0) return undefined;
  const [token = '', ...more] = tokens;
  const isSafe = more.length === 0 && token.length <= LONGEST_TOKEN && TOKEN.test(token) && !MARKUP.test(token);
  return isSafe ? { status: 200, text: token } : { status: 400 };
}

async function take({ headers, body }: Notification, options: GraphNotifications): Promise<NotificationAnswer> {
  const { find, count } = options;
  if (!/^application\/json(?:\s*;|$)/i.test(headers['content-type'] ?? '')) return refuse(415, count);
  const items = itemsOf(body);
  if (items === undefined) return refuse(400, count);
  const changes = items.flatMap((item) => readChange(item, count));
  const known = new Map(
    (await find([...new Set(changes.map(({ subscriptionId }) => subscriptionId))])).map((s) => [s.id, s]),
  );
  const judged = changes.map((item) => ({ item, outcome: judge(item, known.get(item.subscriptionId)) }));
  for (const { outcome } of judged) count(outcome);
  const accepted = judged.filter(({ outcome }) => outcome === 'accepted').map(({ item }) => item);
  await act(accepted, known, options);
  if (accepted.length > 0 || judged.some(({ outcome }) => outcome === 'unknown')) return { status: 202 };
  return { status: judged.length > 0 ? 403 : 400 };
}

function refuse(status: number, count: GraphNotifications['count']): NotificationAnswer {
  count('malformed');
  return { status };
}

function itemsOf(body: Buffer): readonly unknown[] | undefined {
  try {
    return envelope.safeParse(JSON.parse(body.toString('utf8'))).data?.value;
  } catch {
    return undefined;
  }
}

function readChange(item: unknown, count: GraphNotifications['count']): Change[] {
  const { data } = change.safeParse(item);
  if (data !== undefined) return [{ ...data, subscriptionId: data.subscriptionId.toLowerCase() }];
  count('malformed');
  return [];
}

/** Compared in constant time, by digests of equal length, so that no answer's delay tells how much of a guess is right. */
function judge({ clientState }: Change, known: KnownSubscription | undefined): NotificationOutcome {
  if (known === undefined) return 'unknown';
  const given = createHash('sha256').update(clientState).digest();
  const expected = Buffer.from(known.clientStateHash, 'base64url');
  return expected.length === given.length && timingSafeEqual(given, expected) ? 'accepted' : 'forged';
}

/** Each mailbox is woken once for each reason, however many notifications tell of it. */
async function act(
  accepted: readonly Change[],
  known: ReadonlyMap<string, KnownSubscription>,
  { wake, forget }: GraphNotifications,
): Promise<void> {
  const removed = accepted.filter(({ lifecycleEvent }) => lifecycleEvent === 'subscriptionRemoved');
  for (const id of new Set(removed.map(({ subscriptionId }) => subscriptionId))) await forget(id);
  const wakes = new Map(
    accepted.flatMap(({ subscriptionId, lifecycleEvent }) =>
      reasonsOf(lifecycleEvent).map((why) => {
        const { mailboxId } = known.get(subscriptionId)!;
        return [`${why} ${mailboxId}`, { mailboxId, why }];
      }),
    ),
  );
  await Promise.all([...wakes.values()].map(({ mailboxId, why }) => wake(mailboxId, why)));
}

/**
 * "Reduce missing subscriptions and change notifications": a removed subscription is made again and what was missed is
 * read; an event that nobody knows yet has the mailbox read, which is never wrong.
 */
function reasonsOf(lifecycleEvent: string | undefined): readonly ('changed' | 'missed' | 'renew')[] {
  if (lifecycleEvent === undefined) return ['changed'];
  if (lifecycleEvent === 'reauthorizationRequired') return ['renew'];
  return lifecycleEvent === 'subscriptionRemoved' ? ['renew', 'missed'] : ['missed'];
}
