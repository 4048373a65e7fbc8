import { expect } from 'chai';
import { plainText } from '../../../connector/src/mail/plain-text.ts';

describe('a text for comparisons', () => {
  it('is in lower case, without marks and without the blanks around it', () => {
    expect(plainText(' Automātiska  ATBILDE ')).to.equal('automatiska  atbilde');
    expect(plainText('İLT')).to.equal('ilt');
    expect(plainText('ＲＥ')).to.equal('re');
  });
});
