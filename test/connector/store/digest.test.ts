import { expect } from 'chai';
import fc from 'fast-check';
import { createHmac, randomBytes } from 'node:crypto';

import { addressDigestOf, digestOf } from '../../../connector/src/store/digest.ts';

describe('the digest of an id', () => {
  const key = randomBytes(32);

  const firstHalf = (used: Buffer, text: string): string =>
    createHmac('sha256', used).update(text).digest().subarray(0, 16).toString('hex');

  it('is the first half of the HMAC-SHA-256 of any text, long ones included', () => {
    const text = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ minLength: 1300, maxLength: 1500 }));
    fc.assert(
      fc.property(text, (id) => {
        expect(digestOf(key, id).replaceAll('-', '')).to.equal(firstHalf(key, id));
      }),
    );
  });

  it('is a UUID in its text form', () => {
    expect(digestOf(key, 'offer@seller.example')).to.match(/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  });

  it('differs from one installation to another, however they take turns', () => {
    const other = randomBytes(32);
    for (const used of [key, other, key]) {
      expect(digestOf(used, 'offer@seller.example').replaceAll('-', '')).to.equal(
        firstHalf(used, 'offer@seller.example'),
      );
    }
  });

  it('of an address is that of no Message-ID with the same characters', () => {
    expect(addressDigestOf(key, 'lead@buyer.example')).not.to.equal(digestOf(key, 'lead@buyer.example'));
  });
});
