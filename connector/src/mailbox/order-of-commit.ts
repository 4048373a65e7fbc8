import type { MailboxMessage } from './mailbox.ts';

/** Sent first, then in the order of receipt: what was sent has to be known before its answers are read. */
export function inOrderOfCommit(messages: readonly MailboxMessage[]): MailboxMessage[] {
  const rank = ({ folder }: MailboxMessage): number => (folder === 'sent' ? 0 : 1);
  return messages.toSorted((a, b) => rank(a) - rank(b) || a.receivedAt.getTime() - b.receivedAt.getTime());
}
