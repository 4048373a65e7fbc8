import { expect } from 'chai';
import { toText } from '../../../../connector/src/server/page/html.ts';
import { counted, durationWords, foreign, moment } from '../../../../connector/src/server/page/words.ts';

describe('the words of the health page', () => {
  const durations: readonly [seconds: number, words: string][] = [
    [-5, 'a moment'],
    [0.4, 'a moment'],
    [1, '1 second'],
    [59.9, '59 seconds'],
    [60, '1 minute'],
    [3599, '59 minutes'],
    [3600, '1 hour'],
    [86_399, '23 hours'],
    [172_800, '2 days'],
  ];
  for (const [seconds, words] of durations) {
    it(`call ${seconds} seconds ${words}`, () => {
      expect(durationWords(seconds)).to.equal(words);
    });
  }

  it('count one thing and many', () => {
    expect([counted(1, 'mailbox'), counted(2, 'mailbox'), counted(1200, 'record')]).to.deep.equal([
      '1 mailbox',
      '2 mailboxes',
      '1,200 records',
    ]);
  });

  it('keep an instant in the title of what they show of it', () => {
    expect(toText(moment('2026-11-24T08:30:05.000Z'))).to.equal(
      '<time datetime="2026-11-24T08:30:05.000Z" title="2026-11-24T08:30:05.000Z" data-local>2026-11-24 08:30 UTC</time>',
    );
  });

  it('cut the text of strangers short and keep its direction to itself', () => {
    expect(toText(foreign('שלום <b>', 6))).to.equal('<bdi>שלום &lt;…</bdi>');
  });
});
