import { expect } from 'chai';

import { openGmailMailbox, type GmailMailboxOptions } from '../../../../connector/src/mailbox/gmail/gmail-mailbox.ts';
import type { Mailbox } from '../../../../connector/src/mailbox/mailbox.ts';
import type { Ability, Failure, MailboxHarness, Place } from '../../../contract/mailbox-harness.ts';
import { quotaExceeded } from '../../../simulators/gmail/google-error.ts';
import type { Fault } from '../../../simulators/gmail/fault.ts';
import { startGmailSimulator, type GmailSimulator } from '../../../simulators/gmail/gmail-simulator.ts';

export const REP = 'rep@example.test';
export const TOKEN = 'canary-token-51e0';
export const METADATA = ['https://www.googleapis.com/auth/gmail.metadata'];

const LABELS: Readonly<Record<Place, readonly string[]>> = {
  inbox: ['INBOX', 'UNREAD'],
  sent: ['SENT'],
  filed: ['Label_1', 'UNREAD'],
  archive: ['UNREAD'],
  junk: ['SPAM', 'UNREAD'],
  trash: ['TRASH', 'UNREAD'],
};

/** A name with the case that its owner remembers, and ids of Gmail's own labels. */
const EXCLUDED: Partial<Record<Place, string>> = { inbox: 'INBOX', junk: 'SPAM', filed: 'kunden' };

/** A large mailbox may take its time for an answer, in milliseconds. */
const PATIENT_MS = 30_000;

/** What the harness can do beyond what every one can. */
export const GMAIL_ABILITIES = ['archive', 'move', 'fail', 'fill'] as const satisfies readonly Ability[];

const FAULTS: Readonly<Record<Failure, Fault>> = {
  throttled: { kind: 'error', error: quotaExceeded(), retryAfter: '30' },
  'error page': { kind: 'answer', status: 502, contentType: 'text/html', body: '<html>Bad gateway</html>' },
  'half an answer': { kind: 'half-json' },
  silence: { kind: 'silence' },
};

/** The adapter on the simulated mailbox of the rep. */
export function openRepMailbox(simulator: GmailSimulator, options: Partial<GmailMailboxOptions> = {}): Mailbox {
  return openGmailMailbox({
    address: REP,
    accessToken: () => Promise.resolve(TOKEN),
    rootUrl: simulator.rootUrl,
    ...{ pollIntervalMs: 20, backOffMs: 5 },
    ...options,
  });
}

/** One empty Gmail mailbox; stopping it asserts that nothing beyond header fields was asked for. */
export async function openGmailHarness(): Promise<MailboxHarness> {
  // How fast 100,000 messages may be read at Gmail is another matter than with how much memory.
  const simulator = await startGmailSimulator({ unitsPerMinute: Infinity });
  let deadlineMs = 300;
  simulator.mailbox(REP, { token: TOKEN, scopes: METADATA });
  simulator.label(REP, { id: 'Label_1', name: 'Kunden/Köln & Bonn' });
  return {
    openMailbox: ({ excluded, credentialFault } = {}) =>
      openRepMailbox(simulator, {
        ...{ deadlineMs, unitsPerMinute: Infinity },
        ...(excluded && { excludedFolders: [EXCLUDED[excluded] ?? ''] }),
        ...(credentialFault && { accessToken: () => Promise.reject(credentialFault) }),
      }),
    store: ({ raw, place = 'inbox', receivedAt, read = false }) => {
      const labels = LABELS[place].filter((label) => !read || label !== 'UNREAD');
      const { id } = simulator.deliver(REP, raw, { labels, ...(receivedAt && { receivedAt }) });
      return Promise.resolve(id);
    },
    many: 100_000,
    fill: (count, write) => {
      deadlineMs = PATIENT_MS;
      return Promise.resolve(simulator.fill(REP, count, write));
    },
    remove: (handle) => Promise.resolve(void simulator.remove(REP, handle)),
    isRead: (handle) => {
      const stored = simulator.messages(REP).find(({ id }) => id === handle);
      return Promise.resolve(stored !== undefined && !stored.labelIds.has('UNREAD'));
    },
    move: (handle, place) => {
      const remove = ['INBOX', 'Label_1', 'SPAM', 'TRASH'];
      simulator.relabel(REP, handle, { remove, add: LABELS[place] });
      return Promise.resolve(handle);
    },
    fail: (how) => simulator.failNext(FAULTS[how], { method: 'users.messages.list' }),
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
