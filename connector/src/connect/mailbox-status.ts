import type { EwsSettings, GraphSettings, MailboxState, MailboxStatus, ProviderName } from '../facade.ts';
import type { MailboxRow, PushHealth } from '../store/store.ts';

/**
 * How a mailbox stands at an instant. `push` is undefined for one whose provider was never asked to tell of changes,
 * `pushError` for one of which it is not known that its provider refused.
 */
export function mailboxStatus(
  row: MailboxRow,
  push: PushHealth | undefined,
  pushError: string | undefined,
  at: Date,
): MailboxStatus {
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
    // What nobody has to renew is the connection of a watch, whose promise of some minutes is nobody's concern.
    toldUntil: (push?.renewAt && push.until?.toISOString()) ?? null,
    pushError: pushError ?? null,
    credentialEndsAt: (row.settings as Partial<GraphSettings | EwsSettings> | undefined)?.credentialEndsAt ?? null,
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
