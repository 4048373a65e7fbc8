import type { MailboxState, MailboxStatus, ProviderName } from '../facade.ts';
import type { MailboxRow } from '../store/store.ts';

/** How a mailbox stands at an instant. */
export function mailboxStatus(row: MailboxRow, at: Date): MailboxStatus {
  const { caughtUpAt, expectedMessages, messagesRead } = row;
  return {
    provider: row.provider as ProviderName,
    address: row.address,
    ownerId: row.ownerId,
    state: stateOf(row),
    lastError: row.lastError ?? null,
    readSince: row.readSince.toISOString(),
    caughtUpAt: caughtUpAt?.toISOString() ?? null,
    lagSeconds: caughtUpAt === undefined ? null : Math.max(0, secondsBetween(caughtUpAt, at)),
    messagesRead,
    messagesExpected: expectedMessages ?? null,
    lastReplyAt: row.lastReplyAt?.toISOString() ?? null,
  };
}

function stateOf({ state, lastError, caughtUpAt }: MailboxRow): MailboxState {
  if (state === 'reconnect') return 'reconnect';
  if (lastError !== undefined) return 'failing';
  return caughtUpAt === undefined ? 'reading' : 'active';
}

function secondsBetween(from: Date, to: Date): number {
  return Math.round((to.getTime() - from.getTime()) / 1000);
}
