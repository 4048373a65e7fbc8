import { expect } from 'chai';
import fc from 'fast-check';

import { fieldDay, fieldInstant, fieldText } from '../../../connector/src/salesforce/field-value.ts';

const codePoints = (text: string): number => [...text].length;
/** Every 16-bit unit, lone surrogates and control characters included. */
const anyUnits = fc.array(fc.nat(0xffff), { maxLength: 600 }).map((units) => String.fromCharCode(...units));
const anyText = fc.oneof(anyUnits, fc.string({ unit: 'grapheme', maxLength: 400 }), fc.string({ unit: 'binary' }));

describe('the values of Salesforce fields', () => {
  it('never gives a text longer than its field, counted either way', () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 1, max: 255 }), (text, length) => {
        const value = fieldText(text, length);
        expect(value.length).to.be.at.most(length);
        expect(codePoints(value)).to.be.at.most(length);
      }),
    );
  });

  it('never gives a lone surrogate, a control character, a direction override or a reference', () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 1, max: 255 }), (text, length) => {
        const value = fieldText(text, length);
        expect(value.isWellFormed()).to.equal(true);
        expect(value).not.to.match(/\p{Cc}|[\u2028\u2029\u202A-\u202E\u2066-\u2069\uFFFE\uFFFF]|@\{/u);
      }),
    );
  });

  it('leaves a text alone that has already been made fit', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const value = fieldText(text, 255);
        expect(fieldText(value, 255)).to.equal(value);
      }),
    );
  });

  const TEXTS: readonly (readonly [string, string, string])[] = [
    ['keeps a subject in any script', 'Réponse: 見積もり ☎️ שלום', 'Réponse: 見積もり ☎️ שלום'],
    ['makes one space of a line break with tabs', 'one\r\n\ttwo', 'one two'],
    ['drops a NUL at the end', 'offer\0', 'offer'],
    ['drops the mark that would turn the rest of the line around', 'invoice\u202Efdp.exe', 'invoicefdp.exe'],
    ['cuts before a pair of surrogates that would not fit', 'abcd😀', 'abcd'],
    ['parts what a Composite would replace', 'see @{collection0[0].id}', 'see @'],
    ['parts it also when a removed character held it apart', 'see @\u2066{a}', 'see @'],
  ];
  for (const [what, text, expected] of TEXTS) {
    it(what, () => {
      const length = text.startsWith('abcd') || text.startsWith('see') ? 5 : 255;
      expect(fieldText(text, length)).to.equal(expected);
    });
  }

  it('reads no more of a huge text than it may need', () => {
    expect(fieldText('x'.repeat(5_000_000), 255)).to.equal('x'.repeat(255));
  });

  it('writes an instant in UTC and its UTC day', () => {
    const instant = new Date('2026-03-01T23:30:00.000-05:00');
    expect([fieldInstant(instant), fieldDay(instant)]).to.deep.equal(['2026-03-02T04:30:00.000Z', '2026-03-02']);
  });

  it('leaves out an instant that no Salesforce field can hold', () => {
    const impossible = [new Date(NaN), new Date('0001-01-01T00:00:00Z'), new Date('9999-12-31T00:00:00Z')];
    expect(impossible.map(fieldInstant)).to.deep.equal([undefined, undefined, undefined]);
    expect(impossible.map(fieldDay)).to.deep.equal([undefined, undefined, undefined]);
  });
});
