import { expect } from 'chai';

import { openGraphMailbox, type GraphMailboxOptions } from '../../../../connector/src/mailbox/graph/graph-mailbox.ts';
import type { Mailbox } from '../../../../connector/src/mailbox/mailbox.ts';
import type { MailboxHarness, Place } from '../../../contract/mailbox-harness.ts';
import {
  startGraphSimulator,
  type GraphSimulator,
  type GraphSimulatorOptions,
} from '../../../simulators/graph/graph-simulator.ts';

export const REP = 'rep@example.test';
export const TOKEN = 'canary-token-7d42';
export const READ_BASIC = ['Mail.ReadBasic.All'];

/** Folders of Exchange; `filed` is one of the rep's own making below the inbox. */
const FOLDERS: Readonly<Record<Exclude<Place, 'filed'>, string>> = {
  inbox: 'inbox',
  sent: 'sentitems',
  junk: 'junkemail',
  trash: 'deleteditems',
};

/** The adapter on the simulated mailbox of the rep. */
export function openRepMailbox(simulator: GraphSimulator, options: Partial<GraphMailboxOptions> = {}): Mailbox {
  return openGraphMailbox({
    address: REP,
    accessToken: () => Promise.resolve(TOKEN),
    rootUrl: simulator.rootUrl,
    pollIntervalMs: 20,
    ...options,
  });
}

/** One empty mailbox of Microsoft 365; stopping it asserts that nothing beyond header fields was asked for. */
export async function openGraphHarness(options: GraphSimulatorOptions = {}): Promise<MailboxHarness> {
  const simulator = await startGraphSimulator(options);
  simulator.mailbox(REP, { token: TOKEN, permissions: READ_BASIC });
  const filed = simulator.state(REP).addFolder('Köln & Bonn', 'inbox').id;
  return {
    openMailbox: () => openRepMailbox(simulator),
    store: ({ raw, place = 'inbox', receivedAt, read = false }) => {
      const folder = place === 'filed' ? filed : FOLDERS[place];
      const stored = simulator.deliver(REP, raw, { folder, isRead: read, ...(receivedAt && { receivedAt }) });
      return Promise.resolve(stored.immutableId);
    },
    remove: (handle) => Promise.resolve(void simulator.state(REP).remove(handle)),
    isRead: (handle) => Promise.resolve(simulator.state(REP).messages.get(handle)?.isRead === true),
    forget: () => Promise.resolve(simulator.expireDelta(REP)),
    revoke: () => Promise.resolve(simulator.revoke()),
    forgottenPlace: 'reports',
    readsReports: false,
    stop: async () => {
      await simulator.close();
      expect(simulator.violations).to.deep.equal([]);
    },
  };
}
