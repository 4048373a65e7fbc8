import { z } from 'zod';
import type {
  Notification,
  NotificationAnswer,
  NotificationOutcome,
  NotificationRoute,
  WakeMailbox,
} from './notification-route.ts';

export interface GmailNotifications {
  /** Whether an Authorization field proves that the push comes from our Pub/Sub subscription. */
  readonly verify: (authorization: string | undefined) => Promise<boolean>;
  /** Ids of the Gmail mailboxes of an address. */
  readonly find: (address: string) => readonly string[];
  readonly wake: WakeMailbox;
  /** Told what became of each notification. */
  readonly count: (outcome: NotificationOutcome) => void;
}

const MAX_BYTES = 64 * 1024;
const DONE = { status: 204 } as const;

/** The body of a push ("Push subscriptions", message body), of which the data alone is read. */
const push = z.object({
  message: z.object({
    data: z
      .string()
      .max(4_096)
      .regex(/^[\w+/-]+={0,2}$/),
  }),
});
/** What Gmail publishes (guide "Push notifications"); the history id may be more than a number keeps, and is left alone. */
const change = z.object({
  emailAddress: z.email().max(320),
  historyId: z.union([z.string().regex(/^\d{1,20}$/), z.number().nonnegative()]),
});

/**
 * Pushes of Google Cloud Pub/Sub that tell of changes of Gmail mailboxes. Who sends one is known by its token, before
 * its body is read. Of the body nothing is believed but whose mailbox has to be read: where the history stands is asked
 * of Gmail. What comes from our own subscription is acknowledged also when no mailbox is known or nothing can be read in
 * it, because Pub/Sub would send it again for a week and slow down everything behind it.
 */
export function gmailNotifications(options: GmailNotifications): NotificationRoute {
  const { verify, count } = options;
  return {
    path: 'gmail',
    maxBytes: MAX_BYTES,
    admit: async ({ headers }) => {
      if (await verify(headers.authorization)) return undefined;
      count('forged');
      return { status: 401 };
    },
    take: (notification) => take(notification, options),
  };
}

async function take({ body }: Notification, { find, wake, count }: GmailNotifications): Promise<NotificationAnswer> {
  const address = addressOf(body);
  if (address === undefined) {
    count('malformed');
    return DONE;
  }
  const mailboxIds = find(address);
  count(mailboxIds.length === 0 ? 'unknown' : 'accepted');
  await Promise.all(mailboxIds.map((id) => wake(id, 'changed')));
  return DONE;
}

function addressOf(body: Buffer): string | undefined {
  const data = push.safeParse(jsonOf(body)).data?.message.data;
  if (data === undefined) return undefined;
  return change.safeParse(jsonOf(Buffer.from(data, 'base64'))).data?.emailAddress;
}

function jsonOf(bytes: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return undefined;
  }
}
