import { expect } from 'chai';
import fc from 'fast-check';
import { conversationOf } from '../../../connector/src/mail/conversation.ts';

const bytes = (length: number) => Buffer.from(Array.from({ length }, (_, index) => (index * 7) % 256));

describe('the conversation of a Thread-Index', () => {
  const mail = bytes(22).toString('base64');

  it('is the start that a mail and all answers to it have in common', () => {
    expect(conversationOf(mail)).to.equal(mail);
    for (const answers of [1, 2, 10]) {
      expect(conversationOf(bytes(22 + 5 * answers).toString('base64'))).to.equal(mail);
    }
  });

  it('does not mind folds and a missing end of the base64', () => {
    expect(conversationOf(`${mail.slice(0, 10)}\r\n ${mail.slice(10)}`)).to.equal(mail);
    expect(conversationOf(mail.replaceAll('=', ''))).to.equal(mail);
  });

  it('may begin with any byte', () => {
    expect(conversationOf(Buffer.alloc(22, 200).toString('base64'))).to.be.a('string');
  });

  for (const [title, value] of [
    ['an empty value', ''],
    ['too few bytes', bytes(17).toString('base64')],
    ['one byte too few', bytes(21).toString('base64')],
    ['bytes that make no whole answer', bytes(24).toString('base64')],
    ['text that is no base64', 'not base64 at all, but long enough to be one'],
    ['base64 behind a mark', `!${bytes(22).toString('base64')}`],
    ['base64 before a mark', `${bytes(22).toString('base64')}!`],
    ['base64 around a mark', bytes(22).toString('base64').replace('V', '!V')],
    ['more than any conversation', bytes(22 + 5 * 300).toString('base64')],
  ] as const) {
    it(`is none in ${title}`, () => expect(conversationOf(value)).to.equal(undefined));
  }

  it('is one for 200 answers, and is read of any text without an error', () => {
    expect(conversationOf(bytes(22 + 5 * 200).toString('base64'))).to.equal(mail);
    fc.assert(fc.property(fc.string({ maxLength: 200 }), (value) => void conversationOf(value)));
    expect(conversationOf('A'.repeat(1_000_000))).to.be.oneOf([undefined, Buffer.alloc(22).toString('base64')]);
  });
});
