import { expect } from 'chai';

import type { Kind } from '../../connector/src/mail/kind.ts';
import type { Reply } from '../../connector/src/match/reply.ts';
import type {
  DeliveredReply,
  Enrolment,
  KnownId,
  OutboxItem,
  PushSubscription,
  StaleTally,
  Store,
} from '../../connector/src/store/store.ts';
import type { Database } from '../../connector/src/store/database.ts';
import { openStore } from '../../connector/src/store/postgres-store.ts';
import { StoreError } from '../../connector/src/store/store-error.ts';
import { describeLives, describeServices, describeSweeps } from './shared-work-contract.ts';
import { describeConservation } from './conservation-contract.ts';
import { describeMailboxReports } from './mailbox-reports-contract.ts';
import {
  daysLater,
  ENROLMENT,
  NOW,
  PERSON,
  REP,
  sampleMail,
  sampleMatch,
  samplePage,
  sampleRegistration,
  sampleReply,
  sampleWaiting,
} from './store-samples.ts';

const SENT = 'sent-1@seller.example';
const ANSWER = 'answer-1@buyer.example';

/** Empties every table but those that make the database what it is: opening another one takes seconds on PGlite. */
export async function emptyTables(database: Database): Promise<void> {
  const tables = await database.query<{ name: string }>(
    `select quote_ident(table_name) as name from information_schema.tables
     where table_schema = 'public' and table_name not in ('schema_migration', 'installation')`,
  );
  if (tables.length === 0) return;
  await database.execute(`truncate ${tables.map(({ name }) => name).join(', ')} restart identity cascade`);
  await database.execute('insert into message_count default values');
}

const taskOf = (item: OutboxItem | undefined): OutboxItem & { type: 'Task' } => {
  if (item?.type !== 'Task') throw new Error(`expected a Task, got ${item?.type ?? 'nothing'}`);
  return item;
};
const mailsOf = (known: readonly KnownId[] | undefined): string[] => (known ?? []).map(({ mail }) => mail.messageId);

/** A store for a suite, and what only whoever looks behind it can do or see. */
export interface OpenedStore {
  readonly store: Store;
  /** Empties it but for what makes it the installation that it is. */
  empty(): Promise<void>;
  /** Forgets which messages have matched. */
  forgetMatched(): Promise<void>;
  /** What is kept of the text of each item of the outbox. */
  outboxTexts(): Promise<unknown[]>;
  /** How many rows wait for the next join of what is known and what is cited. */
  freshDigests(): Promise<number>;
  close(): Promise<void>;
}

/**
 * What the store promises, whichever engine it stands on. `openDatabase` gives a database for the whole suite; it may
 * skip the suite through the context when the server that it needs is absent.
 */
export function describeStoreContract(name: string, openDatabase: (context: Mocha.Context) => Promise<Database>): void {
  const opened: { database?: Database } = {};
  const open = async (context: Mocha.Context): Promise<OpenedStore> =>
    openedOn((opened.database = await openDatabase(context)));
  describeStore(name, open, (subject) => {
    describeMailboxReports(subject);
    describeOpening(() => opened.database!);
  });
}

async function openedOn(database: Database): Promise<OpenedStore> {
  const texts = async (): Promise<unknown[]> =>
    (await database.query<{ payload: unknown }>('select payload from outbox')).map(({ payload }) => payload);
  return {
    store: await openStore(database),
    empty: () => emptyTables(database),
    forgetMatched: async () => void (await database.query('delete from matched_message')),
    outboxTexts: texts,
    freshDigests: async () => (await database.query('select 1 from fresh_digests')).length,
    close: () => database.close(),
  };
}

