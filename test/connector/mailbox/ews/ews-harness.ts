import { expect } from 'chai';

import { openEwsMailbox } from '../../../../connector/src/mailbox/ews/ews-mailbox.ts';
import type { EwsCredential, EwsOptions } from '../../../../connector/src/mailbox/ews/ews-options.ts';
import type { Mailbox } from '../../../../connector/src/mailbox/mailbox.ts';
import type { Ability, Failure, MailboxHarness, Place } from '../../../contract/mailbox-harness.ts';
import { serverBusy } from '../../../simulators/ews/ews-error.ts';
import {
  startEwsSimulator,
  type EwsSimulator,
  type EwsSimulatorOptions,
} from '../../../simulators/ews/ews-simulator.ts';
import type { Fault } from '../../../simulators/ews/fault.ts';

export const REP = 'rep@example.test';
export const PASSWORD = 'canary-password-77c1';
export const BASIC: EwsCredential = { kind: 'basic', user: REP, password: PASSWORD };

/** A large mailbox may take its time for an answer, in milliseconds. */
const PATIENT_MS = 30_000;

/** What the harness can do beyond what every one can. */
export const EWS_ABILITIES = ['archive', 'move', 'rename', 'fail', 'fill'] as const satisfies readonly Ability[];

const FAULTS: Readonly<Record<Failure, Fault>> = {
  throttled: { kind: 'error', error: serverBusy(30_000) },
  'error page': { kind: 'answer', status: 502, contentType: 'text/html', body: '<html>Bad gateway</html>' },
  'half an answer': { kind: 'half' },
  silence: { kind: 'silence' },
};

/** The adapter on the simulated mailbox of the rep. */
export function openRepMailbox(simulator: EwsSimulator, options: Partial<EwsOptions> = {}): Mailbox {
  return openEwsMailbox({
    address: REP,
    url: simulator.url,
    credential: () => Promise.resolve(BASIC),
    ...options,
  });
}

/**
 * One empty Exchange mailbox; stopping it asserts that nothing beyond header fields was asked for. `faults` are what
 * this server answers in place of the usual.
 */
export async function openEwsHarness(
  server: EwsSimulatorOptions = {},
  faults: Partial<typeof FAULTS> = {},
): Promise<MailboxHarness> {
  const simulator = await startEwsSimulator(server);
  let deadlineMs = 500;
  simulator.mailbox(REP, { password: PASSWORD });
  const filed = simulator.addFolder(REP, 'Kunden & Angebote', 'inbox');
  // The archive of mail programs has no distinguished id in the schema of Exchange 2010.
  const archive = simulator.addFolder(REP, 'Archiv');
  const folders: Readonly<Record<Place, string>> = {
    ...{ inbox: 'inbox', sent: 'sentitems', filed, archive, junk: 'junkemail', trash: 'deleteditems' },
  };
  return {
    openMailbox: ({ excluded, credentialFault } = {}) =>
      openRepMailbox(simulator, {
        timeouts: { deadlineMs },
        ...(credentialFault && { credential: () => Promise.reject(credentialFault) }),
        ...(excluded && {
          excludedFolders: [excluded === 'filed' ? 'Posteingang/Kunden & Angebote' : folders[excluded]],
        }),
      }),
    store: ({ raw, place = 'inbox', receivedAt, read = false }) => {
      const delivery = { folder: folders[place], isRead: read, ...(receivedAt && { receivedAt }) };
      return Promise.resolve(simulator.deliver(REP, raw, delivery).id);
    },
    // The client library takes nearly a millisecond for a message.
    many: 20_000,
    fill: (count, write) => {
      deadlineMs = PATIENT_MS;
      return Promise.resolve(simulator.fill(REP, count, write));
    },
    remove: (handle) => Promise.resolve(void simulator.state(REP).remove(handle)),
    isRead: (handle) => Promise.resolve(simulator.state(REP).items.get(handle)?.isRead === true),
    move: (handle, place) => {
      const state = simulator.state(REP);
      return Promise.resolve(state.move(handle, state.folderOf(folders[place])!.id).id);
    },
    rename: () => Promise.resolve(simulator.state(REP).renameFolder(filed, 'Angebote & Kunden')),
    fail: (how) => simulator.failNext({ ...FAULTS, ...faults }[how]),
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
