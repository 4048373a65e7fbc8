import { expect } from 'chai';

import type { Mailbox, MailboxSurvey } from '../../../../connector/src/mailbox/mailbox.ts';
import { startGmailSimulator, type GmailSimulator } from '../../../simulators/gmail/gmail-simulator.ts';
import { METADATA, openRepMailbox, REP, TOKEN } from './gmail-harness.ts';

const HOUR = 3_600_000;
const NOW = new Date('2026-11-24T10:00:00Z').getTime();
const hoursAgo = (hours: number): Date => new Date(NOW - hours * HOUR);

describe('the survey of a Gmail mailbox', () => {
  let simulator: GmailSimulator;
  let mailbox: Mailbox;

  beforeEach(async () => {
    simulator = await startGmailSimulator();
    simulator.mailbox(REP, { token: TOKEN, scopes: METADATA });
    mailbox = openRepMailbox(simulator);
  });

  afterEach(async () => {
    await mailbox.close();
    await simulator.close();
    expect(simulator.violations).to.deep.equal([]);
  });

  const deliver = (labels: readonly string[], hours: number): string =>
    simulator.deliver(REP, [['Message-ID', `<${labels.join('-')}-${hours}@x>`]], {
      labels,
      receivedAt: hoursAgo(hours),
    }).id;
  const countsOf = ({ folders }: MailboxSurvey): (number | undefined)[] => folders.map(({ messages }) => messages);

  it('names what is read in the order of reading and counts what came since the date', async () => {
    for (const hours of [1, 2, 30]) deliver(['SENT'], hours);
    for (const hours of [1, 2, 3, 4, 40]) deliver(['INBOX'], hours);
    deliver(['Label_7'], 5);
    deliver(['TRASH'], 6);
    for (const hours of [1, 50]) deliver(['SPAM'], hours);
    for (const label of ['DRAFT', 'CHAT']) deliver([label], 1);
    const survey = await mailbox.survey(hoursAgo(24));
    expect(survey.folders).to.deep.equal([
      { name: 'Sent', kind: 'sent', messages: 2 },
      { name: 'All Mail and Trash', kind: 'other', messages: 6 },
      { name: 'Spam', kind: 'junk', messages: 1 },
    ]);
  });

  it('counts what a first read then hands out', async () => {
    for (let hours = 0; hours < 60; hours += 1.5) deliver([hours % 9 === 0 ? 'SENT' : 'INBOX'], hours);
    const since = hoursAgo(33);
    const counted = countsOf(await mailbox.survey(since)).reduce<number>((sum, count) => sum + count!, 0);
    let read = 0;
    let cursor = await mailbox.openingCursor(since);
    for (let caughtUp = false; !caughtUp;) {
      const page = await mailbox.changesSince(cursor, 100);
      read += page.messages.length;
      ({ cursor, caughtUp } = page);
    }
    expect(counted).to.equal(read).and.to.equal(23);
  });

  it('counts over several pages of a list', async () => {
    for (let minute = 0; minute < 1100; minute++) deliver(['INBOX'], minute / 60);
    expect(countsOf(await mailbox.survey(hoursAgo(10)))).to.deep.equal([0, 601, 0]);
    expect(countsOf(await mailbox.survey(hoursAgo(1000)))).to.deep.equal([0, 1100, 0]);
  });

  it('is all zeros for an empty mailbox', async () => {
    expect(countsOf(await mailbox.survey(hoursAgo(24)))).to.deep.equal([0, 0, 0]);
  });

  it('passes over messages that vanish while it counts', async () => {
    const ids = [1, 2, 3, 40].map((hours) => deliver(['INBOX'], hours));
    simulator.afterNext('users.messages.list', () => {
      for (const id of [ids[1]!, ids[3]!]) simulator.remove(REP, id);
    });
    expect(countsOf(await mailbox.survey(hoursAgo(24)))[1]).to.be.oneOf([3, 4]);
  });

  it('leaves a number open rather than page through tens of thousands of messages', async () => {
    const message = [['Message-ID', '<many@x>']] as const;
    simulator.deliverTogether(REP, Array<typeof message>(10_001).fill(message), { receivedAt: hoursAgo(1) });
    expect(countsOf(await mailbox.survey(hoursAgo(24)))).to.deep.equal([0, undefined, 0]);
  });
});
