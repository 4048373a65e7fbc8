import { describeMailboxContract } from '../../../contract/mailbox-contract.ts';
import { describeRedCases } from '../../../contract/red-cases.ts';
import { openEwsHarness } from './ews-harness.ts';

describeMailboxContract('Exchange', () => openEwsHarness());
describeRedCases('Exchange', () => openEwsHarness());

describeMailboxContract('Another server that speaks Exchange Web Services', () =>
  openEwsHarness({
    ...{ prefixes: 'soap', cdata: true, sentHeaders: true, newestFirst: true, mostChanges: 2, sparse: true },
    ...{ shuffled: true, watermarks: false, eventDelayMs: 30, chunkBytes: 7, connections: 1 },
  }),
);
