import { expect } from 'chai';

import { conservationDifference } from '../../connector/src/store/conservation.ts';
import type { Database } from '../../connector/src/store/database.ts';
import { openPersonalData, type PersonalData } from '../../connector/src/store/personal-data.ts';
import { openStore } from '../../connector/src/store/postgres-store.ts';
import type { Enrolment, PageCommit, Registration, Store } from '../../connector/src/store/store.ts';
import { emptyTables } from './store-contract.ts';
import { NOW, REP, sampleMail, samplePage, sampleRegistration, sampleReply, sampleWaiting } from './store-samples.ts';

const MARY = 'mary.canary@buyer.example';
const MARY_ID = '003000000000077AAA';
const BOB = 'bob@buyer.example';
const BOB_ID = '003000000000088AAA';
const ALONE = 'alone@seller.example';
const BOTH = 'both@seller.example';
const POSITION = { systemModstamp: NOW.toISOString(), id: 'a02000000000001AAA' };

/** Every value of every row of the database as text: a person who was erased is nowhere in it. */
export async function dumpOf(database: Database): Promise<string> {
  const tables = await database.query<{ name: string }>(
    `select quote_ident(schemaname) || '.' || quote_ident(tablename) as name from pg_tables
     where schemaname not in ('pg_catalog', 'information_schema')`,
  );
  const rows: string[] = [];
  for (const { name } of tables) {
    const found = await database.query<{ row: string }>(`select to_jsonb(t)::text as row from ${name} t`);
    rows.push(...found.map(({ row }) => row));
  }
  return rows.join('\n');
}

