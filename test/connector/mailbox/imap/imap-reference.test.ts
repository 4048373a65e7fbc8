import { expect } from 'chai';
import fc from 'fast-check';

import { formatReference, parseReference } from '../../../../connector/src/mailbox/imap/imap-reference.ts';

describe('an IMAP reference', () => {
  it('comes back from its text, whatever the folder is called', () => {
    const reference = fc.record({
      folder: fc.string({ minLength: 1, unit: 'binary' }),
      uidValidity: fc.bigInt({ min: 1n, max: 2n ** 64n - 1n }).map(String),
      uid: fc.integer({ min: 1, max: 0xffff_ffff }),
    });
    fc.assert(
      fc.property(reference, (value) => {
        expect(parseReference(formatReference(value))).to.deep.equal(value);
      }),
    );
  });

  for (const text of ['', '7', '7.8', '7.8.', '7.0.INBOX', 'x.8.INBOX', '7.-1.INBOX', '{"uid":1}']) {
    it(`is not "${text}"`, () => {
      expect(parseReference(text)).to.equal(undefined);
    });
  }
});
