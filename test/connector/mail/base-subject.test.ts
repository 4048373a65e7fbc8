import { expect } from 'chai';
import fc from 'fast-check';
import { baseSubject } from '../../../connector/src/mail/base-subject.ts';

describe('the base of a subject', () => {
  const cases: [subject: string, base: string][] = [
    ['Spring offer', 'spring offer'],
    ['Re: Spring offer', 'spring offer'],
    ['RE: re: Re[2]: Spring offer', 'spring offer'],
    ['AW: WG: Antw: SV: VS: Spring offer', 'spring offer'],
    ['RES: ENC: Rif: TR: RV: Spring offer', 'spring offer'],
    ['回复：转发: Spring offer', 'spring offer'],
    ['[sales] Re: [EXTERNAL] Spring offer', 'spring offer'],
    ['=?utf-8?Q?Re:_Gr=C3=BC=C3=9Fe?=', 'gruße'],
    ['Regarding: Spring offer', 'regarding: spring offer'],
    ['Re:', ''],
    ['', ''],
  ];
  for (const [subject, base] of cases) {
    it(`is ${JSON.stringify(base)} for ${JSON.stringify(subject)}`, () => expect(baseSubject(subject)).to.equal(base));
  }

  it('is found behind a thousand prefixes without much work', () => {
    expect(baseSubject('re:'.repeat(1000))).to.be.a('string');
    expect(baseSubject(`${'Re: '.repeat(40)}Offer`)).to.equal('offer');
  });

  it('is the same with one more prefix', () => {
    const prefix = fc.constantFrom('Re: ', 'AW: ', 'Fwd: ', '[list] ', 'SV:', 'Odp: ');
    fc.assert(
      fc.property(prefix, fc.stringMatching(/^[a-z]{1,8}( [a-z]{1,8}){0,4}$/), (before, subject) => {
        expect(baseSubject(before + subject)).to.equal(subject);
      }),
    );
  });
});
