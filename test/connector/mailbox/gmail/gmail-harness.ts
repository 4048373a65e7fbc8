import { expect } from 'chai';

import { openGmailMailbox, type GmailMailboxOptions } from '../../../../connector/src/mailbox/gmail/gmail-mailbox.ts';
import type { Mailbox } from '../../../../connector/src/mailbox/mailbox.ts';
import type { MailboxHarness, Place } from '../../../contract/mailbox-harness.ts';
import { startGmailSimulator, type GmailSimulator } from '../../../simulators/gmail/gmail-simulator.ts';

export const REP = 'rep@example.test';
export const TOKEN = 'canary-token-51e0';
export const METADATA = ['https://www.googleapis.com/auth/gmail.metadata'];

const LABELS: Readonly<Record<Place, readonly string[]>> = {
  inbox: ['INBOX', 'UNREAD'],
  sent: ['SENT'],
  filed: ['Label_1', 'UNREAD'],
  junk: ['SPAM', 'UNREAD'],
  trash: ['TRASH', 'UNREAD'],
};

/** The adapter on the simulated mailbox of the rep. */
export function openRepMailbox(simulator: GmailSimulator, options: Partial<GmailMailboxOptions> = {}): Mailbox {
  return openGmailMailbox({
    address: REP,
    accessToken: () => Promise.resolve(TOKEN),
    rootUrl: simulator.rootUrl,
    pollIntervalMs: 20,
    ...options,
  });
}

/** One empty Gmail mailbox; stopping it asserts that nothing beyond header fields was asked for. */
export async function openGmailHarness(): Promise<MailboxHarness> {
  const simulator = await startGmailSimulator();
  simulator.mailbox(REP, { token: TOKEN, scopes: METADATA });
  return {
    openMailbox: () => openRepMailbox(simulator),
    store: ({ raw, place = 'inbox', receivedAt, read = false }) => {
      const labels = LABELS[place].filter((label) => !read || label !== 'UNREAD');
      const { id } = simulator.deliver(REP, raw, { labels, ...(receivedAt && { receivedAt }) });
      return Promise.resolve(id);
    },
    remove: (handle) => Promise.resolve(void simulator.remove(REP, handle)),
    isRead: (handle) => {
      const stored = simulator.messages(REP).find(({ id }) => id === handle);
      return Promise.resolve(stored !== undefined && !stored.labelIds.has('UNREAD'));
    },
    forget: () => Promise.resolve(simulator.expireHistory(REP)),
    revoke: () => Promise.resolve(simulator.revoke(REP)),
    forgottenPlace: 'reports',
    readsReports: false,
    stop: async () => {
      await simulator.close();
      expect(simulator.violations).to.deep.equal([]);
    },
  };
}
