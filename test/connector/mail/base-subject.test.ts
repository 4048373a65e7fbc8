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
    ['RE (2): Re[12] : AW(103):Spring offer', 'spring offer'],
    ['Re :Fwd :Spring offer', 'spring offer'],
    ['Fwd[2]: FW [12] : Spring offer', 'spring offer'],
    ['[sales][EXTERNAL]  [list] Spring offer', 'spring offer'],
    ['Regarding: Spring offer', 'regarding: spring offer'],
    ['Rex: Spring offer', 'rex: spring offer'],
    ['Fwdx: Spring offer', 'fwdx: spring offer'],
    ['Re[a]: Spring offer', 're[a]: spring offer'],
    ['Re(a): Spring offer', 're(a): spring offer'],
    ['Fwd[a]: Spring offer', 'fwd[a]: spring offer'],
    ['Rex[2]: Spring offer', 'rex[2]: spring offer'],
    ['Re[2]x: Spring offer', 're[2]x: spring offer'],
    ['Spring offer [draft 2] for you', 'spring offer [draft 2] for you'],
    ['About your re: and fwd: prefixes', 'about your re: and fwd: prefixes'],
    ['Re:', ''],
    ['', ''],
  ];
  for (const [subject, base] of cases) {
    it(`is ${JSON.stringify(base)} for ${JSON.stringify(subject)}`, () => expect(baseSubject(subject)).to.equal(base));
  }

  it('is found behind a thousand prefixes without much work', () => {
    expect(baseSubject(`${'['.repeat(1000)}${'re:'.repeat(1000)}`)).to.be.a('string');
    expect(baseSubject('re:fwd:'.repeat(60))).to.equal('re:fwd:'.repeat(10));
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
