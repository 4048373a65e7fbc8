import { expect } from 'chai';
import fc from 'fast-check';
import { createHmac, randomBytes } from 'node:crypto';

import { addressDigestOf, digestOf } from '../../../connector/src/store/digest.ts';

describe('the digest of an id', () => {
  const key = randomBytes(32);

  const firstHalf = (used: Buffer, text: string): string =>
    createHmac('sha256', used).update(text).digest().subarray(0, 16).toString('hex');

  it('is the first half of the HMAC-SHA-256 of any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (id) => digestOf(key, id).replaceAll('-', '') === firstHalf(key, id)),
    );
  });

  it('is that of a text of any length, whatever its characters take in UTF-8', () => {
    for (const length of [1365, 1366, 4096, 4097, 100_000]) {
      for (const id of ['a'.repeat(length), '\u20ac'.repeat(length)]) {
        expect(digestOf(key, id).replaceAll('-', '')).to.equal(firstHalf(key, id));
      }
    }
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
