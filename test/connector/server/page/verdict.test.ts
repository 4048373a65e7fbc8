import { expect } from 'chai';
import {
  byUrgency,
  judgeMailbox,
  noticesOf,
  verdictOf,
  type Tone,
} from '../../../../connector/src/server/page/verdict.ts';
import type { ConnectorStatus, MailboxStatus } from '../../../../connector/src/facade.ts';
import { sampleMailbox, sampleStatus } from '../sample-facade.ts';

const NOW = new Date('2026-11-24T10:00:00.000Z');
const LATE = 3_600;

describe('verdictOf', () => {
  const verdict = (status: ConnectorStatus) =>
    verdictOf(
      status.mailboxes.map((mailbox) => judgeMailbox(mailbox, LATE)),
      noticesOf(status, NOW),
    );
  const mailboxes = (...states: Partial<MailboxStatus>[]): ConnectorStatus =>
    sampleStatus({ mailboxes: states.map(sampleMailbox) });
  const outbox = (changes: Partial<ConnectorStatus['outbox']>): ConnectorStatus =>
    sampleStatus({ outbox: { pending: 0, dead: 0, oldestPendingAt: null, ...changes } });
  const salesforce = (changes: Partial<ConnectorStatus['salesforce']>): ConnectorStatus =>
    sampleStatus({ salesforce: { apiUsage: null, apiCalls: 0, clockAheadSeconds: null, ...changes } });

  const rows: readonly [what: string, status: ConnectorStatus, tone: Tone, sentence: string][] = [
    ['no mailbox', mailboxes(), 'idle', 'No mailbox is connected yet.'],
    ['one that is read', mailboxes({}), 'good', 'The mailbox is read up to date.'],
    ['several that are read', mailboxes({}, {}), 'good', 'All 2 mailboxes are read up to date.'],
    ['a first read', mailboxes({}, { state: 'reading' }), 'busy', '1 of 2 mailboxes is being read for the first time.'],
    [
      'a failing one beside a first read',
      mailboxes({ state: 'failing' }, { state: 'reading' }),
      'warn',
      '1 of 2 mailboxes is not being read at the moment.',
    ],
    ['one that is late', mailboxes({ lagSeconds: 3_601 }), 'warn', '1 of 1 mailbox is not being read at the moment.'],
    [
      'two without a credential beside a failing one',
      mailboxes({ state: 'reconnect' }, { state: 'failing' }, { state: 'reconnect' }),
      'bad',
      '2 of 3 mailboxes have to be reconnected.',
    ],
    ['a record that is refused', outbox({ dead: 1 }), 'bad', 'One thing wants your attention.'],
    [
      'a record that waits too long',
      outbox({ pending: 1, oldestPendingAt: '2026-11-24T09:45:00.000Z' }),
      'warn',
      'One thing wants your attention.',
    ],
    [
      'a record that waits a little',
      outbox({ pending: 1, oldestPendingAt: '2026-11-24T09:45:01.000Z' }),
      'idle',
      'No mailbox is connected yet.',
    ],
    ['a clock that is ahead', salesforce({ clockAheadSeconds: 60 }), 'warn', 'One thing wants your attention.'],
    ['a clock that is right enough', salesforce({ clockAheadSeconds: -59 }), 'idle', 'No mailbox is connected yet.'],
    [
      'an API budget that is nearly used up',
      salesforce({ apiUsage: { used: 90, limit: 100 }, clockAheadSeconds: -60 }),
      'warn',
      'Some things want your attention.',
    ],
    [
      'an API budget that is used up',
      salesforce({ apiUsage: { used: 100, limit: 100 } }),
      'bad',
      'One thing wants your attention.',
    ],
    [
      'an API budget with room',
      salesforce({ apiUsage: { used: 89, limit: 100 } }),
      'idle',
      'No mailbox is connected yet.',
    ],
  ];
  for (const [what, status, tone, sentence] of rows) {
    it(`judges ${what}`, () => {
      expect(verdict(status)).to.deep.equal({ tone, sentence });
    });
  }

  it('says by how much and in which direction the clock is off', () => {
    const problem = (clockAheadSeconds: number) => noticesOf(salesforce({ clockAheadSeconds }), NOW)[0]?.problem;
    expect(problem(7_260)).to.equal('The clock of this machine is 2 hours ahead of that of Salesforce.');
    expect(problem(-300)).to.equal('The clock of this machine is 5 minutes behind that of Salesforce.');
  });

  it('puts first what wants to be looked at, then goes by address', () => {
    const judged = [
      sampleMailbox({ address: 'd@seller.example' }),
      sampleMailbox({ address: 'c@seller.example', state: 'reading' }),
      sampleMailbox({ address: 'b@seller.example' }),
      sampleMailbox({ address: 'a@seller.example', state: 'failing' }),
      sampleMailbox({ address: 'z@seller.example', state: 'reconnect' }),
    ].map((mailbox) => judgeMailbox(mailbox, LATE));
    const order = judged.toSorted(byUrgency).map(({ mailbox }) => mailbox.address[0]);
    expect(order.join('')).to.equal('zacbd');
  });
});