/** What is kept of people, shown and erased, whichever engine the database is. */
export function describePersonalData(name: string, openDatabase: (context: Mocha.Context) => Promise<Database>): void {
  describe(`personal data on ${name}`, () => {
    let database: Database;
    let store: Store;
    let people: PersonalData;
    let mailboxId: string;

    before(async function () {
      this.timeout(60_000);
      database = await openDatabase(this);
      store = await openStore(database);
      people = await openPersonalData(database);
    });
    after(() => database?.close());

    const enrolment = (personId: string, address: string): Enrolment => ({
      ...{ campaignStatusId: `a02${personId.slice(3)}`, personId, address, ownerId: REP, status: 'Active' },
    });
    const registration = (id: string, recipients: readonly [string, string][]): Registration =>
      sampleRegistration(store, id, {
        mail: sampleMail(id, {
          subject: `For ${recipients[0]![0]}`,
          recipients: recipients.map(([address, personId]) => ({ address, role: 'To', personId })),
        }),
        deliver: true,
      });
    const answer = (id: string, mail: string, personId: string, from: string): PageCommit['matched'][number] => ({
      digest: store.digest(id),
      replies: [sampleReply(id, mail, { personId, from, subject: `Re: from ${from}` })],
      latches: [personId],
      aliasOf: [],
      place: { mailboxId, reference: `INBOX of ${id}` },
    });
    const read = async (changes: Partial<PageCommit>): Promise<number> => {
      const { cursorVersion: expectedVersion } = (await store.mailbox(mailboxId))!;
      const cursor = { expectedVersion, next: {}, caughtUp: true };
      const outcome = await store.commitPage(samplePage(mailboxId, { cursor, ...changes }));
      return outcome.committed ? outcome.newReplies : -1;
    };
    /** Mary and Bob are in sequences, got a mail each and one together, and Mary has answered both of hers. */
    const fill = async (): Promise<void> => {
      await store.saveEnrolments([enrolment(MARY_ID, MARY), enrolment(BOB_ID, BOB)], POSITION, NOW);
      await store.register([registration(ALONE, [[MARY, MARY_ID]])], NOW);
      await store.register(
        [
          registration(BOTH, [
            [MARY, MARY_ID],
            [BOB, BOB_ID],
          ]),
        ],
        NOW,
      );
      const matched = [answer('1@buyer.example', ALONE, MARY_ID, MARY), answer('2@buyer.example', BOTH, BOB_ID, MARY)];
      const waiting = [
        { ...sampleWaiting(store, mailboxId, 'sent@seller.example', []), side: 'sent' as const },
        sampleWaiting(store, mailboxId, '9@x', ['unknown@x']),
      ].map((message, place) => (place === 0 ? { ...message, cites: [store.addressDigest(MARY)] } : message));
      await read({ seen: 4, matched, waiting });
    };

    beforeEach(async () => {
      await emptyTables(database);
      const mailbox = { provider: 'imap', address: 'rep@seller.example', ownerId: REP, readSince: NOW };
      mailboxId = (await store.connectMailbox(mailbox)).id;
      await fill();
    });
    afterEach(async () => expect(conservationDifference(await store.counts())).to.equal(0));

    const undelivered = async (): Promise<string[]> => (await store.outboxDue(NOW, 100)).map(({ key }) => key);
    const deliverAll = async (): Promise<void> => {
      const items = await store.outboxDue(NOW, 100);
      await store.recordDeliveries(
        items.map(({ id }, place) => ({ id, outcome: 'delivered' as const, recordId: `00T00000000000${place}AAA` })),
        NOW,
      );
    };

    for (const [how, named] of [
      ['an address', MARY.toUpperCase()],
      ['the id of a Contact', MARY_ID],
    ] as const) {
      it(`are shown whole of a person who is named by ${how}`, async () => {
        const rows = await people.export(named);
        expect(rows.person).to.deep.equal({ addresses: [MARY], ids: [MARY_ID] });
        expect(rows.erasedAt).to.equal(null);
        expect([rows.enrolments.length, rows.mails.length, rows.replies.length]).to.deep.equal([1, 2, 2]);
        expect([rows.halts.length, rows.waiting.length]).to.deep.equal([1, 1]);
        expect(JSON.stringify(rows)).to.contain(`Re: from ${MARY}`).and.to.not.contain(BOB);
      });

      it(`are in no table any more once a person is erased who is named by ${how}`, async () => {
        expect(await dumpOf(database))
          .to.contain(MARY)
          .and.to.contain(MARY_ID);
        expect(await people.erase(named, NOW)).to.deep.include({
          ...{ enrolments: 1, mails: 1, recipients: 2, replies: 2, undelivered: 2, halts: 1, waiting: 1 },
        });
        const dump = await dumpOf(database);
        expect(dump).to.not.contain(MARY).and.to.not.contain(MARY_ID).and.to.not.contain(ALONE);
        expect(dump).to.contain(BOB);
      });
    }

    it('are erased of replies that were delivered, too', async () => {
      await deliverAll();
      expect((await people.erase(MARY_ID, NOW)).undelivered).to.equal(0);
      expect(await dumpOf(database)).to.not.contain(MARY);
      expect((await people.export(MARY_ID)).replies).to.deep.equal([]);
    });

    it('leave the mail to somebody else, without its subject', async () => {
      await people.erase(MARY, NOW);
      const [known] = (await store.knownIds([store.digest(BOTH)])).get(store.digest(BOTH))!;
      expect(known!.mail.recipients.map(({ address }) => address)).to.deep.equal([BOB]);
      expect(known!.mail.subject).to.equal(undefined);
      expect(await store.knownIds([store.digest(ALONE)])).to.have.property('size', 0);
    });

    it('are taken out of what the platform said of another record', async () => {
      const [item] = await store.outboxDue(NOW, 1);
      await store.recordDeliveries([{ id: item!.id, outcome: 'dead', reason: `X: ${MARY} is known` }], NOW);
      await people.erase(MARY, NOW);
      expect(await dumpOf(database)).to.not.contain(MARY);
    });

    it('do not come back with a mail that is read or pulled again', async () => {
      await people.erase(MARY, NOW);
      const registrations = [registration(ALONE, [[MARY, MARY_ID]])];
      await store.register(registrations, NOW);
      await store.saveTrackedMails(registrations, POSITION, NOW);
      await store.saveEnrolments([enrolment(MARY_ID, MARY)], POSITION, NOW);
      await read({ seen: 1, notReplies: 1, registrations });
      expect(await dumpOf(database))
        .to.not.contain(MARY)
        .and.to.not.contain(MARY_ID);
    });

    it('do not come back with an answer of the person, or for the person, which counts as excluded', async () => {
      await people.erase(MARY, NOW);
      const before = await store.counts();
      const matched = [
        answer('3@buyer.example', BOTH, BOB_ID, MARY),
        answer('4@buyer.example', BOTH, MARY_ID, 'colleague@buyer.example'),
        answer('5@buyer.example', BOTH, BOB_ID, BOB),
      ];
      expect(await read({ seen: 3, matched })).to.equal(1);
      expect(await dumpOf(database))
        .to.not.contain(MARY)
        .and.to.not.contain(MARY_ID);
      const { excluded, matched: found } = await store.counts();
      expect([excluded - before.excluded, found - before.matched]).to.deep.equal([2, 1]);
    });

    it('do not come back with a waiting message that is settled', async () => {
      await people.erase(MARY, NOW);
      const settled = [store.digest('9@x')];
      const matched = [answer('9@x', BOTH, MARY_ID, MARY)];
      expect(await store.commitPage(samplePage(mailboxId, { matched, settled }))).to.include({ newReplies: 0 });
      expect(await dumpOf(database))
        .to.not.contain(MARY)
        .and.to.not.contain(MARY_ID);
    });

    it('do not come back with what was written while they were being erased', async () => {
      const others = Array.from({ length: 5 }, (_, place) =>
        store.register([registration(`late-${place}@seller.example`, [[MARY, MARY_ID]])], NOW),
      );
      await Promise.all([people.erase(MARY, NOW), ...others]);
      expect(await dumpOf(database))
        .to.not.contain(MARY)
        .and.to.not.contain(MARY_ID);
    });

    it('halt whoever was erased for good', async () => {
      await people.erase(MARY, NOW);
      expect(await store.isLatched(MARY_ID)).to.equal(true);
      await deliverAll();
      expect(await store.isLatched(MARY_ID)).to.equal(true);
    });

    it('tell when a person was erased, and are empty then', async () => {
      await people.erase(MARY, NOW);
      const rows = await people.export(MARY);
      expect(rows.erasedAt).to.equal(NOW.toISOString());
      expect([rows.enrolments, rows.mails, rows.replies, rows.halts, rows.waiting].flat()).to.deep.equal([]);
    });

    it('of others stay as they were', async () => {
      await people.erase('nobody@nowhere.example', NOW);
      expect(await undelivered()).to.have.lengthOf(4);
      expect((await people.export(MARY)).replies).to.have.lengthOf(2);
    });

    it('are found by no text that only looks like a pattern', async () => {
      for (const named of ['%@buyer.example', "' or 1=1 --", '_', '']) {
        expect((await people.export(named)).mails, named).to.deep.equal([]);
      }
    });
  });
}
