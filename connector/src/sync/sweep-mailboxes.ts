import type { Mailbox } from '../mailbox/mailbox.ts';
import type { Store } from '../store/store.ts';
import { renewalAt, renewalIsDue, sweepSeconds } from './sweep-interval.ts';

/** Mailboxes that are taken in one turn. */
const BATCH = 500;
/** When a provider that has nobody to tell is asked again, in milliseconds. */
const ASKED_AGAIN_MS = 3_600_000;

export interface Sweep {
  readonly store: Pick<Store, 'dueSweeps' | 'scheduleSweeps'>;
  readonly mailboxOf: (id: string) => Mailbox | undefined;
  readonly now: () => Date;
  readonly random: () => number;
  /** Seconds between two looks into a mailbox whose provider is not relied on. */
  readonly leastSeconds: number;
  readonly wake: (queue: 'sync' | 'renew', mailboxId: string) => Promise<unknown>;
}

/** Has every mailbox looked into whose time has come, and every promise of a provider renewed that is about to end. */
export async function sweepMailboxes(sweep: Sweep): Promise<void> {
  const { store, mailboxOf, now, random, leastSeconds, wake } = sweep;
  for (;;) {
    const at = now();
    const due = await store.dueSweeps(at, BATCH);
    for (const { mailboxId, push } of due) {
      await wake('sync', mailboxId);
      if (mailboxOf(mailboxId)?.renewPush !== undefined && renewalIsDue(push, at)) await wake('renew', mailboxId);
    }
    await store.scheduleSweeps(
      due.map(({ mailboxId, push }) => ({
        mailboxId,
        at: new Date(at.getTime() + sweepSeconds(push, at, leastSeconds, random()) * 1000),
      })),
    );
    if (due.length < BATCH) return;
  }
}

/** Asks the provider of a mailbox to go on telling of changes. Rejects as the mailbox does. */
export async function renewPush(
  mailboxId: string,
  { store, mailboxOf, now }: Pick<Sweep, 'mailboxOf' | 'now'> & { readonly store: Pick<Store, 'recordPush'> },
): Promise<void> {
  const mailbox = mailboxOf(mailboxId);
  if (mailbox?.renewPush === undefined) return;
  const until = await mailbox.renewPush();
  const at = now();
  const renewAt = until === undefined ? new Date(at.getTime() + ASKED_AGAIN_MS) : renewalAt(until, at);
  await store.recordPush(mailboxId, until, renewAt);
}
