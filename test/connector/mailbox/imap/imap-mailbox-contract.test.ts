import { describeMailboxContract } from '../../../contract/mailbox-contract.ts';
import { describeRedCases } from '../../../contract/red-cases.ts';
import { DOVECOT_ABILITIES, openDovecotHarness } from './dovecot-harness.ts';

describeMailboxContract('the IMAP adapter on a real Dovecot', openDovecotHarness, DOVECOT_ABILITIES);
describeRedCases('the IMAP adapter on a real Dovecot', openDovecotHarness, DOVECOT_ABILITIES);
