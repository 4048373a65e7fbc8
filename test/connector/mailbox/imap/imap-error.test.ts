import { expect } from 'chai';

import { mailboxError } from '../../../../connector/src/mailbox/imap/imap-error.ts';
import { MailboxError } from '../../../../connector/src/mailbox/mailbox-error.ts';

const PLACE = { host: 'imap.example.com', port: 993, secure: true, address: 'rep@example.com' };
const waitAfter = (throttleReset: number): unknown => {
  const error = mailboxError(Object.assign(new Error('throttled'), { code: 'ETHROTTLE', throttleReset }), PLACE);
  return error instanceof MailboxError && error.retryAfterMs;
};

describe('an IMAP server that puts us off', () => {
  it('is left alone for as long as it asks', () => {
    expect(waitAfter(92_415)).to.equal(92_415);
  });

  it('is asked again after a day, however many digits it wrote', () => {
    expect(waitAfter(1e300)).to.equal(86_400_000);
    expect(waitAfter(Infinity)).to.equal(86_400_000);
  });
});
