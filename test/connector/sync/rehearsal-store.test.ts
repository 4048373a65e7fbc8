import { expect } from 'chai';

import type { Reply } from '../../../connector/src/match/reply.ts';
import { conservationDifference } from '../../../connector/src/store/conservation.ts';
import { openRehearsal } from '../../../connector/src/sync/rehearsal-store.ts';
import { resolveWaiting } from '../../../connector/src/sync/resolve-waiting.ts';
import { readAgainFrom, syncMailbox } from '../../../connector/src/sync/sync-mailbox.ts';
import { daysLater, ENROLMENT, NOW, sampleRegistration, STATUS } from '../../contract/store-samples.ts';
import { headerBlock, type HeaderText } from './header-text.ts';
import { newWorld, type SyncWorld } from './sync-world.ts';

const SENT = 'sent-1@seller.example';
const FOLLOW_UP = 'follow-up@seller.example';
const ANSWER = 'answer-1@buyer.example';
const POSITION = { systemModstamp: NOW.toISOString(), id: STATUS };

describe('a rehearsal', () => {
  let world: SyncWorld;
  beforeEach(async () => {
    world = await newWorld();
  });
  afterEach(async () => expect(conservationDifference(await world.store.counts())).to.equal(0));

  const deliver = (text: HeaderText, folder: 'sent' | 'other' = 'other'): string =>
    world.mailbox.deliver({ fields: headerBlock(text), folder });

  /** Everything that the database holds, table by table. */
  const contents = async (): Promise<unknown> => {
    const tables = await world.database.query<{ name: string }>(
      "select table_name as name from information_schema.tables where table_schema = 'public' order by 1",
    );
    return Promise.all(tables.map(({ name }) => world.database.query(`select * from ${name} order by ${name}::text`)));
  };

  const rehearse = async (): Promise<Reply[]> => {
    const replies: Reply[] = [];
    const store = openRehearsal(world.store);
    await syncMailbox(world.mailboxId, { ...world.options, store, onReplies: (found) => replies.push(...found) });
    return replies;
  };

  it('finds what the real run finds afterwards, and leaves the database as it was', async () => {
    await world.enrol();
    deliver({ id: SENT, from: 'rep@seller.example', to: ENROLMENT.address }, 'sent');
    deliver({ id: ANSWER, inReplyTo: SENT });
    deliver({ id: 'answer-2@buyer.example', inReplyTo: ANSWER });
    deliver({ id: 'newsletter@x' });
    const before = await contents();
    const rehearsed = await rehearse();
    expect(await contents()).to.deep.equal(before);
    expect(rehearsed.map(({ messageKey }) => messageKey)).to.deep.equal([SENT, SENT]);
    await world.sync();
    expect(await world.replies()).to.deep.equal(rehearsed);
  });

  it('finds nothing that has been found before', async () => {
    await world.register(SENT);
    deliver({ id: ANSWER, inReplyTo: SENT });
    await world.sync();
    const rehearsal = openRehearsal(world.store);
    const options = { ...world.options, store: rehearsal };
    await readAgainFrom(world.mailboxId, daysLater(-1), options);
    expect(await syncMailbox(world.mailboxId, options)).to.deep.equal({ messages: 1, newReplies: 0, more: false });
  });

  it('settles what waits in the database for a mail that the rehearsal learns of', async () => {
    deliver({ id: ANSWER, inReplyTo: SENT });
    await world.sync();
    const rehearsal = openRehearsal(world.store);
    await rehearsal.saveTrackedMails([sampleRegistration(world.store, SENT)], POSITION, NOW);
    const options = { ...world.options, store: rehearsal };
    expect(await syncMailbox(world.mailboxId, options)).to.deep.equal({ messages: 0, newReplies: 1, more: false });
    expect(await world.replies()).to.deep.equal([]);
  });

  it('tracks a follow-up that waits in the database, once its thread and then its recipient are learnt of', async () => {
    deliver({ id: FOLLOW_UP, from: 'rep@seller.example', to: ENROLMENT.address, inReplyTo: SENT }, 'sent');
    await world.sync();
    const rehearsal = openRehearsal(world.store);
    const options = { ...world.options, store: rehearsal };
    await rehearsal.saveTrackedMails([sampleRegistration(world.store, SENT)], POSITION, NOW);
    await syncMailbox(world.mailboxId, options);
    expect(await rehearsal.resolvedMessages(10)).to.deep.equal([]);
    await rehearsal.saveEnrolments([ENROLMENT], POSITION, NOW);
    await syncMailbox(world.mailboxId, options);
    const digest = world.store.digest(FOLLOW_UP);
    const known = (await rehearsal.knownIds([digest])).get(digest) ?? [];
    expect(known.map(({ role, mail }) => [role, mail.messageId])).to.deep.equal([
      ['alias', SENT],
      ['own', FOLLOW_UP],
    ]);
    expect(await rehearsal.resolvedMessages(10)).to.deep.equal([]);
  });

  for (const [days, left] of [
    [1, 'after'],
    [-1, 'before'],
  ] as const) {
    it(`settles a waiting mail to a person who left the sequence ${left} it, as the real run does`, async () => {
      deliver({ id: SENT, from: 'rep@seller.example', to: ENROLMENT.address }, 'sent');
      await world.sync();
      const rehearsal = openRehearsal(world.store);
      const halted = { ...ENROLMENT, status: 'Replied', haltedAt: daysLater(days) };
      const nobodys = { ...ENROLMENT, campaignStatusId: 'a02000000000002AAA', address: '' };
      await rehearsal.saveEnrolments([ENROLMENT, nobodys], POSITION, NOW);
      await rehearsal.saveEnrolments([halted], POSITION, NOW);
      await syncMailbox(world.mailboxId, { ...world.options, store: rehearsal });
      const digest = world.store.digest(SENT);
      expect((await rehearsal.knownIds([digest])).has(digest)).to.equal(left === 'after');
      await world.enrol(halted);
      await resolveWaiting(world.options);
      expect(await world.outbox()).to.have.lengthOf(left === 'after' ? 1 : 0);
    });
  }

  it('recognises a sent mail to somebody whose enrolment the rehearsal learns of', async () => {
    const rehearsal = openRehearsal(world.store);
    await rehearsal.saveEnrolments([ENROLMENT], POSITION, NOW);
    expect(await rehearsal.pullPosition('CampaignStatus')).to.deep.equal(POSITION);
    deliver({ id: SENT, from: 'rep@seller.example', to: ENROLMENT.address }, 'sent');
    deliver({ id: ANSWER, inReplyTo: SENT });
    const options = { ...world.options, store: rehearsal };
    expect(await syncMailbox(world.mailboxId, options)).to.deep.equal({ messages: 2, newReplies: 1, more: false });
    expect(await world.store.enrolmentsByAddress([ENROLMENT.address])).to.deep.equal([]);
  });

  it('reads page by page as the real run does', async () => {
    await world.register(SENT);
    world.mailbox.pageSize = 2;
    for (let number = 1; number <= 7; number += 1) deliver({ id: `answer-${number}@buyer.example`, inReplyTo: SENT });
    expect(await rehearse()).to.have.lengthOf(7);
    expect((await world.store.mailbox(world.mailboxId))?.cursorVersion).to.equal(0);
  });
});

describe('readAgainFrom', () => {
  it('reads a mailbox again from an earlier day and finds nothing twice', async () => {
    const world = await newWorld();
    await world.register(SENT);
    world.mailbox.deliver({ fields: headerBlock({ id: ANSWER, inReplyTo: SENT }), receivedAt: daysLater(-3) });
    await world.sync();
    await readAgainFrom(world.mailboxId, daysLater(-1), world.options);
    expect(await world.sync()).to.deep.equal({ messages: 0, newReplies: 0, more: false });
    await readAgainFrom(world.mailboxId, daysLater(-7), world.options);
    expect(await world.sync()).to.deep.equal({ messages: 1, newReplies: 1, more: false });
    await readAgainFrom(world.mailboxId, daysLater(-7), world.options);
    expect(await world.sync()).to.deep.equal({ messages: 1, newReplies: 0, more: false });
    expect(await world.store.counts()).to.include({ seen: 1, matched: 1 });
  });

  it('does nothing for a mailbox that this process cannot open', async () => {
    const world = await newWorld();
    await readAgainFrom(world.mailboxId, NOW, { ...world.options, mailboxOf: () => undefined });
    expect((await world.store.mailbox(world.mailboxId))?.cursorVersion).to.equal(0);
  });
});
