import { describeMailboxContract } from '../../../contract/mailbox-contract.ts';
import { openGraphHarness } from './graph-harness.ts';

describeMailboxContract('A Microsoft 365 mailbox', () => openGraphHarness());
describeMailboxContract('A Microsoft 365 mailbox whose delta gives header fields', () =>
  openGraphHarness({ headersInDelta: true, sentCopiesKeepHeaders: true }),
);
