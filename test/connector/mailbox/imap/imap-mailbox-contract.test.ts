import { describeMailboxContract } from '../../../contract/mailbox-contract.ts';
import { openDovecotHarness } from './dovecot-harness.ts';

describeMailboxContract('the IMAP adapter on a real Dovecot', openDovecotHarness);