/** The contract of the store, for one that is no Postgres database as well. `further` describes what is the engine's own. */
export function describeStore(
  name: string,
  open: (context: Mocha.Context) => Promise<OpenedStore>,
  further: (subject: () => { readonly store: Store; readonly mailboxId: string }) => void = () => undefined,
): void {
  describe(`the store on ${name}`, () => {
    let opened: OpenedStore;
    let store: Store;
    let mailboxId: string;

    before(async function () {
      this.timeout(60_000);
      opened = await open(this);
      store = opened.store;
    });
    after(() => opened?.close());

    beforeEach(async () => {
      await opened.empty();
      const mailbox = { provider: 'imap', address: 'Rep@Seller.example', ownerId: REP, readSince: NOW };
      mailboxId = (await store.connectMailbox(mailbox)).id;
    });

    const known = async (messageId: string): Promise<KnownId[] | undefined> =>
      (await store.knownIds([store.digest(messageId)])).get(store.digest(messageId));
    const due = (at = NOW): Promise<OutboxItem[]> => store.outboxDue(at, 100);
    const deliver = (item: OutboxItem, recordId = '00T000000000001AAA'): Promise<DeliveredReply[]> =>
      store.recordDeliveries([{ id: item.id, outcome: 'delivered', recordId }], NOW);
    /** Registers SENT and commits a page in which ANSWER answers it. */
    const commitAnswer = async (): Promise<void> => {
      await store.register([sampleRegistration(store, SENT)], NOW);
      await store.commitPage(samplePage(mailboxId, { matched: [sampleMatch(store, ANSWER, SENT)] }));
    };

    describe('mailboxes', () => {
      it('gives a mailbox that has moved to another provider its place in time, and what was found there', async () => {
        await commitAnswer();
        const { cursorVersion } = (await store.mailbox(mailboxId))!;
        const moved = await store.connectMailbox({
          ...{ provider: 'gmail', address: 'rep@seller.example', ownerId: REP, readSince: daysLater(-3) },
          ...{ settings: { provider: 'gmail' }, movedFrom: mailboxId },
        });
        expect(moved).to.deep.include({
          ...{ id: mailboxId, provider: 'gmail', cursor: undefined, cursorVersion: cursorVersion + 1 },
          ...{ readSince: daysLater(-3), caughtUpAt: undefined, revision: 2 },
        });
        expect(await store.mailboxes()).to.have.length(1);
        const again = samplePage(mailboxId, { matched: [sampleMatch(store, ANSWER, SENT)] });
        const cursor = { expectedVersion: moved.cursorVersion, next: {}, caughtUp: true };
        expect(await store.commitPage({ ...again, cursor })).to.include({ newReplies: 0 });
      });

      it('starts a mailbox without a cursor', async () => {
        expect(await store.mailbox(mailboxId)).to.deep.equal({
          id: mailboxId,
          provider: 'imap',
          address: 'Rep@Seller.example',
          ownerId: REP,
          cursor: undefined,
          cursorVersion: 0,
          readSince: NOW,
          caughtUpAt: undefined,
          state: 'active',
          lastError: undefined,
          settings: {},
          revision: 1,
          expectedMessages: undefined,
          messagesRead: 0,
          lastReplyAt: undefined,
        });
      });

      it('gives a connected mailbox another owner and keeps how far it was read', async () => {
        const cursor = { expectedVersion: 0, next: { uid: 7 }, caughtUp: true };
        await store.commitPage(samplePage(mailboxId, { cursor }));
        const again = {
          provider: 'imap',
          address: 'rep@seller.example',
          ownerId: 'new owner',
          readSince: daysLater(1),
        };
        const row = await store.connectMailbox(again);
        expect(row).to.include({ id: mailboxId, ownerId: 'new owner', cursorVersion: 1 });
        expect(row.cursor).to.deep.equal({ uid: 7 });
        expect(row.readSince).to.deep.equal(NOW);
        expect(await store.mailboxes()).to.have.lengthOf(1);
      });

      it('keeps one address at two providers apart', async () => {
        await store.connectMailbox({ provider: 'gmail', address: 'rep@seller.example', ownerId: REP, readSince: NOW });
        expect((await store.mailboxes()).map(({ provider }) => provider)).to.deep.equal(['imap', 'gmail']);
      });

      it('remembers what is wrong with a mailbox until it is right again', async () => {
        await store.setMailboxState(mailboxId, 'reconnect', 'The password was refused.');
        expect(await store.mailbox(mailboxId)).to.include({
          state: 'reconnect',
          lastError: 'The password was refused.',
        });
        await store.setMailboxState(mailboxId, 'active', undefined);
        expect(await store.mailbox(mailboxId)).to.include({ state: 'active', lastError: undefined });
      });

      it('knows no mailbox by an id that is none', async () => {
        expect(await store.mailbox('0')).to.equal(undefined);
        expect(await store.mailbox("1' or '1'='1")).to.equal(undefined);
      });
    });

    describe('what a provider promised to tell', () => {
      const promised = (subscriptionId: string): PushSubscription => ({
        ...{ mailboxId, subscriptionId, secretHash: 'hash' },
        expiresAt: daysLater(1),
      });

      it('is one promise for a mailbox, found by the mailbox and by its id, until it is removed', async () => {
        expect(await store.pushSubscription(mailboxId)).to.equal(undefined);
        await store.savePushSubscription(promised('first'));
        await store.savePushSubscription(promised('second'));
        expect(await store.pushSubscription(mailboxId)).to.deep.equal(promised('second'));
        expect(await store.pushSubscriptions(['first', 'second', "' or 1=1"])).to.deep.equal([promised('second')]);
        await store.removePushSubscription('second');
        expect(await store.pushSubscriptions(['second'])).to.deep.equal([]);
      });

      it('goes with its mailbox, and cannot be kept for one that is gone', async () => {
        await store.savePushSubscription(promised('gone'));
        await store.disconnectMailbox(mailboxId);
        await store.savePushSubscription(promised('late'));
        expect(await store.pushSubscriptions(['gone', 'late'])).to.deep.equal([]);
      });
    });

    describe('connecting', () => {
      const credential = { keyId: 'key-1', sealed: 'sealed-1' };
      const settings = { provider: 'imap', host: 'imap.seller.example' };
      const connect = (changes: object = {}) =>
        store.connectMailbox({
          ...{ provider: 'imap', address: 'rep@seller.example', ownerId: REP, readSince: daysLater(1) },
          ...changes,
        });

      it('keeps the place of a mailbox that is given new settings and a new credential, and ends its trouble', async () => {
        await store.setMailboxState(mailboxId, 'reconnect', 'The password was refused.');
        const row = await connect({ settings, credential });
        expect(row).to.include({ id: mailboxId, state: 'active', lastError: undefined, revision: 2 });
        expect(row.settings).to.deep.equal(settings);
        expect(row.readSince).to.deep.equal(NOW);
        expect(await store.credential(mailboxId)).to.deep.equal(credential);
      });

      it('remembers how much a first read covers', async () => {
        const row = await connect({ address: 'other@seller.example', expectedMessages: 1200, settings });
        expect(row).to.include({ expectedMessages: 1200, revision: 1, messagesRead: 0 });
      });

      it('forgets a mailbox with its credential and what waits in it, and keeps what was found', async () => {
        await connect({ settings, credential });
        await commitAnswer();
        await store.commitPage(
          samplePage(mailboxId, { waiting: [sampleWaiting(store, mailboxId, 'w@x', ['unknown@x'])] }),
        );
        expect(await store.disconnectMailbox(mailboxId)).to.equal(1);
        expect(await store.mailboxes()).to.deep.equal([]);
        expect(await store.credential(mailboxId)).to.equal(undefined);
        expect(await store.counts()).to.include({ waiting: 0, outboxPending: 1 });
      });

      it('puts a credential in the place of another only while that stands', async () => {
        await connect({ settings, credential });
        const next = { keyId: 'key-2', sealed: 'sealed-2' };
        expect(await store.mailboxesSealedOtherwise('key-2')).to.deep.equal([mailboxId]);
        expect(await store.replaceCredential(mailboxId, credential, next)).to.equal(true);
        expect(await store.replaceCredential(mailboxId, credential, { keyId: 'key-3', sealed: 'x' })).to.equal(false);
        expect(await store.credential(mailboxId)).to.deep.equal(next);
        expect(await store.mailboxesSealedOtherwise('key-2')).to.deep.equal([]);
      });
    });

    describe('what explains a message', () => {
      it('knows when an answer was matched and where it was', async () => {
        await store.register([sampleRegistration(store, SENT)], NOW);
        const place = { mailboxId, reference: '1.7.INBOX' };
        const page = { matched: [{ ...sampleMatch(store, ANSWER, SENT), place }] };
        await store.commitPage(samplePage(mailboxId, page));
        const fate = await store.messageFate(store.digest(ANSWER));
        expect(fate).to.deep.equal({ matchedAt: NOW, place, waiting: undefined });
        expect((await store.mailbox(mailboxId))?.lastReplyAt).to.deep.equal(NOW);
      });

      it('knows what is kept of a message that waits', async () => {
        await store.commitPage(
          samplePage(mailboxId, { waiting: [sampleWaiting(store, mailboxId, 'w@x', ['unknown@x'])] }),
        );
        const fate = await store.messageFate(store.digest('w@x'));
        expect(fate.waiting).to.include({ mailboxId, reference: 'INBOX/w@x', side: 'outside' });
        const waiting = await store.waitingFor([store.digest('unknown@x'), store.digest('nobody@x')]);
        expect(waiting.map(({ digest }) => digest)).to.deep.equal([store.digest('w@x')]);
      });

      it('knows nothing of a message that it never saw', async () => {
        const fate = await store.messageFate(store.digest('never@x'));
        expect(fate).to.deep.equal({ matchedAt: undefined, place: undefined, waiting: undefined });
      });

      it('tells how far the Task of a reply has come', async () => {
        await commitAnswer();
        const [item] = await due();
        const key = taskOf(item).key;
        const states = () => store.taskStates([key, 'unknown']);
        expect(await states()).to.deep.equal([{ key, state: 'pending', recordId: undefined, reason: undefined }]);
        await deliver(item!);
        const recordId = '00T000000000001AAA';
        expect(await states()).to.deep.equal([{ key, state: 'delivered', recordId, reason: undefined }]);
        expect(await store.matchedBefore([store.digest(ANSWER), store.digest('never@x')])).to.deep.equal(
          new Set([store.digest(ANSWER)]),
        );
      });
    });

    describe('the fence', () => {
      const next = { uid: 12, folders: { INBOX: '9' } };

      it('moves the cursor with the page', async () => {
        const cursor = { expectedVersion: 0, next, caughtUp: false };
        const outcome = await store.commitPage(samplePage(mailboxId, { cursor }));
        expect(outcome).to.deep.equal({ committed: true, newReplies: 0, newReplyKeys: [] });
        const row = await store.mailbox(mailboxId);
        expect(row).to.include({ cursorVersion: 1, caughtUpAt: undefined });
        expect(row?.cursor).to.deep.equal(next);
      });

      it('notes when a mailbox was last read to its end', async () => {
        await store.commitPage(samplePage(mailboxId, { cursor: { expectedVersion: 0, next, caughtUp: true } }));
        const later = { cursor: { expectedVersion: 1, next, caughtUp: false }, at: daysLater(1) };
        await store.commitPage(samplePage(mailboxId, later));
        expect((await store.mailbox(mailboxId))?.caughtUpAt).to.deep.equal(NOW);
      });

      it('stores nothing at all of a page whose cursor another worker has moved', async () => {
        await store.commitPage(samplePage(mailboxId, { cursor: { expectedVersion: 0, next, caughtUp: false } }));
        const overtaken = samplePage(mailboxId, {
          cursor: { expectedVersion: 0, next: { uid: 1 }, caughtUp: true },
          seen: 1,
          registrations: [sampleRegistration(store, SENT, { deliver: true })],
          matched: [sampleMatch(store, ANSWER, SENT)],
          waiting: [sampleWaiting(store, mailboxId, 'w@x', ['unknown@x'])],
        });
        expect(await store.commitPage(overtaken)).to.deep.equal({ committed: false });
        expect((await store.mailbox(mailboxId))?.cursor).to.deep.equal(next);
        expect(await known(SENT)).to.equal(undefined);
        expect(await store.isLatched(PERSON)).to.equal(false);
        expect(await store.counts()).to.include({ seen: 0, matched: 0, waiting: 0, outboxPending: 0 });
      });

      it('lets one of several workers commit that have read the same page at once', async () => {
        await store.register([sampleRegistration(store, SENT)], NOW);
        const page = samplePage(mailboxId, {
          cursor: { expectedVersion: 0, next, caughtUp: false },
          seen: 1,
          matched: [sampleMatch(store, ANSWER, SENT)],
        });
        const outcomes = await Promise.all(Array.from({ length: 5 }, () => store.commitPage(page)));
        const [won, ...lost] = outcomes.filter(({ committed }) => committed);
        expect(won).to.include({ committed: true, newReplies: 1 });
        expect(lost).to.deep.equal([]);
        expect((await store.mailbox(mailboxId))?.cursorVersion).to.equal(1);
        expect(await store.counts()).to.include({ seen: 1, matched: 1, outboxPending: 1 });
      });

      it('rolls the cursor back with a page that cannot be stored', async () => {
        const page = samplePage(mailboxId, {
          cursor: { expectedVersion: 0, next, caughtUp: false },
          seen: 1,
          settled: ['not a digest'],
        });
        const error = await store.commitPage(page).catch((reason: unknown) => reason);
        expect(error).to.be.instanceOf(StoreError);
        expect(String(error)).not.to.contain('not a digest');
        expect((await store.mailbox(mailboxId))?.cursorVersion).to.equal(0);
      });
    });

    describe('known ids', () => {
      it('gives a mail back as it was registered', async () => {
        const mail = sampleMail(SENT, {
          trackedEmailId: 'a01000000000001AAA',
          recipients: [
            { address: 'a@buyer.example', role: 'To', personId: PERSON, campaignStatusId: 'a02000000000001AAA' },
            { address: 'b@buyer.example', role: 'To' },
            { address: 'a-copy@buyer.example', role: 'Cc' },
          ],
        });
        await store.register([sampleRegistration(store, SENT, { mail })], NOW);
        expect(await known(SENT)).to.deep.equal([{ role: 'own', mail }]);
      });

      it('gives back the conversation that a mail belongs to', async () => {
        const mail = sampleMail(SENT, { conversation: 'AdnqJG9vVjZLQlhQRVqI4FZ2pTjXjA==' });
        await store.register([sampleRegistration(store, SENT, { mail })], NOW);
        expect(await known(SENT)).to.deep.equal([{ role: 'own', mail }]);
      });

      it('finds every mail of a thread by the thread', async () => {
        const thread = { digest: store.digest('thread 1 gmail-7'), role: 'thread' as const };
        const registrations = ['one@x', 'two@x'].map((id) =>
          sampleRegistration(store, id, { ids: [{ digest: store.digest(id), role: 'own' }, thread] }),
        );
        await store.register(registrations, NOW);
        const found = await known('thread 1 gmail-7');
        expect(found?.map(({ role, mail }) => [role, mail.messageId])).to.have.deep.members([
          ['thread', 'one@x'],
          ['thread', 'two@x'],
        ]);
        expect(await known('thread 2 gmail-7')).to.equal(undefined);
      });

      it('leaves out what a mail does not say', async () => {
        const mail = { messageId: SENT, sentAt: NOW, ownerId: REP, source: 'Sent Folder' as const, recipients: [] };
        await store.register([sampleRegistration(store, SENT, { mail })], NOW);
        expect(await known(SENT)).to.deep.equal([{ role: 'own', mail }]);
      });

      it('finds a mail by each of its ids and leaves out ids that nobody knows', async () => {
        const ids = (['own', 'rewritten', 'planted'] as const).map((role) => ({ role, digest: store.digest(role) }));
        await store.register([sampleRegistration(store, SENT, { ids })], NOW);
        const found = await store.knownIds([...ids.map(({ digest }) => digest), store.digest('stranger@x')]);
        expect([...found.values()].flat().map(({ role }) => role)).to.have.members(['own', 'rewritten', 'planted']);
        expect(found.size).to.equal(3);
        expect(await store.knownIds([])).to.have.property('size', 0);
      });

      it('tells ids apart by case', async () => {
        await store.register([sampleRegistration(store, 'Case@x')], NOW);
        expect(await known('case@x')).to.equal(undefined);
      });

      it('lets one id lead to two mails', async () => {
        const shared = [{ digest: store.digest('shared@x'), role: 'planted' as const }];
        const registrations = ['one@x', 'two@x'].map((id) => sampleRegistration(store, id, { ids: shared }));
        await store.register(registrations, NOW);
        expect(mailsOf(await known('shared@x'))).to.have.members(['one@x', 'two@x']);
      });

      it('makes the id of an answer an alias of the mail it answers', async () => {
        await commitAnswer();
        expect((await known(ANSWER))?.map(({ role, mail }) => [role, mail.messageId])).to.deep.equal([['alias', SENT]]);
      });

      it("makes the id of our own side's mail an alias although it is no reply", async () => {
        await store.register([sampleRegistration(store, SENT)], NOW);
        const own = { digest: store.digest('own@x'), replies: [], latches: [], aliasOf: [SENT] };
        const outcome = await store.commitPage(samplePage(mailboxId, { matched: [own] }));
        expect(outcome).to.include({ committed: true, newReplies: 0 });
        expect(mailsOf(await known('own@x'))).to.deep.equal([SENT]);
      });

      it('makes an alias of a mail that the same page registers', async () => {
        const matched = [sampleMatch(store, ANSWER, SENT)];
        await store.commitPage(samplePage(mailboxId, { registrations: [sampleRegistration(store, SENT)], matched }));
        expect(mailsOf(await known(ANSWER))).to.deep.equal([SENT]);
      });

      it('makes no alias of a mail that is forgotten, and stores the reply all the same', async () => {
        const outcome = await store.commitPage(samplePage(mailboxId, { matched: [sampleMatch(store, ANSWER, SENT)] }));
        expect(outcome).to.include({ committed: true, newReplies: 1 });
        expect(await known(ANSWER)).to.equal(undefined);
      });
    });

    describe('the mails to an address', () => {
      const to = (address: string, changes = {}) =>
        sampleMail(address, { recipients: [{ address, role: 'Cc' }], ...changes });
      const register = (...mails: ReturnType<typeof sampleMail>[]): Promise<void> =>
        store.register(
          mails.map((mail) => sampleRegistration(store, mail.messageId, { mail })),
          NOW,
        );

      it('are those to any of the given ones, latest first, with all their recipients', async () => {
        const both = to('b@x', {
          messageId: 'both@x',
          sentAt: daysLater(-1),
          recipients: [
            { address: 'a@x', role: 'To' },
            { address: 'b@x', role: 'Cc' },
          ],
        });
        await register(to('a@x', { sentAt: daysLater(-3) }), both, to('c@x'));
        expect(await store.trackedMailsTo(['a@x', 'b@x', 'nobody@x'], REP, daysLater(-6))).to.deep.equal([
          both,
          to('a@x', { sentAt: daysLater(-3) }),
        ]);
      });

      it('are those of one rep since an instant', async () => {
        const other = to('a@x', { messageId: 'other@x', ownerId: 'another rep' });
        await register(to('a@x', { sentAt: daysLater(-6) }), other);
        const ids = async (since: Date): Promise<string[]> =>
          (await store.trackedMailsTo(['a@x'], REP, since)).map(({ messageId }) => messageId);
        expect(await ids(daysLater(-6))).to.deep.equal(['a@x']);
        expect(await ids(daysLater(-5))).to.deep.equal([]);
      });

      it('are none where no address or a hostile one is given', async () => {
        await register(to('a@x'));
        expect(await store.trackedMailsTo([], REP, NOW)).to.deep.equal([]);
        const hostile = ['\0', '\ud800', "a@x' or '1'='1", '{a@x}', '%', '"a@x"'];
        expect(await store.trackedMailsTo(hostile, REP, daysLater(-9))).to.deep.equal([]);
      });
    });

    describe('registering again', () => {
      it('adds ids, recipients and what was missing, and keeps what was there', async () => {
        await store.register(
          [sampleRegistration(store, SENT, { mail: { ...sampleMail(SENT), subject: 'First' } })],
          NOW,
        );
        const recipients = [
          { address: 'lead@buyer.example', role: 'Cc' as const, campaignStatusId: 'a02000000000001AAA' },
          { address: 'second@buyer.example', role: 'Cc' as const },
        ];
        const said = { trackedEmailId: 'a01000000000001AAA', conversation: 'AdnqJG9vVjZLQlhQRVqI4FZ2pTjXjA==' };
        const mail = sampleMail(SENT, { subject: 'Second', ...said, recipients });
        const ids = [{ digest: store.digest('rewritten@x'), role: 'rewritten' as const }];
        await store.register([sampleRegistration(store, SENT, { mail, ids })], NOW);
        const [found] = (await known('rewritten@x'))!;
        expect(found?.mail).to.deep.equal(
          sampleMail(SENT, {
            subject: 'First',
            ...said,
            recipients: [
              { address: 'lead@buyer.example', role: 'To', personId: PERSON, campaignStatusId: 'a02000000000001AAA' },
              { address: 'second@buyer.example', role: 'Cc' },
            ],
          }),
        );
        expect(mailsOf(await known(SENT))).to.deep.equal([SENT]);
      });

      it('takes the owner from Salesforce alone', async () => {
        const owned = (ownerId: string, changes = {}) =>
          sampleRegistration(store, SENT, { mail: sampleMail(SENT, { ownerId, ...changes }) });
        await store.register([owned('first')], NOW);
        await store.register([owned('second')], NOW);
        expect((await known(SENT))?.[0]?.mail.ownerId).to.equal('first');
        await store.register([owned('third', { trackedEmailId: 'a01000000000001AAA' })], NOW);
        expect((await known(SENT))?.[0]?.mail.ownerId).to.equal('third');
      });

      it('merges a mail that one batch names several times', async () => {
        const twice = ['one@x', 'two@x'].map((id) =>
          sampleRegistration(store, SENT, {
            ids: [{ digest: store.digest(id), role: 'own' }],
            mail: sampleMail(SENT, { recipients: [{ address: `to-${id}`, role: 'To' }] }),
          }),
        );
        await store.register([...twice, ...twice], NOW);
        const found = await known('two@x');
        expect(mailsOf(await known('one@x'))).to.deep.equal([SENT]);
        expect(found?.[0]?.mail.recipients.map(({ address }) => address)).to.deep.equal(['to-one@x', 'to-two@x']);
      });

      it('never shortens an expiry, neither by a registration nor by an alias', async () => {
        await store.register([sampleRegistration(store, SENT, { expiresAt: daysLater(10) })], NOW);
        await store.register([sampleRegistration(store, SENT, { expiresAt: daysLater(5) })], NOW);
        await store.commitPage(samplePage(mailboxId, { matched: [sampleMatch(store, ANSWER, SENT)] }));
        await store.expire(daysLater(9));
        expect(mailsOf(await known(SENT))).to.deep.equal([SENT]);
        expect(mailsOf(await known(ANSWER))).to.deep.equal([SENT]);
        await store.expire(daysLater(10));
        expect(await known(SENT)).to.equal(undefined);
        expect(await known(ANSWER)).to.equal(undefined);
      });

      it('prolongs the aliases of a mail together with the mail', async () => {
        await commitAnswer();
        await store.register([sampleRegistration(store, SENT, { expiresAt: daysLater(200) })], NOW);
        await store.expire(daysLater(199));
        expect(mailsOf(await known(ANSWER))).to.deep.equal([SENT]);
      });
    });

    describe('replies', () => {
      it('queues a reply and gives it back as it was', async () => {
        await commitAnswer();
        const [item] = await due();
        expect(item).to.deep.include({ type: 'Task', attempts: 0, createdAt: NOW });
        expect(taskOf(item).reply).to.deep.equal(sampleReply(ANSWER, SENT));
        expect(item?.key).to.equal(sampleReply(ANSWER, SENT).replyKey);
      });

      it('adds no reply for a message that was matched before, in whichever mailbox it shows up', async () => {
        await commitAnswer();
        const other = await store.connectMailbox({ provider: 'gmail', address: 'b@x', ownerId: REP, readSince: NOW });
        const otherKey = {
          ...sampleMatch(store, ANSWER, SENT),
          replies: [sampleReply(ANSWER, SENT, { personId: 'x' })],
        };
        const outcome = await store.commitPage(samplePage(other.id, { matched: [otherKey] }));
        expect(outcome).to.include({ committed: true, newReplies: 0 });
        expect(await due()).to.have.lengthOf(1);
        expect(await store.counts()).to.include({ matched: 1 });
      });

      it('adds one reply when two mailboxes commit the same message at once', async () => {
        await store.register([sampleRegistration(store, SENT)], NOW);
        const other = await store.connectMailbox({ provider: 'gmail', address: 'b@x', ownerId: REP, readSince: NOW });
        const pages = [mailboxId, other.id].map((id) =>
          samplePage(id, { matched: [sampleMatch(store, ANSWER, SENT)] }),
        );
        await Promise.all(pages.map((page) => store.commitPage(page)));
        expect(await due()).to.have.lengthOf(1);
        expect(await store.counts()).to.include({ matched: 1 });
      });

      it("takes the copy that was received for the answer, although the author's own Sent copy came first", async () => {
        const copy = { ...sampleMatch(store, ANSWER, SENT), replies: [], latches: [] };
        await store.commitPage(samplePage(mailboxId, { matched: [copy] }));
        const outcome = await store.commitPage(
          samplePage(mailboxId, { matched: [copy, sampleMatch(store, ANSWER, SENT), copy] }),
        );
        expect(outcome).to.include({ committed: true, newReplies: 1 });
        expect(await store.counts()).to.include({ matched: 1 });
      });

      it('adds a reply for each person of a message that the page holds twice', async () => {
        const replies = [PERSON, '00Q000000000001AAA'].map((personId) => sampleReply(ANSWER, SENT, { personId }));
        const match = { ...sampleMatch(store, ANSWER, SENT), replies };
        const outcome = await store.commitPage(samplePage(mailboxId, { matched: [match, match] }));
        expect(outcome).to.include({ committed: true, newReplies: 2 });
      });

      it('does not write a delivered Task again when its message is read and matched again', async () => {
        await commitAnswer();
        await deliver((await due())[0]!);
        await opened.forgetMatched();
        const again = await store.commitPage(samplePage(mailboxId, { matched: [sampleMatch(store, ANSWER, SENT)] }));
        expect(again).to.include({ committed: true, newReplies: 0 });
        expect(await due()).to.deep.equal([]);
        await store.endReadBack(await store.beginReadBack(), NOW);
        expect(await store.isLatched(PERSON)).to.equal(false);
      });

      it('drops the text of a reply once it is delivered', async () => {
        await commitAnswer();
        await deliver((await due())[0]!);
        expect(await opened.outboxTexts()).to.deep.equal([null]);
      });
    });

    describe('the latch', () => {
      const readBack = async (): Promise<readonly string[]> => store.endReadBack(await store.beginReadBack(), NOW);

      it('holds a person from the commit until the Task is delivered and the status has been read back', async () => {
        expect(await store.isLatched(PERSON)).to.equal(false);
        await commitAnswer();
        await readBack();
        expect(await store.isLatched(PERSON)).to.equal(true);
        await deliver((await due())[0]!);
        expect(await store.isLatched(PERSON)).to.equal(true);
        await readBack();
        expect(await store.isLatched(PERSON)).to.equal(false);
      });

      it('holds on after a pull that began before the Task was acknowledged, whose rows may be older', async () => {
        await commitAnswer();
        const pull = await store.beginReadBack();
        await deliver((await due())[0]!);
        await store.endReadBack(pull, NOW);
        expect(await store.isLatched(PERSON)).to.equal(true);
        await readBack();
        expect(await store.isLatched(PERSON)).to.equal(false);
      });

      it('holds on after a pull that came to no end', async () => {
        await commitAnswer();
        await deliver((await due())[0]!);
        await store.beginReadBack();
        expect(await store.isLatched(PERSON)).to.equal(true);
      });

      it('lets go after the later of two pulls that run at once', async () => {
        await commitAnswer();
        await deliver((await due())[0]!);
        const first = await store.beginReadBack();
        const second = await store.beginReadBack();
        await store.endReadBack(first, NOW);
        expect(await store.isLatched(PERSON)).to.equal(true);
        await store.endReadBack(second, NOW);
        expect(await store.isLatched(PERSON)).to.equal(false);
      });

      it('holds on while the Task is refused', async () => {
        await commitAnswer();
        const [item] = await due();
        await store.recordDeliveries([{ id: item!.id, outcome: 'dead', reason: 'no' }], NOW);
        await readBack();
        expect(await store.isLatched(PERSON)).to.equal(true);
      });

      it('holds on while one of two replies of the person is not delivered', async () => {
        await commitAnswer();
        await store.commitPage(samplePage(mailboxId, { matched: [sampleMatch(store, 'answer-2@x', SENT)] }));
        const [first, second] = await due();
        await deliver(first!);
        await readBack();
        expect(await store.isLatched(PERSON)).to.equal(true);
        await deliver(second!);
        await readBack();
        expect(await store.isLatched(PERSON)).to.equal(false);
      });

      describe('and the sequence that was answered', () => {
        const STATUS = ENROLMENT.campaignStatusId;
        const enrolled = (status: string, changes: Partial<Enrolment> = { enrolledAt: daysLater(-1) }): Promise<void> =>
          store.saveEnrolments(
            [{ ...ENROLMENT, status, ...changes }],
            { systemModstamp: NOW.toISOString(), id: STATUS },
            NOW,
          );
        const deliverAnswer = async (kind: Kind): Promise<void> => {
          const replies = [sampleReply(ANSWER, SENT, { kind })];
          await store.commitPage(
            samplePage(mailboxId, { matched: [{ ...sampleMatch(store, ANSWER, SENT), replies }] }),
          );
          await deliver((await due())[0]!);
        };

        beforeEach(async () => {
          const recipient = { address: 'lead@buyer.example', role: 'To', personId: PERSON } as const;
          const mail = sampleMail(SENT, { recipients: [{ ...recipient, campaignStatusId: STATUS }] });
          await store.register([sampleRegistration(store, SENT, { mail })], NOW);
          await enrolled('Active');
        });

        it('is named when it goes on, once, and is kept until it is halted', async () => {
          await deliverAnswer('human');
          expect(await store.unhalted()).to.deep.equal([]);
          expect(await readBack()).to.deep.equal([STATUS]);
          expect(await store.isLatched(PERSON)).to.equal(false);
          expect(await readBack()).to.deep.equal([]);
          expect(await store.unhalted()).to.deep.equal([STATUS]);
          await enrolled('Replied');
          expect(await store.unhalted()).to.deep.equal([]);
        });

        it('is not named once it was halted, although a user has set it to Active again since', async () => {
          await deliverAnswer('human');
          await enrolled('Replied');
          expect(await readBack()).to.deep.equal([]);
          await enrolled('Active');
          expect(await store.unhalted()).to.deep.equal([]);
        });

        const exempt: readonly (readonly [why: string, enrolment: Partial<Enrolment>])[] = [
          ['for an answer from before the enrolment', { enrolledAt: daysLater(1) }],
          ['of which it is not known when it began', {}],
          [
            'for a reply that a user has marked as none',
            { enrolledAt: daysLater(-1), undoneReplyKey: sampleReply(ANSWER, SENT).replyKey },
          ],
          ['once the person was deleted', { enrolledAt: daysLater(-1), personId: '', address: '' }],
        ];
        for (const [why, enrolment] of exempt) {
          it(`is not named ${why}`, async () => {
            await enrolled('Active', enrolment);
            await deliverAnswer('human');
            expect(await readBack()).to.deep.equal([]);
            expect(await store.unhalted()).to.deep.equal([]);
          });
        }

        it('is not named for a forward, which an org may let count for nothing', async () => {
          await deliverAnswer('forward');
          expect(await readBack()).to.deep.equal([]);
          expect(await store.unhalted()).to.deep.equal([]);
        });
      });

      it("releases people who halt with somebody else's reply when that reply is delivered", async () => {
        const match = { ...sampleMatch(store, ANSWER, SENT), latches: [PERSON, 'colleague'] };
        await store.commitPage(samplePage(mailboxId, { matched: [match] }));
        expect(await store.isLatched('colleague')).to.equal(true);
        await deliver((await due())[0]!);
        await readBack();
        expect(await store.isLatched('colleague')).to.equal(false);
      });
    });

    describe('waiting messages', () => {
      const wait = (messageId: string, cites: string[], changes = {}): Promise<unknown> =>
        store.commitPage(
          samplePage(mailboxId, { waiting: [sampleWaiting(store, mailboxId, messageId, cites, changes)] }),
        );
      const resolved = async (limit = 100): Promise<string[]> =>
        (await store.resolvedMessages(limit)).map(({ reference }) => reference);

      it('finds a message when one of the ids it cites becomes known, and gives it back whole', async () => {
        await wait(ANSWER, ['first@x', SENT, 'last@x']);
        expect(await store.resolvedMessages(10)).to.deep.equal([]);
        await store.register([sampleRegistration(store, SENT)], NOW);
        const { expiresAt: _, ...expected } = sampleWaiting(store, mailboxId, ANSWER, ['first@x', SENT, 'last@x']);
        expect(await store.resolvedMessages(10)).to.deep.equal([expected]);
      });

      it('finds it again until it is settled', async () => {
        await wait(ANSWER, [SENT]);
        await store.register([sampleRegistration(store, SENT)], NOW);
        await resolved();
        expect(await resolved()).to.have.lengthOf(1);
        await store.commitPage(samplePage(mailboxId, { settled: [store.digest(ANSWER)] }));
        expect(await resolved()).to.deep.equal([]);
        expect(await store.counts()).to.include({ waiting: 0 });
      });

      it('finds a message whose id was registered before its page was committed', async () => {
        await store.register([sampleRegistration(store, SENT)], NOW);
        expect(await resolved()).to.deep.equal([]);
        await wait(ANSWER, [SENT]);
        expect(await resolved()).to.have.lengthOf(1);
      });

      it('finds an answer to an answer when that one is matched', async () => {
        await wait('second@x', [ANSWER]);
        expect(await resolved()).to.deep.equal([]);
        await commitAnswer();
        expect(await resolved()).to.deep.equal(['INBOX/second@x']);
      });

      it('gives the oldest first, as many as asked for', async () => {
        await wait('late@x', [SENT], { receivedAt: daysLater(2) });
        await wait('early@x', [SENT], { receivedAt: daysLater(1) });
        await store.register([sampleRegistration(store, SENT)], NOW);
        expect(await resolved(1)).to.deep.equal(['INBOX/early@x']);
        expect(await resolved()).to.deep.equal(['INBOX/early@x', 'INBOX/late@x']);
      });

      it('lets a message wait once, however often and in however many mailboxes it is read', async () => {
        await wait(ANSWER, [SENT]);
        const same = sampleWaiting(store, mailboxId, ANSWER, [SENT, SENT], { reference: 'elsewhere' });
        await store.commitPage(samplePage(mailboxId, { waiting: [same, same] }));
        await store.register([sampleRegistration(store, SENT)], NOW);
        expect(await resolved()).to.have.lengthOf(1);
        expect(await store.counts()).to.include({ waiting: 1 });
      });

      it('looks for a message where it was seen last', async () => {
        const other = await store.connectMailbox({ provider: 'gmail', address: 'b@x', ownerId: REP, readSince: NOW });
        await wait(ANSWER, [SENT]);
        const moved = sampleWaiting(store, other.id, ANSWER, [SENT], { reference: 'Archive/7' });
        await store.commitPage(samplePage(other.id, { waiting: [moved] }));
        await store.register([sampleRegistration(store, SENT)], NOW);
        const [found] = await store.resolvedMessages(10);
        expect(found).to.include({ mailboxId: other.id, reference: 'Archive/7' });
      });

      it('looks for a message where it was received, whichever copy is seen first', async () => {
        await wait('1@x', [SENT], { reference: 'sent 1', side: 'sent' });
        await wait('1@x', [SENT], { reference: 'received 1' });
        await wait('2@x', [SENT], { reference: 'received 2' });
        await wait('2@x', [SENT], { reference: 'sent 2', side: 'sent' });
        const copies = ['sent', 'outside'].map((side) =>
          sampleWaiting(store, mailboxId, '3@x', [SENT], {
            reference: side === 'sent' ? 'sent 3' : 'received 3',
            side: side === 'sent' ? 'sent' : 'outside',
          }),
        );
        await store.commitPage(samplePage(mailboxId, { waiting: copies }));
        await store.register([sampleRegistration(store, SENT)], NOW);
        const found = await store.resolvedMessages(10);
        expect(found.map(({ reference }) => reference)).to.have.members(['received 1', 'received 2', 'received 3']);
        expect(found.map(({ side }) => side)).to.deep.equal(['outside', 'outside', 'outside']);
      });

      it("lets messages of a mailbox that is left out stand in nobody's way", async () => {
        const other = await store.connectMailbox({ provider: 'gmail', address: 'b@x', ownerId: REP, readSince: NOW });
        await wait('early@x', [SENT], { receivedAt: daysLater(-1) });
        await store.commitPage(samplePage(other.id, { waiting: [sampleWaiting(store, other.id, 'late@x', [SENT])] }));
        await store.register([sampleRegistration(store, SENT)], NOW);
        const found = async (except?: string[]): Promise<string[]> =>
          (await store.resolvedMessages(1, except)).map(({ reference }) => reference);
        expect(await found([mailboxId])).to.deep.equal(['INBOX/late@x']);
        expect(await found([mailboxId, other.id])).to.deep.equal([]);
        expect(await found()).to.deep.equal(['INBOX/early@x']);
      });

      it('lets a message that is settled wait for something else, and for that alone', async () => {
        await wait(ANSWER, [SENT]);
        const staying = sampleWaiting(store, mailboxId, ANSWER, ['other@x'], { expiresAt: daysLater(2) });
        const settled = [store.digest(ANSWER)];
        await store.commitPage(samplePage(mailboxId, { waiting: [staying], settled }));
        await store.register([sampleRegistration(store, SENT)], NOW);
        expect(await store.resolvedMessages(10)).to.deep.equal([]);
        await store.register([sampleRegistration(store, 'other@x')], NOW);
        expect((await store.resolvedMessages(10)).map(({ digest }) => digest)).to.deep.equal(settled);
        expect(await store.expire(daysLater(3))).to.equal(1);
      });

      it('holds a message that cites nothing until its time is over', async () => {
        await wait(ANSWER, [], { expiresAt: daysLater(3) });
        expect(await resolved()).to.deep.equal([]);
        expect(await store.counts()).to.include({ waiting: 1 });
        await store.expire(daysLater(3));
        expect(await store.counts()).to.include({ waiting: 0 });
      });

      it('forgets a message that nothing arrived for', async () => {
        await wait(ANSWER, [SENT], { expiresAt: daysLater(3) });
        expect(await store.expire(daysLater(2))).to.equal(0);
        expect(await store.expire(daysLater(3))).to.equal(1);
        await store.register([sampleRegistration(store, SENT)], NOW);
        expect(await resolved()).to.deep.equal([]);
        expect(await store.counts()).to.include({ waiting: 0 });
      });

      it('keeps nothing of a join that has come to its end', async () => {
        await wait(ANSWER, ['unknown@x']);
        await store.register([sampleRegistration(store, SENT)], NOW);
        await resolved();
        expect(await opened.freshDigests()).to.equal(0);
      });
    });

    describe('the turn to write into the org', () => {
      const later = (ms: number): Date => new Date(NOW.getTime() + ms);
      const take = (holder: string, at = NOW): Promise<boolean> =>
        store.takeDeliveryTurn({ holder, at, until: new Date(at.getTime() + 1000) });
      const end = { holder: 'one', at: NOW, calls: 1, usedUntil: later(15_000), failures: 0, pausedUntil: undefined };

      it("is nobody's at first", async () => {
        expect(await store.deliveryTurn(NOW)).to.deep.equal({
          ...{ holder: undefined, heldUntil: undefined, usedUntil: undefined, failures: 0, pausedUntil: undefined },
          callsInDay: 0,
        });
      });

      it("is one's until it is given back or its time is over, and can be held for longer", async () => {
        expect([await take('one'), await take('two'), await take('one', later(500))]).to.deep.equal([
          true,
          false,
          true,
        ]);
        expect(await take('two', later(1499))).to.equal(false);
        expect(await take('two', later(1500))).to.equal(true);
        await store.endDeliveryTurn({ ...end, holder: 'two' });
        expect(await take('one')).to.equal(true);
      });

      it('is taken by one of many that ask at once', async () => {
        const taken = await Promise.all(['one', 'two', 'three', 'four'].map((holder) => take(holder)));
        expect(taken.filter(Boolean)).to.have.length(1);
      });

      it('is free when a clock that has been set back gave it out', async () => {
        expect([await take('one', later(3 * 86_400_000)), await take('two')]).to.deep.equal([true, true]);
      });

      it('is not taken from another by one that was overtaken', async () => {
        await take('one');
        await take('two', later(1000));
        await store.endDeliveryTurn(end);
        expect(await store.deliveryTurn(NOW)).to.include({ holder: 'two' });
      });

      it('leaves behind how the org took the write', async () => {
        await take('one');
        await store.endDeliveryTurn({ ...end, failures: 2, pausedUntil: later(4000) });
        const left = { usedUntil: later(15_000), failures: 2, pausedUntil: later(4000), callsInDay: 1 };
        expect(await store.deliveryTurn(NOW)).to.deep.include(left);
        await store.endDeliveryTurn({ ...end, calls: 0, usedUntil: later(99_000) });
        expect(await store.deliveryTurn(NOW)).to.deep.include(left);
      });

      it('counts the calls of the last 24 hours', async () => {
        for (const hours of [-30, -2, 0]) {
          await take('one', later(hours * 3_600_000));
          await store.endDeliveryTurn({ ...end, at: later(hours * 3_600_000), calls: 5 });
        }
        expect(await store.deliveryTurn(NOW)).to.include({ callsInDay: 10 });
        expect(await store.deliveryTurn(later(23.5 * 3_600_000))).to.include({ callsInDay: 5 });
      });
    });

    describe('dead letters', () => {
      const later = (ms: number): Date => new Date(NOW.getTime() + ms);
      /** Replies that Salesforce refused for good, each with its own code, a second after the one before. */
      const bury = async (...codes: readonly string[]): Promise<string[]> => {
        const ids = codes.map((_, index) => `dead-${index}@buyer.example`);
        await store.register([sampleRegistration(store, SENT)], NOW);
        await store.commitPage(samplePage(mailboxId, { matched: ids.map((id) => sampleMatch(store, id, SENT)) }));
        const items = await due();
        for (const [index, code] of codes.entries()) {
          const outcome = { id: items[index]!.id, outcome: 'dead', reason: `${code}: no` } as const;
          await store.recordDeliveries([outcome], later(index * 1000));
        }
        return items.map(({ id }) => id);
      };
      const listed = async (choice = {}): Promise<string[]> =>
        (await store.deadLetters(choice, 100)).map(({ id }) => id);

      it('are listed, the latest first, with the reply and what Salesforce said', async () => {
        const [first, second] = await bury('RULE', 'GONE');
        const letters = await store.deadLetters({}, 100);
        expect(letters.map(({ id }) => id)).to.deep.equal([second, first]);
        expect(letters[1]).to.deep.include({
          type: 'Task',
          attempts: 1,
          reason: 'RULE: no',
          diedAt: NOW,
          createdAt: NOW,
        });
        expect(letters[1]?.reply?.receivedAt).to.be.instanceOf(Date);
        expect(await store.deadLetters({}, 1)).to.have.length(1);
        expect(await store.deadLetter(first!)).to.deep.equal(letters[1]);
      });

      it('are chosen by id, by the code of their reason, or both', async () => {
        const [first, second, third] = await bury('RULE', 'GONE', 'RULE');
        expect(await listed({ code: 'RULE' })).to.deep.equal([third, first]);
        expect(await listed({ code: 'RUL' })).to.deep.equal([]);
        expect(await listed({ ids: [second!, 'none'] })).to.deep.equal([second]);
        expect(await listed({ ids: [second!], code: 'RULE' })).to.deep.equal([]);
      });

      it('are due again when they are retried, with all tries before them', async () => {
        const [first, second] = await bury('RULE', 'GONE');
        expect(await store.retryDeadLetters({ ids: [first!] }, later(99_000))).to.equal(1);
        expect(await listed()).to.deep.equal([second]);
        const [again] = await due();
        expect(again).to.deep.include({ id: first, attempts: 0, createdAt: later(99_000) });
        expect(await store.retryDeadLetters({ ids: [first!] }, NOW)).to.equal(0);
      });

      it('are kept with why they were dropped, and neither listed nor retried any more', async () => {
        const [first, second] = await bury('RULE', 'GONE');
        expect(await store.dropDeadLetters({ code: 'RULE' }, 'written by hand')).to.equal(1);
        expect(await listed()).to.deep.equal([second]);
        expect(await store.retryDeadLetters({}, NOW)).to.equal(1);
        expect(await store.deadLetter(first!)).to.include({ reason: 'RULE: no', droppedReason: 'written by hand' });
        expect(await store.counts()).to.include({ outboxDead: 0, dead: 1 });
      });
    });

    describe('another org', () => {
      it('takes the place of the first, and what was learnt from that is forgotten', async () => {
        const position = { systemModstamp: NOW.toISOString(), id: '000000000000000AAA' };
        await store.pinOrg({ id: '00D000000000001AAA', name: 'Before' });
        await store.saveTrackedMails([sampleRegistration(store, SENT, { deliver: true })], position, NOW);
        const [item] = await due();
        await deliver(item!, 'a01000000000001AAA');
        await store.rebindOrg({ id: '00D000000000002AAA', name: undefined });
        expect(await store.pinnedOrg()).to.deep.equal({ id: '00D000000000002AAA', name: undefined });
        expect(await store.pullPosition('TrackedEmail')).to.equal(undefined);
        expect((await known(SENT))?.[0]?.mail).to.not.have.property('trackedEmailId');
      });
    });

    describe('the outbox', () => {
      it('gives the oldest first, however many there are', async () => {
        const ids = Array.from({ length: 12 }, (_, index) => `answer-in-turn-${index}@buyer.example`);
        await store.register([sampleRegistration(store, SENT)], NOW);
        for (const id of ids)
          await store.commitPage(samplePage(mailboxId, { matched: [sampleMatch(store, id, SENT)] }));
        const expected = ids.map((id) => sampleMatch(store, id, SENT).replies[0]!.replyKey);
        expect((await due()).map(({ key }) => key)).to.deep.equal(expected);
      });

      it('gives tracked emails before tasks, each oldest first, as many as asked for', async () => {
        await store.commitPage(samplePage(mailboxId, { matched: [sampleMatch(store, ANSWER, SENT)] }));
        await store.register([sampleRegistration(store, 'b@x', { deliver: true })], NOW);
        await store.register([sampleRegistration(store, 'a@x', { deliver: true })], NOW);
        const types = (items: OutboxItem[]): string[] => items.map((item) => `${item.type} ${item.key.slice(0, 3)}`);
        expect(types(await due()).slice(0, 2)).to.deep.equal(['TrackedEmail b@x', 'TrackedEmail a@x']);
        expect((await due()).map(({ type }) => type)).to.deep.equal(['TrackedEmail', 'TrackedEmail', 'Task']);
        expect(await store.outboxDue(NOW, 1)).to.have.lengthOf(1);
      });

      it('gives a tracked email as it is known by then', async () => {
        await store.register([sampleRegistration(store, SENT, { deliver: true })], NOW);
        const recipients = [{ address: 'second@buyer.example', role: 'Cc' as const }];
        await store.register([sampleRegistration(store, SENT, { mail: sampleMail(SENT, { recipients }) })], NOW);
        const [item] = await due();
        const mail = sampleMail(SENT);
        expect(item).to.deep.include({
          type: 'TrackedEmail',
          key: SENT,
          mail: { ...mail, recipients: [...mail.recipients, ...recipients] },
        });
      });

      it('names a delivered tracked email to everyone who looks its ids up', async () => {
        await store.register([sampleRegistration(store, SENT, { deliver: true })], NOW);
        await deliver((await due())[0]!, 'a01000000000009AAA');
        expect((await known(SENT))?.[0]?.mail.trackedEmailId).to.equal('a01000000000009AAA');
      });

      it('queues a mail once, and a delivered one again only when it has gained a recipient', async () => {
        const again = sampleRegistration(store, SENT, { deliver: true });
        await store.register([again, again], NOW);
        await store.register([again], NOW);
        expect(await due()).to.have.lengthOf(1);
        await deliver((await due())[0]!);
        await store.register([again], NOW);
        expect(await due()).to.deep.equal([]);
        const recipients = [{ address: 'second@buyer.example', role: 'Cc' as const }];
        await store.register([{ ...again, mail: sampleMail(SENT, { recipients }) }], NOW);
        expect(await due()).to.have.lengthOf(1);
      });

      it('holds an item back until its retry is due', async () => {
        await commitAnswer();
        const [item] = await due();
        expect(await store.nextOutboxDue()).to.equal(undefined);
        const retry = {
          id: item!.id,
          outcome: 'retry' as const,
          reason: 'UNABLE_TO_LOCK_ROW',
          notBefore: daysLater(1 / 24),
        };
        await store.recordDeliveries([retry], NOW);
        expect(await due()).to.deep.equal([]);
        expect(await store.nextOutboxDue()).to.deep.equal(daysLater(1 / 24));
        expect((await due(daysLater(1 / 24)))[0]).to.include({ id: item!.id, attempts: 1 });
      });

      it('gives an item at once that a clock which has been set back let wait for days', async () => {
        await commitAnswer();
        const [item] = await due();
        const retry = { id: item!.id, outcome: 'retry' as const, reason: 'busy', notBefore: daysLater(3) };
        await store.recordDeliveries([retry], NOW);
        expect((await due())[0]).to.include({ id: item!.id, attempts: 1 });
      });

      it('never gives a dead item again and counts it', async () => {
        await commitAnswer();
        const [item] = await due();
        await store.recordDeliveries([{ id: item!.id, outcome: 'dead', reason: 'Rule: \0 not like this' }], NOW);
        expect(await due(daysLater(99))).to.deep.equal([]);
        expect(await store.counts()).to.include({ outboxPending: 0, outboxDead: 1 });
        expect(await store.nextOutboxDue()).to.equal(undefined);
      });

      it('leaves a delivered item delivered, whatever a slower worker reports', async () => {
        await commitAnswer();
        const [item] = await due();
        await deliver(item!);
        const late = { id: item!.id, outcome: 'retry' as const, reason: 'timeout', notBefore: NOW };
        await store.recordDeliveries([late], NOW);
        expect(await due()).to.deep.equal([]);
      });

      it('records the outcomes of a whole batch, each by itself', async () => {
        const matched = ['1@x', '2@x', '3@x'].map((id) => sampleMatch(store, id, SENT));
        await store.commitPage(samplePage(mailboxId, { matched }));
        const [first, second, third] = await due();
        await store.recordDeliveries(
          [
            { id: first!.id, outcome: 'delivered' },
            { id: second!.id, outcome: 'retry', reason: 'busy', notBefore: NOW },
            { id: third!.id, outcome: 'dead', reason: 'never' },
          ],
          NOW,
        );
        expect((await due()).map(({ id }) => id)).to.deep.equal([second!.id]);
        expect(await store.counts()).to.include({ outboxPending: 1, outboxDead: 1 });
      });
    });

    describe('the tallies of tracked mails', () => {
      const TRACKED = 'a01000000000001AAA';
      const minutesLater = (minutes: number): Date => new Date(NOW.getTime() + minutes * 60_000);
      const stale = (minutes = 1): Promise<StaleTally[]> => store.staleTallies(minutesLater(minutes), 100);
      /** Commits an answer to SENT that was received some minutes later, and one Task for each of its people. */
      const answer = async (minutes: number, changes: Partial<Reply> = {}, people = [PERSON]): Promise<void> => {
        const id = `answer-${minutes}@buyer.example`;
        const receivedAt = minutesLater(minutes);
        const replies = people.map((personId) => sampleReply(id, SENT, { receivedAt, ...changes, personId }));
        const matched = [{ ...sampleMatch(store, id, SENT), replies }];
        await store.commitPage(samplePage(mailboxId, { matched }));
      };
      const deliverAll = async (at = NOW): Promise<void> => {
        const outcomes = (await due()).map(({ id }) => ({ id, outcome: 'delivered' as const }));
        await store.recordDeliveries(outcomes, at);
      };

      beforeEach(() =>
        store.register([sampleRegistration(store, SENT, { mail: sampleMail(SENT, { trackedEmailId: TRACKED }) })], NOW),
      );

      it('count a message once, however many Tasks it became and mailboxes it was seen in', async () => {
        await answer(1, {}, [PERSON, '003000000000002AAA']);
        await answer(1);
        await deliverAll();
        const [first, ...others] = await stale();
        expect(others).to.deep.equal([]);
        expect(first).to.deep.include({
          trackedEmailId: TRACKED,
          tally: {
            ...{ replyCount: 1, firstReplyAt: minutesLater(1) },
            ...{ lastReplyAt: minutesLater(1), lastReplyKind: 'human' },
          },
        });
      });

      it('count people, and take machines and our own side for nothing but the last reply', async () => {
        await answer(1, { kind: 'auto_reply' });
        await answer(2, { kind: 'forward' });
        await answer(3, { replier: 'Internal' });
        await answer(4, { kind: 'bounce' });
        await deliverAll();
        expect((await stale())[0]?.tally).to.deep.equal({
          ...{ replyCount: 1, firstReplyAt: minutesLater(2) },
          ...{ lastReplyAt: minutesLater(4), lastReplyKind: 'bounce' },
        });
      });

      it('have no first reply while only machines have answered', async () => {
        await answer(1, { kind: 'auto_reply' });
        await deliverAll();
        expect((await stale())[0]?.tally).to.include({ replyCount: 0, firstReplyAt: undefined });
      });

      it('come out alike in whichever order the replies are delivered', async () => {
        for (const minutes of [5, 1, 3]) {
          await answer(minutes);
          await deliverAll();
        }
        expect((await stale())[0]?.tally).to.deep.equal({
          ...{ replyCount: 3, firstReplyAt: minutesLater(1) },
          ...{ lastReplyAt: minutesLater(5), lastReplyKind: 'human' },
        });
      });

      it('count what Salesforce has, and no dead letter', async () => {
        await answer(1);
        await answer(2);
        const [first, second] = await due();
        await deliver(first!);
        await store.recordDeliveries([{ id: second!.id, outcome: 'dead', reason: 'never' }], NOW);
        expect((await stale())[0]?.tally).to.deep.include({ replyCount: 1, lastReplyAt: minutesLater(1) });
      });

      it('are gathered for a minute after the first reply, not put off by each further one', async () => {
        await answer(1);
        await deliverAll(NOW);
        await answer(2);
        await deliverAll(minutesLater(0.9));
        expect(await stale(0.9)).to.deep.equal([]);
        expect((await stale(1))[0]?.tally).to.include({ replyCount: 2 });
      });

      it('are forgotten once written, until another reply comes', async () => {
        await answer(1);
        await deliverAll();
        await store.settleTallies(await stale(), minutesLater(1));
        expect(await stale(999)).to.deep.equal([]);
        await answer(2);
        await deliverAll(minutesLater(2));
        expect((await stale(3))[0]?.tally).to.include({ replyCount: 2 });
      });

      it('stay out of date when a reply was delivered while they were being written', async () => {
        await answer(1);
        await deliverAll();
        const written = await stale();
        await answer(2);
        await deliverAll(minutesLater(1));
        await store.settleTallies(written, minutesLater(1));
        expect(await stale(1)).to.deep.equal([]);
        expect((await stale(2))[0]?.tally).to.include({ replyCount: 2 });
      });

      it('wait for as long as they are told to when they could not be written', async () => {
        await answer(1);
        await deliverAll();
        const [refused] = await stale();
        await store.settleTallies([{ ...refused!, notBefore: minutesLater(60) }], minutesLater(1));
        expect(await stale(59)).to.deep.equal([]);
        expect(await stale(60)).to.have.lengthOf(1);
      });

      it('are those that have waited longest, as many as asked for', async () => {
        const other = 'sent-2@seller.example';
        const mail = sampleMail(other, { trackedEmailId: 'a01000000000002AAA' });
        await store.register([sampleRegistration(store, other, { mail })], NOW);
        await store.commitPage(samplePage(mailboxId, { matched: [sampleMatch(store, 're-2@x', other)] }));
        await deliverAll(NOW);
        await answer(1);
        await deliverAll(minutesLater(1));
        const [first, ...others] = await store.staleTallies(minutesLater(9), 1);
        expect(first).to.include({ trackedEmailId: 'a01000000000002AAA' });
        expect(others).to.deep.equal([]);
      });

      it('of a mail that Salesforce does not have wait until it does', async () => {
        const other = 'sent-2@seller.example';
        await store.register([sampleRegistration(store, other, { deliver: true })], NOW);
        await store.commitPage(samplePage(mailboxId, { matched: [sampleMatch(store, 're-2@x', other)] }));
        const [mail, task] = await due();
        await deliver(task!);
        expect(await stale()).to.deep.equal([]);
        await deliver(mail!, 'a01000000000002AAA');
        expect((await stale())[0]).to.include({ trackedEmailId: 'a01000000000002AAA' });
      });

      it('go with the mail when it is forgotten, and a late reply to it brings none', async () => {
        await answer(1);
        await answer(2);
        const [first, second] = await due();
        await deliver(first!);
        await store.expire(daysLater(91));
        await deliver(second!);
        expect(await store.staleTallies(daysLater(92), 100)).to.deep.equal([]);
      });
    });

    describe('what is pulled from Salesforce', () => {
      const position = { systemModstamp: '2026-03-02T09:00:00.000+0000', id: 'a02000000000001AAA' };
      const enrolment = ENROLMENT;

      it('knows no position before the first pull', async () => {
        expect(await store.pullPosition('TrackedEmail')).to.equal(undefined);
      });

      it('stores enrolments and the position after them', async () => {
        await store.saveEnrolments([enrolment], position, NOW);
        expect(await store.pullPosition('CampaignStatus')).to.deep.equal(position);
        expect(await store.pullPosition('TrackedEmail')).to.equal(undefined);
        expect(await store.enrolmentsByAddress(['lead@buyer.example', 'other@x'])).to.deep.equal([enrolment]);
      });

      it('lets the latest state of an enrolment hold', async () => {
        await store.saveEnrolments([enrolment, { ...enrolment, status: 'Paused' }], position, NOW);
        await store.saveEnrolments([{ ...enrolment, status: 'Replied', address: 'new@x' }], position, NOW);
        expect(await store.enrolmentsByAddress(['lead@buyer.example'])).to.deep.equal([]);
        expect((await store.enrolmentsByAddress(['new@x'])).map(({ status }) => status)).to.deep.equal(['Replied']);
      });

      const waitForAddress = (address: string): Promise<unknown> => {
        const sent = sampleWaiting(store, mailboxId, SENT, [], { side: 'sent', cites: [store.addressDigest(address)] });
        return store.commitPage(samplePage(mailboxId, { waiting: [sent] }));
      };
      const resolved = async (): Promise<string[]> =>
        (await store.resolvedMessages(10)).map(({ reference }) => reference);

      for (const status of ['Active', 'Paused']) {
        it(`finds a sent mail when its recipient is enrolled later and is ${status}`, async () => {
          await waitForAddress(enrolment.address);
          expect(await resolved()).to.deep.equal([]);
          await store.saveEnrolments([{ ...enrolment, status }], position, NOW);
          expect(await resolved()).to.deep.equal([`INBOX/${SENT}`]);
        });
      }

      it('finds a sent mail whose recipient was enrolled before its page was committed', async () => {
        await store.saveEnrolments([enrolment], position, NOW);
        await waitForAddress(enrolment.address);
        expect(await resolved()).to.deep.equal([`INBOX/${SENT}`]);
      });

      // What waits was received at NOW.
      const halted = (days: number) => ({ ...enrolment, status: 'Replied', haltedAt: daysLater(days) });

      it('knows when a sequence was halted, until it goes on', async () => {
        await store.saveEnrolments([halted(1)], position, NOW);
        expect(await store.enrolmentsByAddress([enrolment.address])).to.deep.equal([halted(1)]);
        await store.saveEnrolments([enrolment], position, NOW);
        expect(await store.enrolmentsByAddress([enrolment.address])).to.deep.equal([enrolment]);
      });

      it('finds a sent mail whose recipient was halted after it, whichever of the two is stored first', async () => {
        await waitForAddress(enrolment.address);
        await store.saveEnrolments([halted(1)], position, NOW);
        expect(await resolved()).to.deep.equal([`INBOX/${SENT}`]);
        await store.commitPage(samplePage(mailboxId, { settled: [store.digest(SENT)] }));
        expect(await resolved()).to.deep.equal([]);
        await waitForAddress(enrolment.address);
        expect(await resolved()).to.deep.equal([`INBOX/${SENT}`]);
      });

      it('finds a sent mail to a person who was halted at that moment or before only once the halt is later', async () => {
        await waitForAddress(enrolment.address);
        for (const days of [-1, 0]) {
          await store.saveEnrolments([halted(days)], position, NOW);
          expect(await resolved()).to.deep.equal([]);
        }
        await store.saveEnrolments([halted(1)], position, NOW);
        expect(await resolved()).to.deep.equal([`INBOX/${SENT}`]);
      });

      it('takes of several sequences of a person the one that was halted last', async () => {
        await waitForAddress(enrolment.address);
        const second = { ...halted(1), campaignStatusId: 'a02000000000002AAA' };
        await store.saveEnrolments([halted(-1), second], position, NOW);
        expect(await resolved()).to.deep.equal([`INBOX/${SENT}`]);
      });

      it('finds a sent mail when its recipient gets the address it went to', async () => {
        await store.saveEnrolments([{ ...enrolment, address: 'old@buyer.example' }], position, NOW);
        await waitForAddress(enrolment.address);
        expect(await resolved()).to.deep.equal([]);
        await store.saveEnrolments([enrolment], position, NOW);
        expect(await resolved()).to.deep.equal([`INBOX/${SENT}`]);
      });

      it('finds a sent mail to a person who has left a sequence only once the person is back in one', async () => {
        await waitForAddress(enrolment.address);
        await store.saveEnrolments([{ ...enrolment, status: 'Replied' }], position, NOW);
        expect(await resolved()).to.deep.equal([]);
        await store.saveEnrolments([enrolment], position, NOW);
        expect(await resolved()).to.deep.equal([`INBOX/${SENT}`]);
      });

      it('never takes an address for the id of a mail', async () => {
        await store.register([sampleRegistration(store, enrolment.address)], NOW);
        await waitForAddress(enrolment.address);
        expect(await resolved()).to.deep.equal([]);
        expect(store.addressDigest(enrolment.address)).not.to.equal(store.digest(enrolment.address));
      });

      it('finds nobody by an empty address', async () => {
        await store.saveEnrolments([{ ...enrolment, address: '' }], position, NOW);
        expect(await store.enrolmentsByAddress([''])).to.deep.equal([]);
      });

      it('stores tracked mails and the position after them', async () => {
        await store.saveTrackedMails([sampleRegistration(store, SENT)], position, NOW);
        expect(mailsOf(await known(SENT))).to.deep.equal([SENT]);
        expect(await store.pullPosition('TrackedEmail')).to.deep.equal(position);
      });
    });

    describe('bad input', () => {
      const HOSTILE = 'nul \0, lone \ud800 and \udfff, \'); drop table mailbox; -- \\u0000 \\ " \u{1F600}';
      const STORED = 'nul \uFFFD, lone \uFFFD and \uFFFD, \'); drop table mailbox; -- \\u0000 \\ " \u{1F600}';

      it("stores a stranger's text with U+FFFD for what Postgres cannot hold", async () => {
        const mail = sampleMail(HOSTILE, {
          subject: HOSTILE,
          recipients: [{ address: HOSTILE, role: 'To' }],
        });
        const reply = sampleReply(ANSWER, SENT, { subject: HOSTILE, from: HOSTILE });
        const outcome = await store.commitPage(
          samplePage(mailboxId, {
            cursor: { expectedVersion: 0, next: { [HOSTILE]: HOSTILE }, caughtUp: false },
            registrations: [sampleRegistration(store, HOSTILE, { mail })],
            matched: [{ ...sampleMatch(store, ANSWER, SENT), replies: [reply], aliasOf: [HOSTILE] }],
            waiting: [sampleWaiting(store, mailboxId, 'w@x', [HOSTILE], { reference: HOSTILE })],
          }),
        );
        expect(outcome).to.include({ committed: true, newReplies: 1 });
        expect((await known(HOSTILE))?.[0]?.mail).to.deep.include({ messageId: STORED, subject: STORED });
        expect(mailsOf(await known(ANSWER))).to.deep.equal([STORED]);
        expect(taskOf((await due())[0]).reply).to.include({ subject: STORED, from: STORED });
        expect((await store.mailbox(mailboxId))?.cursor).to.deep.equal({ [STORED]: STORED });
        expect((await store.resolvedMessages(1))[0]?.reference).to.equal(STORED);
      });

      it('stores ids, addresses and subjects of any length', async () => {
        const long = 'x'.repeat(100_000);
        const mail = sampleMail(long, { subject: long, recipients: [{ address: long, role: 'To' }] });
        await store.register([sampleRegistration(store, long, { mail, deliver: true })], NOW);
        expect((await known(long))?.[0]?.mail.messageId).to.equal(long);
        expect(await due()).to.have.lengthOf(1);
      });

      it('stores dates that no calendar knows as the nearest one that Postgres can hold', async () => {
        const receivedAt = new Date(8.64e15);
        const waiting = [
          sampleWaiting(store, mailboxId, 'late@x', [SENT], { receivedAt }),
          sampleWaiting(store, mailboxId, 'early@x', [SENT], { receivedAt: new Date(-8.64e15) }),
          sampleWaiting(store, mailboxId, 'never@x', [SENT], { receivedAt: new Date(Number.NaN) }),
        ];
        const registrations = [sampleRegistration(store, SENT, { mail: sampleMail(SENT, { sentAt: receivedAt }) })];
        await store.commitPage(samplePage(mailboxId, { waiting, registrations }));
        expect((await store.resolvedMessages(9)).map((message) => message.receivedAt.getUTCFullYear())).to.deep.equal([
          1000, 1000, 9999,
        ]);
      });
    });

    describe('counting and forgetting', () => {
      it('counts the messages of each page with its cursor', async () => {
        const place = { next: {}, caughtUp: false };
        await store.commitPage(samplePage(mailboxId, { cursor: { ...place, expectedVersion: 0 }, seen: 3 }));
        await store.commitPage(samplePage(mailboxId, { cursor: { ...place, expectedVersion: 1 }, seen: 2 }));
        expect(await store.counts()).to.include({ seen: 5, matched: 0 });
        expect(await store.mailbox(mailboxId)).to.include({ messagesRead: 5 });
      });

      it('keeps an expired mail until Salesforce has it', async () => {
        await store.register([sampleRegistration(store, SENT, { deliver: true })], NOW);
        expect(await store.expire(daysLater(91))).to.equal(0);
        await deliver((await due())[0]!);
        expect(await store.expire(daysLater(91))).to.equal(1);
        expect(await known(SENT)).to.equal(undefined);
      });

      it('takes a page of 500 messages and a backlog of 2,000 registrations', async () => {
        const ids = Array.from({ length: 2000 }, (_, number) => `bulk-${number}@x`);
        await store.register(
          ids.map((id) => sampleRegistration(store, id, { deliver: true })),
          NOW,
        );
        const page = ids.slice(0, 500);
        const outcome = await store.commitPage(
          samplePage(mailboxId, {
            cursor: { expectedVersion: 0, next: {}, caughtUp: true },
            seen: page.length,
            matched: page.map((id) => sampleMatch(store, `re-${id}`, id)),
          }),
        );
        expect(outcome).to.include({ committed: true, newReplies: 500 });
        expect(await store.counts()).to.include({ seen: 500, matched: 500, outboxPending: 2500 });
        expect((await store.knownIds(page.map((id) => store.digest(`re-${id}`)))).size).to.equal(500);
      });
    });

    describeConservation(() => ({ store, mailboxId }));
    describeServices(() => ({ store, mailboxId }));
    describeSweeps(() => ({ store, mailboxId }));
    describeLives(() => ({ store, mailboxId }));

    further(() => ({ store, mailboxId }));
  });
}

function describeOpening(opened: () => Database): void {
  let database: Database;
  let store: Store;
  beforeEach(async () => {
    database = opened();
    store = await openStore(database);
  });

  describe('opening', () => {
    it('keeps the digests of an installation, and shows nothing of the id in them', async () => {
      const again = await openStore(database);
      expect(again.digest(SENT)).to.equal(store.digest(SENT));
      expect(store.digest(SENT)).to.match(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
      expect(store.digest(SENT)).not.to.equal(store.digest(ANSWER));
    });

    it('refuses a database that a newer program has upgraded', async () => {
      await database.query('insert into schema_migration (version, name) values ($1, $2)', [999, 'from-the-future']);
      try {
        const error = await openStore(database).catch((reason: unknown) => reason);
        expect(error).to.be.instanceOf(StoreError);
        expect(String(error)).to.contain('schema version 999');
        expect((error as StoreError).actions.join()).to.contain('newer version of the connector');
      } finally {
        await database.query('delete from schema_migration where version = 999');
      }
    });

    it('lets two processes that open a new database at once make one of its keys', async () => {
      await Promise.all([openStore(database), openStore(database)]);
      expect(await database.query('select 1 from installation')).to.have.lengthOf(1);
    });
  });
}
