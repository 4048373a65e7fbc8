import { StoreError } from '../../../connector/src/store/store-error.ts';
import type { Digest, Enrolment, ResolvedMessage, WaitingMessage } from '../../../connector/src/store/store.ts';
import type { Context } from './mailboxes.ts';
import { storable } from './storable.ts';

const DIGEST = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Digests, as a column of them would take them. */
export function digestsOf(digests: readonly string[]): readonly Digest[] {
  if (digests.every((digest) => DIGEST.test(digest))) return digests;
  throw new StoreError('The database in memory refused a value that is no digest.', ['Report this.']);
}

/** Hands digests to the next join of what is known and what is cited. */
export function addFresh({ tx, tables, database }: Context, digests: readonly Digest[]): void {
  if (digests.length > 0) tx.set(tables.fresh, String(database.next('fresh')), [...new Set(digests)]);
}

/** Returns how many of the messages were not waiting before. */
export async function addWaiting(context: Context, given: readonly WaitingMessage[]): Promise<number> {
  const { tx, tables } = context;
  const all = storable(given);
  if (all.length === 0) return 0;
  digestsOf(all.flatMap(({ digest, cites }) => [digest, ...cites]));
  const messages = new Map<Digest, WaitingMessage>();
  for (const message of all) {
    if ((messages.get(message.digest)?.side ?? 'sent') === 'sent') messages.set(message.digest, message);
  }
  const added = await tx.statement(
    'add waiting',
    () => ({ exclusive: [...messages.keys()].map((digest) => `waiting ${digest}`) }),
    () => {
      let count = 0;
      for (const [digest, message] of messages) {
        const before = tx.get(tables.waiting, digest);
        if (before === undefined) count += 1;
        if (before !== undefined && before.side !== 'sent' && message.side === 'sent') continue;
        const { mailboxId, reference, side } = message;
        tx.set(tables.waiting, digest, before === undefined ? message : { ...before, mailboxId, reference, side });
      }
      return count;
    },
  );
  await tx.statement(
    'add fresh',
    () => ({}),
    () =>
      addFresh(
        context,
        [...messages.values()].flatMap(({ cites }) => cites),
      ),
  );
  return added;
}

/** Returns those that waited until now. */
export async function settleWaiting({ tx, tables }: Context, settled: readonly Digest[]): Promise<Set<Digest>> {
  if (settled.length === 0) return new Set();
  digestsOf(settled);
  return tx.statement(
    'settle waiting',
    () => ({ exclusive: settled.map((digest) => `waiting ${digest}`) }),
    () => {
      const removed = new Set(settled.filter((digest) => tx.get(tables.waiting, digest) !== undefined));
      for (const digest of removed) tx.delete(tables.waiting, digest);
      return removed;
    },
  );
}

/** The join of what waits and what is known, from the digests that are fresh to it; one statement. */
export async function readResolved(
  context: Context,
  limit: number,
  except: readonly string[],
): Promise<ResolvedMessage[]> {
  const { tx, tables } = context;
  const fresh = () => tx.entries(tables.fresh);
  return tx.statement(
    'join',
    () => ({ exclusive: fresh().map(([number]) => `fresh ${number}`) }),
    () => {
      const taken = fresh();
      for (const [number] of taken) tx.delete(tables.fresh, number);
      const until = knownUntil(
        context,
        taken.flatMap(([, digests]) => digests),
      );
      const cites = ({ cites: ids, receivedAt }: WaitingMessage): Digest[] =>
        ids.filter((digest) => receivedAt.getTime() < (until.get(digest) ?? -Infinity));
      const joined = tx.entries(tables.waiting).flatMap(([, message]) => (cites(message).length > 0 ? [message] : []));
      addFresh(context, joined.flatMap(cites));
      return joined
        .filter(({ mailboxId }) => !except.includes(mailboxId))
        .sort(oldestFirst)
        .slice(0, limit)
        .map(resolvedOf);
    },
  );
}

/** Until when, in milliseconds since 1970, the messages were received that these digests can settle. */
function knownUntil({ tx, tables }: Context, digests: readonly Digest[]): Map<Digest, number> {
  const wanted = new Set(digests);
  const until = new Map<Digest, number>();
  if (wanted.size === 0) return until;
  for (const [, { digest }] of tx.entries(tables.knownIds)) if (wanted.has(digest)) until.set(digest, Infinity);
  for (const [, enrolment] of tx.entries(tables.enrolments)) {
    const { digest } = enrolment;
    if (wanted.has(digest)) until.set(digest, Math.max(until.get(digest) ?? -Infinity, sentUntil(enrolment)));
  }
  return until;
}

/** Mails that were sent before this instant are of the sequence. */
export function sentUntil({ status, haltedAt }: Pick<Enrolment, 'status' | 'haltedAt'>): number {
  if (status === 'Active' || status === 'Paused') return Infinity;
  return haltedAt?.getTime() ?? -Infinity;
}

export function oldestFirst(a: WaitingMessage, b: WaitingMessage): number {
  return a.receivedAt.getTime() - b.receivedAt.getTime() || (a.digest < b.digest ? -1 : 1);
}

export function resolvedOf({ expiresAt: _, undecided: _undecided, ...message }: WaitingMessage): ResolvedMessage {
  return message;
}
