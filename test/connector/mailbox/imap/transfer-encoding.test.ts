import { expect } from 'chai';
import fc from 'fast-check';

import { decodeTransfer } from '../../../../connector/src/mailbox/imap/transfer-encoding.ts';

const decode = (text: string, encoding?: string): string =>
  Buffer.from(decodeTransfer(Buffer.from(text, 'latin1'), encoding)).toString('latin1');

describe('decodeTransfer', () => {
  const rows: readonly (readonly [string | undefined, string, string])[] = [
    [undefined, 'a=3Db', 'a=3Db'],
    ['7BIT', 'a=3Db', 'a=3Db'],
    ['quoted-printable', 'a=3Db=3d', 'a=b='],
    ['Quoted-Printable', '<long=\r\n-id@x>', '<long-id@x>'],
    ['quoted-printable', 'soft=\nbreak', 'softbreak'],
    ['quoted-printable', 'broken =ZZ and =', 'broken =ZZ and ='],
    ['base64', 'PGlk\r\nQHg+', '<id@x>'],
    ['base64', 'PGlkQHg', '<id@x'],
  ];
  for (const [encoding, encoded, decoded] of rows) {
    it(`reads ${JSON.stringify(encoded)} under ${encoding ?? 'no encoding'} as ${JSON.stringify(decoded)}`, () => {
      expect(decode(encoded, encoding)).to.equal(decoded);
    });
  }

  it('never throws and never grows', () => {
    const encodings = fc.constantFrom('base64', 'quoted-printable', '8bit', undefined);
    fc.assert(
      fc.property(
        fc.uint8Array(),
        encodings,
        (bytes, encoding) => decodeTransfer(bytes, encoding).length <= bytes.length,
      ),
    );
  });
});
