import { describeMailboxContract } from '../../../contract/mailbox-contract.ts';
import { describeRedCases } from '../../../contract/red-cases.ts';
import { serverBusy } from '../../../simulators/ews/ews-error.ts';
import { EWS_ABILITIES, openEwsHarness } from './ews-harness.ts';

describeMailboxContract('Exchange', () => openEwsHarness(), EWS_ABILITIES);
describeRedCases('Exchange', () => openEwsHarness(), EWS_ABILITIES);

const throttledInMessage = { kind: 'error', error: serverBusy(30_000, false) } as const;

describeMailboxContract(
  'Another server that speaks Exchange Web Services',
  () =>
    openEwsHarness(
      {
        ...{ prefixes: 'soap', cdata: true, sentHeaders: true, newestFirst: true, mostChanges: 2, sparse: true },
        ...{ shuffled: true, watermarks: false, eventDelayMs: 30, chunkBytes: 7, connections: 1 },
      },
      { throttled: throttledInMessage },
    ),
  EWS_ABILITIES.filter((ability) => ability !== 'fill'),
);
