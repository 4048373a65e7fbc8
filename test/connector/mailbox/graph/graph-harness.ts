import { expect } from 'chai';

import { openGraphMailbox, type GraphMailboxOptions } from '../../../../connector/src/mailbox/graph/graph-mailbox.ts';
import type { Mailbox } from '../../../../connector/src/mailbox/mailbox.ts';
import type { Ability, Failure, MailboxHarness, Place } from '../../../contract/mailbox-harness.ts';
import type { Fault } from '../../../simulators/graph/fault.ts';
import { throttled } from '../../../simulators/graph/graph-error.ts';
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
  archive: 'archive',
  junk: 'junkemail',
  trash: 'deleteditems',
};

/** A large mailbox may take its time for an answer, in milliseconds. */
const PATIENT_MS = 30_000;

/** What the harness can do beyond what every one can. */
export const GRAPH_ABILITIES = ['archive', 'move', 'rename', 'fail', 'fill'] as const satisfies readonly Ability[];

const FAULTS: Readonly<Record<Failure, Fault>> = {
  throttled: { kind: 'error', error: throttled(), retryAfter: '30' },
  'error page': { kind: 'answer', status: 502, contentType: 'text/html', body: '<html>Bad gateway</html>' },
  'half an answer': { kind: 'half-json' },
  silence: { kind: 'silence' },
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
  // How fast 100,000 messages may be read at Microsoft is another matter than with how much memory.
  const simulator = await startGraphSimulator({ requestsPerTenMinutes: Infinity, ...options });
  let deadlineMs = 300;
  simulator.mailbox(REP, { token: TOKEN, permissions: READ_BASIC });
  const filed = simulator.state(REP).addFolder('Köln & Bonn', 'inbox').id;
  return {
    openMailbox: ({ excluded, credentialFault } = {}) =>
      openRepMailbox(simulator, {
        deadlineMs,
        ...(excluded && { excludedFolders: [excluded === 'filed' ? 'Inbox/Köln & Bonn' : FOLDERS[excluded]] }),
        ...(credentialFault && { accessToken: () => Promise.reject(credentialFault) }),
      }),
    store: ({ raw, place = 'inbox', receivedAt, read = false }) => {
      const folder = place === 'filed' ? filed : FOLDERS[place];
      const stored = simulator.deliver(REP, raw, { folder, isRead: read, ...(receivedAt && { receivedAt }) });
      return Promise.resolve(stored.immutableId);
    },
    // Each is asked for by a call of its own; large-folder.test.ts reads 100,000 that a server makes up.
    many: 20_000,
    fill: (count, write) => {
      deadlineMs = PATIENT_MS;
      return Promise.resolve(simulator.fill(REP, count, write));
    },
    remove: (handle) => Promise.resolve(void simulator.state(REP).remove(handle)),
    isRead: (handle) => Promise.resolve(simulator.state(REP).messages.get(handle)?.isRead === true),
    move: (handle, place) => {
      const folder = place === 'filed' ? filed : simulator.state(REP).folder(FOLDERS[place])!.id;
      return Promise.resolve(simulator.state(REP).move(handle, folder).immutableId);
    },
    rename: () => Promise.resolve(simulator.state(REP).renameFolder(filed, 'Aachen & Köln')),
    fail: (how) => simulator.failNext(FAULTS[how]),
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
