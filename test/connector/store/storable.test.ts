import { expect } from 'chai';
import fc from 'fast-check';

import { storableInstant, storableJson, storableText } from '../../../connector/src/store/storable.ts';

describe('what Postgres can store', () => {
  const anyText = fc.string({ unit: 'binary' });
  const wellFormed = (text: string): string => text.toWellFormed().replaceAll('\0', '\uFFFD');

  it('is every text without NUL as it stands', () => {
    fc.assert(fc.property(anyText, (text) => storableText(text) === text.replaceAll('\0', '\uFFFD')));
  });

  it('is every JSON, its texts with U+FFFD for NUL and lone surrogates', () => {
    const pieces = fc.constantFrom(
      '\0',
      '\ud800',
      '\udfff',
      '\\',
      '\\u0000',
      'u0000',
      'ud800',
      '"',
      '\u{1F600}',
      'a',
      '\n',
    );
    const text = fc.array(pieces).map((parts) => parts.join(''));
    fc.assert(
      fc.property(fc.array(fc.record({ text, [`key ${'\0'}`]: text })), (value) => {
        const stored = storableJson(value);
        const expected = value.map((row) =>
          Object.fromEntries(Object.entries(row).map(([key, word]) => [wellFormed(key), wellFormed(word)])),
        );
        expect(JSON.parse(stored)).to.deep.equal(expected);
      }),
    );
  });

  it('is an instant of a year with four digits', () => {
    const sane = new Date('2026-03-02T09:00:00.123Z');
    expect(storableInstant(sane)).to.deep.equal(sane);
    for (const time of [8.64e15, -8.64e15, Number.NaN]) {
      expect(storableInstant(new Date(time)).toISOString()).to.match(/^[1-9][0-9]{3}-/);
    }
  });
});
