import { expect } from 'chai';

import { openEwsMailbox } from '../../../../connector/src/mailbox/ews/ews-mailbox.ts';
import type { EwsCredential, EwsOptions } from '../../../../connector/src/mailbox/ews/ews-options.ts';
import type { Mailbox } from '../../../../connector/src/mailbox/mailbox.ts';
import type { MailboxHarness, Place } from '../../../contract/mailbox-harness.ts';
import {
  startEwsSimulator,
  type EwsSimulator,
  type EwsSimulatorOptions,
} from '../../../simulators/ews/ews-simulator.ts';

export const REP = 'rep@example.test';
export const PASSWORD = 'canary-password-77c1';
export const BASIC: EwsCredential = { kind: 'basic', user: REP, password: PASSWORD };

/** The adapter on the simulated mailbox of the rep. */
export function openRepMailbox(simulator: EwsSimulator, options: Partial<EwsOptions> = {}): Mailbox {
  return openEwsMailbox({
    address: REP,
    url: simulator.url,
    credential: () => Promise.resolve(BASIC),
    ...options,
    timeouts: { pollMs: 20, ...options.timeouts },
  });
}

/** One empty Exchange mailbox; stopping it asserts that nothing beyond header fields was asked for. */
export async function openEwsHarness(
  server: EwsSimulatorOptions = {},
  options: Partial<EwsOptions> = {},
): Promise<MailboxHarness> {
  const simulator = await startEwsSimulator(server);
  simulator.mailbox(REP, { password: PASSWORD });
  const filed = simulator.addFolder(REP, 'Kunden & Angebote', 'inbox');
  const folders: Readonly<Record<Place, string>> = {
    ...{ inbox: 'inbox', sent: 'sentitems', filed, archive: filed, junk: 'junkemail', trash: 'deleteditems' },
  };
  return {
    openMailbox: () => openRepMailbox(simulator, options),
    store: ({ raw, place = 'inbox', receivedAt, read = false }) => {
      const delivery = { folder: folders[place], isRead: read, ...(receivedAt && { receivedAt }) };
      return Promise.resolve(simulator.deliver(REP, raw, delivery).id);
    },
    remove: (handle) => Promise.resolve(void simulator.state(REP).remove(handle)),
    isRead: (handle) => Promise.resolve(simulator.state(REP).items.get(handle)?.isRead === true),
    forget: () => Promise.resolve(simulator.state(REP).invalidateSyncStates()),
    revoke: () => Promise.resolve(simulator.revoke(REP)),
    forgottenPlace: 'rereads',
    readsReports: false,
    stop: async () => {
      await simulator.close();
      expect(simulator.violations).to.deep.equal([]);
    },
  };
}
