import { describeMailboxContract } from '../../../contract/mailbox-contract.ts';
import { describeRedCases } from '../../../contract/red-cases.ts';
import { GRAPH_ABILITIES, openGraphHarness } from './graph-harness.ts';

describeMailboxContract('A Microsoft 365 mailbox', () => openGraphHarness(), GRAPH_ABILITIES);
describeMailboxContract(
  'A Microsoft 365 mailbox whose delta gives header fields',
  () => openGraphHarness({ headersInDelta: true, sentCopiesKeepHeaders: true }),
  GRAPH_ABILITIES.filter((ability) => ability !== 'fill'),
);
describeRedCases('A Microsoft 365 mailbox', () => openGraphHarness(), GRAPH_ABILITIES);
