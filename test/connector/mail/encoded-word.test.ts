import { expect } from 'chai';
import fc from 'fast-check';
import { decodeText } from '../../../connector/src/mail/encoded-word.ts';

describe('decodeText', () => {
  const cases: [title: string, value: string, text: string][] = [
    ['plain text', 'Re: Offer', 'Re: Offer'],
    ['folded text', 'Re:\r\n Offer\r\n\tnow', 'Re: Offer now'],
    ['a Q word', '=?iso-8859-1?Q?Gr=FC=DFe_aus?= Bern', 'Grüße aus Bern'],
    ['a B word', '=?UTF-8?B?5pel5pys?=', '日本'],
    ['two words folded apart, which belong together', '=?utf-8?Q?=E6=97?=\r\n =?utf-8?Q?=A5?=', '日'],
    ['a word in a character set nobody knows', '=?x-none?Q?abc?=', 'abc'],
    ['a word that is cut off', '=?utf-8?Q?abc', '=?utf-8?Q?abc'],
    ['control characters, even encoded ones', 'a\u0000b =?utf-8?Q?c=0D=0Ad=1B?=', 'a b c d'],
    ['white space around the text', ' \t a  b \r\n', 'a b'],
  ];
  for (const [title, value, text] of cases) {
    it(`reads ${title}`, () => {
      expect(decodeText(value)).to.equal(text);
    });
  }

  it('cuts what is longer than any text that is shown', () => {
    expect(decodeText('x'.repeat(1_000_000))).to.have.length(10_000);
  });

  it('gives one line without control characters, whatever the value', () => {
    const unit = fc.constantFrom('=?', '?=', 'utf-8', '?B?', '?Q?', '=0A', 'AAAA', ' ', '\n', '\u0085', '\u2028', 'é');
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 30 }), (value) => {
        // eslint-disable-next-line no-control-regex -- these are what must not be there
        expect(decodeText(value)).to.not.match(/[\x00-\x1f\x7f-\x9f\u2028\u2029]|^ | $/);
      }),
    );
  });
});
