import { expect } from 'chai';
import { rm } from 'node:fs/promises';
import { deliverDue, type DeliverySummary } from '../../../connector/src/deliver/deliver.ts';
import type { Reply } from '../../../connector/src/match/reply.ts';
import { apiNames } from '../../../connector/src/salesforce/api-names.ts';
import { personQueries } from '../../../connector/src/salesforce/person-queries.ts';
import type { Salesforce } from '../../../connector/src/salesforce/salesforce.ts';
import type { Database } from '../../../connector/src/store/database.ts';
import { openPgliteDatabase } from '../../../connector/src/store/pglite-database.ts';
import { openStore } from '../../../connector/src/store/postgres-store.ts';
import type { Store } from '../../../connector/src/store/store.ts';
import { emptyTables } from '../../contract/store-contract.ts';
import { NOW, putOffReports, samplePage, sampleRegistration } from '../../contract/store-samples.ts';
import { startSampleOrg, type SampleOrg } from '../salesforce/sample-org.ts';
import { newDataFolder } from '../../fixtures/data-folder.ts';

describe('delivery from the store to the local org', () => {
  let folder: string;
  let database: Database;
  let store: Store;
  let sample: SampleOrg;
  let salesforce: Salesforce;
  let mailboxId: string;
  let now: Date;
  let sent = 0;

  before(async function () {
    this.timeout(90_000);
    folder = await newDataFolder('deliver-');
    database = await openPgliteDatabase(folder);
    store = await openStore(database);
    sample = await startSampleOrg();
    salesforce = sample.connect();
  });
  after(async () => {
    await sample?.org.close();
    await database?.close();
    await rm(folder, { recursive: true });
  });

  beforeEach(async () => {
    now = NOW;
    await emptyTables(database);
    const mailbox = { provider: 'imap', address: 'rep@seller.example', ownerId: sample.repId, readSince: NOW };
    mailboxId = (await store.connectMailbox(mailbox)).id;
    await putOffReports(store);
  });

  const deliver = (signal?: AbortSignal): Promise<DeliverySummary> =>
    deliverDue({ store, salesforce, now: () => now, random: () => 0, ...(signal === undefined ? {} : { signal }) });
  /** Lets time pass until the next retry is due. */
  const waitForRetry = async (): Promise<void> => {
    now = (await store.nextOutboxDue()) ?? now;
  };
  /** Puts a sent mail and answers to it into the outbox; returns the reply keys. */
  const answered = async (
    count: number,
    changes: (index: number) => Partial<Reply> = () => ({}),
  ): Promise<string[]> => {
    const id = `sent-${(sent += 1)}@seller.example`;
    const { mail } = sample.mailRow(id);
    await store.register([sampleRegistration(store, id, { mail, deliver: true })], NOW);
    const replies = Array.from({ length: count }, (_, index) => {
      return sample.taskRow(`answer-${index}-to-${id}`, id, changes(index)).reply;
    });
    const matched = replies.map((reply, index) => ({
      digest: store.digest(`answer-${index}-to-${id}`),
      replies: [reply],
      latches: [sample.contactId],
      aliasOf: [],
      place: { mailboxId, reference: reply.replyKey },
    }));
    await store.commitPage(samplePage(mailboxId, { matched }));
    return replies.map(({ replyKey }) => replyKey);
  };
  const tasksWith = async (replyKeys: readonly string[]): Promise<number> => {
    const { records } = await sample.admin.query<{ ReplyKey__c: string }>(
      'SELECT ReplyKey__c FROM Task WHERE ReplyKey__c != null',
    );
    return records.filter(({ ReplyKey__c }) => replyKeys.includes(ReplyKey__c)).length;
  };
  const isComposite = ({ path }: { readonly path: string }): boolean => path.endsWith('/composite');
  const composites = (): number => sample.org.requests.filter(isComposite).length;

  it('writes the sent mail and its answer, and gives the person free once the status has been read back', async () => {
    const keys = await answered(1);
    expect(await store.isLatched(sample.contactId)).to.equal(true);
    expect(await deliver()).to.deep.equal({ delivered: 2, retried: 0, dead: 0, stoppedBy: undefined });
    expect(await tasksWith(keys)).to.equal(1);
    expect(await store.isLatched(sample.contactId)).to.equal(true);
    await store.endReadBack(await store.beginReadBack(), NOW);
    expect(await store.isLatched(sample.contactId)).to.equal(false);
  });

  it('makes no call when nothing is due', async () => {
    const before = composites();
    expect(await deliver()).to.include({ delivered: 0, retried: 0, dead: 0 });
    expect(composites()).to.equal(before);
  });

  it('delivers more than one batch in a run', async function () {
    this.timeout(60_000);
    const keys = await answered(1200);
    expect(await deliver()).to.include({ delivered: 1201 });
    expect(await tasksWith(keys)).to.equal(1200);
  });

  it('takes a Task for delivered whose answer was lost after the commit', async () => {
    const keys = await answered(1);
    sample.org.failNext({ kind: 'lost-answer' }, isComposite);
    const first = await deliver();
    expect(first).to.include({ delivered: 0, retried: 2 }).and.to.have.nested.property('stoppedBy.code', 'retry');
    expect(await store.counts()).to.include({ outboxPending: 2, outboxDead: 0 });
    await waitForRetry();
    expect(await deliver()).to.include({ delivered: 2, dead: 0 });
    expect(await tasksWith(keys)).to.equal(1);
  });

  it('stops at the first call to an org that is away', async () => {
    await answered(3);
    sample.org.failNext({ kind: 'status', status: 503 }, isComposite);
    const before = composites();
    const { stoppedBy } = await deliver();
    expect(composites() - before).to.equal(1);
    expect(stoppedBy).to.have.property('code', 'retry');
    expect(await store.isLatched(sample.contactId)).to.equal(true);
    await waitForRetry();
    expect(await deliver()).to.include({ delivered: 4 });
  });

  it('keeps a row that the org refuses as a dead letter and delivers its neighbours', async () => {
    const keys = await answered(5, (index) => ({ subject: index === 2 ? 'refuse me' : 'fine' }));
    const refuse = sample.org.refuseRows(({ object, record }) =>
      object === 'Task' && String(record['Subject']).includes('refuse me')
        ? { statusCode: 'FIELD_CUSTOM_VALIDATION_EXCEPTION', message: 'A Task needs a budget.', fields: [] }
        : undefined,
    );
    expect(await deliver()).to.include({ delivered: 5, retried: 1, dead: 0 });
    await waitForRetry();
    expect(await deliver()).to.include({ retried: 1, dead: 0 });
    await waitForRetry();
    expect(await deliver()).to.include({ delivered: 0, dead: 1 });
    refuse();
    expect(await store.counts()).to.include({ outboxPending: 0, outboxDead: 1 });
    expect(await tasksWith(keys)).to.equal(4);
  });

  it('tries a locked row again until it is free', async () => {
    const keys = await answered(2);
    const refuse = sample.org.refuseRows(({ object }) =>
      object === 'Task'
        ? { statusCode: 'UNABLE_TO_LOCK_ROW', message: 'unable to obtain exclusive access', fields: [] }
        : undefined,
    );
    for (const seconds of [1, 2, 4]) {
      const from = now;
      expect(await deliver()).to.include({ retried: 2, dead: 0 });
      await waitForRetry();
      expect(now.getTime() - from.getTime()).to.equal(seconds * 1000);
    }
    refuse();
    expect(await deliver()).to.include({ delivered: 2 });
    expect(await tasksWith(keys)).to.equal(2);
  });

  it('tries locked rows of one person again together, and those of others apart', async () => {
    await answered(4, (index) => ({ personId: index % 2 === 0 ? sample.contactId : sample.leadId }));
    const refuse = sample.org.refuseRows(({ object }) =>
      object === 'Task'
        ? { statusCode: 'UNABLE_TO_LOCK_ROW', message: 'unable to obtain exclusive access', fields: [] }
        : undefined,
    );
    let draws = 0;
    const random = (): number => (draws += 1) / 10;
    await deliverDue({ store, salesforce, now: () => now, random });
    refuse();
    const batches: number[] = [];
    for (let due = await store.nextOutboxDue(); due !== undefined; due = await store.nextOutboxDue()) {
      now = due;
      batches.push((await deliver()).delivered);
    }
    expect(batches).to.deep.equal([2, 2]);
  });

  it('delivers a dead letter once the field that the org requires has been dealt with', async () => {
    const keys = await answered(1);
    const refuse = sample.org.refuseRows(({ object }) =>
      object === 'Task'
        ? { statusCode: 'REQUIRED_FIELD_MISSING', message: 'Required fields are missing: [Region__c]', fields: [] }
        : undefined,
    );
    for (const outcome of ['retried', 'retried', 'dead']) {
      expect(await deliver()).to.include({ [outcome]: 1 });
      await waitForRetry();
    }
    expect(await store.isLatched(sample.contactId)).to.equal(true);
    const [letter] = await store.deadLetters({ code: 'REQUIRED_FIELD_MISSING' }, 10);
    expect(letter?.reason).to.include('Region__c');
    refuse();
    expect(await store.retryDeadLetters({ code: 'REQUIRED_FIELD_MISSING' }, now)).to.equal(1);
    expect(await deliver()).to.include({ delivered: 1 });
    expect(await tasksWith(keys)).to.equal(1);
  });

  it('lets a Task wait for its sent mail instead of failing for good', async () => {
    const keys = await answered(1);
    const refuse = sample.org.refuseRows(({ object }) =>
      object === 'TrackedEmail__c'
        ? { statusCode: 'UNABLE_TO_LOCK_ROW', message: 'unable to obtain exclusive access', fields: [] }
        : undefined,
    );
    expect(await deliver()).to.include({ delivered: 0, retried: 2, dead: 0 });
    refuse();
    await waitForRetry();
    expect(await deliver()).to.include({ delivered: 2 });
    expect(await tasksWith(keys)).to.equal(1);
  });

  /** The org cannot read a request that holds this word, as if one row of it were poison. */
  const poison = (word: string, times: number): void =>
    sample.org.failNext(
      { kind: 'status', status: 400, errorCode: 'JSON_PARSER_ERROR', message: 'Unexpected character' },
      (request) => isComposite(request) && request.body.includes(word),
      times,
    );

  it('singles out the one row that makes a whole call fail', async () => {
    const keys = await answered(100, (index) => ({ subject: index === 41 ? 'poison-a' : 'fine' }));
    poison('poison-a', 1000);
    const before = composites();
    expect(await deliver()).to.include({ delivered: 100, retried: 0, dead: 1 });
    expect(await tasksWith(keys)).to.equal(99);
    expect(composites() - before).to.be.at.most(25);
  });

  it('gives nothing up and stops searching when every row fails alike', async () => {
    await answered(100, () => ({ subject: 'poison-b' }));
    poison('poison-b', 25);
    const before = composites();
    expect(await deliver()).to.include({ delivered: 1, retried: 100, dead: 0 });
    expect(composites() - before).to.be.at.most(25);
  });

  describe('the reply tally of a tracked mail', () => {
    /** What reports read of a mail, of the one that was sent last unless told otherwise. */
    const figures = async (number = sent): Promise<Record<string, unknown>> => {
      const { records } = await sample.admin.query<Record<string, unknown>>(
        `SELECT ReplyCount__c, FirstReplyAt__c, LastReplyAt__c, LastReplyKind__c FROM TrackedEmail__c
         WHERE MessageKey__c = 'sent-${number}@seller.example'`.replace(/\s+/g, ' '),
      );
      const { attributes: _, ...fields } = records[0]!;
      return fields;
    };
    const minutesLater = (minutes: number): Date => new Date(NOW.getTime() + minutes * 60_000);
    const callsOf = async (work: Promise<unknown>): Promise<number> => {
      const before = composites();
      await work;
      return composites() - before;
    };
    const refuseTallies = (statusCode: string): (() => void) =>
      sample.org.refuseRows(({ object, record }) =>
        object === 'TrackedEmail__c' && 'ReplyCount__c' in record
          ? { statusCode, message: 'not today', fields: [] }
          : undefined,
      );

    it('rides along in the next call, once a minute has passed', async () => {
      await answered(2, (index) => ({ receivedAt: minutesLater(index), ...(index === 1 && { kind: 'auto_reply' }) }));
      await deliver();
      expect(await figures()).to.include({ ReplyCount__c: null });
      now = minutesLater(1);
      const first = sent;
      await answered(1);
      expect(await callsOf(deliver())).to.equal(1);
      expect(await figures(first)).to.deep.equal({
        ReplyCount__c: 1,
        FirstReplyAt__c: '2026-03-02T09:00:00.000+0000',
        LastReplyAt__c: '2026-03-02T09:01:00.000+0000',
        LastReplyKind__c: 'Auto-Reply',
      });
    });

    it('takes a call of its own when none came for another minute', async () => {
      await answered(1);
      await deliver();
      now = minutesLater(1.9);
      expect(await callsOf(deliver())).to.equal(0);
      now = minutesLater(2);
      expect(await callsOf(deliver())).to.equal(1);
      expect(await figures()).to.include({ ReplyCount__c: 1 });
      expect(await callsOf(deliver())).to.equal(0);
    });

    it('never takes room from replies', async function () {
      this.timeout(60_000);
      await answered(1);
      const first = sent;
      await deliver();
      now = minutesLater(1);
      await answered(300);
      expect(await callsOf(deliver())).to.equal(1);
      expect(await figures(first)).to.include({ ReplyCount__c: null });
    });

    it('is tried again when the org does not take it, and holds no reply up', async () => {
      await answered(1);
      await deliver();
      const stopRefusing = refuseTallies('UNABLE_TO_LOCK_ROW');
      now = minutesLater(2);
      expect(await deliver()).to.deep.include({ retried: 0, dead: 0, stoppedBy: undefined });
      stopRefusing();
      now = minutesLater(3);
      expect(await callsOf(deliver())).to.equal(0);
      now = minutesLater(4);
      await deliver();
      expect(await figures()).to.include({ ReplyCount__c: 1 });
    });

    it('is let go when the org will never take it, until the mail is answered again', async () => {
      await answered(1);
      await deliver();
      const stopRefusing = refuseTallies('FIELD_CUSTOM_VALIDATION_EXCEPTION');
      now = minutesLater(2);
      await deliver();
      stopRefusing();
      now = minutesLater(9999);
      expect(await callsOf(deliver())).to.equal(0);
    });

    it('does not bring a mail back that somebody has deleted', async () => {
      await answered(1);
      await deliver();
      const where = `WHERE MessageKey__c = 'sent-${sent}@seller.example'`;
      const { records } = await sample.admin.query<{ Id: string }>(`SELECT Id FROM TrackedEmail__c ${where}`);
      await sample.admin.sobject('TrackedEmail__c').destroy(records[0]!.Id);
      now = minutesLater(2);
      expect(await deliver()).to.include({ dead: 0, stoppedBy: undefined });
      expect((await sample.admin.query(`SELECT Id FROM TrackedEmail__c ${where}`)).totalSize).to.equal(0);
      now = minutesLater(9999);
      expect(await callsOf(deliver())).to.equal(0);
    });
  });

  describe('what is told of a mailbox', () => {
    const minutesLater = (minutes: number): Date => new Date(NOW.getTime() + minutes * 60_000);
    beforeEach(() => putOffReports(store, NOW));

    const rows = async (): Promise<Record<string, unknown>[]> => {
      const { records } = await sample.admin.query<Record<string, unknown>>(
        `SELECT Name, Address__c, Provider__c, State__c, LagMinutes__c, LastError__c, LastReplyAt__c, DetectionP50__c,
         DetectionP95__c, ReportedAt__c, InTrouble__c, OwnerId FROM ConnectedMailbox__c`.replace(/\s+/g, ' '),
      );
      return records.map(({ attributes: _, ...fields }) => fields);
    };
    const readToEnd = async (): Promise<void> => {
      const { cursorVersion: expectedVersion } = (await store.mailbox(mailboxId))!;
      const cursor = { expectedVersion, next: {}, caughtUp: true };
      await store.commitPage(samplePage(mailboxId, { cursor, at: now }));
    };

    it('is its row in Salesforce, with how long its replies took', async () => {
      await readToEnd();
      const [key] = await answered(1, () => ({ receivedAt: now }));
      now = minutesLater(0.2);
      expect((await deliver()).delivered).to.equal(2);
      now = minutesLater(61);
      await deliver();
      const [row, ...others] = await rows();
      expect(others).to.deep.equal([]);
      expect(await tasksWith([key!])).to.equal(1);
      expect(row).to.include({
        Name: 'rep@seller.example',
        Provider__c: 'IMAP',
        State__c: 'Active',
        LagMinutes__c: 61,
      });
      expect(row).to.include({ OwnerId: sample.repId, LastError__c: null, InTrouble__c: true });
      expect(row).to.include({ DetectionP50__c: 12, DetectionP95__c: 12 });
    });

    it('rides along with replies, and costs a call only when there are none', async () => {
      await readToEnd();
      await answered(1);
      const before = composites();
      await deliver();
      expect(composites() - before).to.equal(1);
      await deliver();
      expect(composites() - before).to.equal(1);
      now = minutesLater(60);
      await deliver();
      expect(composites() - before).to.equal(2);
    });

    it('says that the login is refused, and empties the fault when that is over', async () => {
      await deliver();
      await store.setMailboxState(mailboxId, 'reconnect', 'The server refuses the login.');
      await deliver();
      expect((await rows())[0]).to.include({
        ...{ State__c: 'Reconnect', LastError__c: 'The server refuses the login.', InTrouble__c: true },
      });
      await store.setMailboxState(mailboxId, 'active', undefined);
      await deliver();
      expect((await rows())[0]).to.include({ State__c: 'Active', LastError__c: null });
    });

    it('says that it has been disconnected', async () => {
      await deliver();
      await store.disconnectMailbox(mailboxId);
      await deliver();
      expect((await rows())[0]).to.include({ State__c: 'Disconnected', LagMinutes__c: null });
    });

    it('holds no reply up when the org does not take it, and is tried again after an hour', async () => {
      const stopRefusing = sample.org.refuseRows(({ object }) =>
        object === 'ConnectedMailbox__c'
          ? { statusCode: 'FIELD_CUSTOM_VALIDATION_EXCEPTION', message: 'not today', fields: [] }
          : undefined,
      );
      const keys = await answered(1);
      expect(await deliver()).to.deep.include({ delivered: 2, dead: 0, stoppedBy: undefined });
      expect(await tasksWith(keys)).to.equal(1);
      stopRefusing();
      const before = composites();
      now = minutesLater(59);
      await deliver();
      const tallies = composites() - before;
      now = minutesLater(60);
      await deliver();
      expect(composites() - before).to.equal(tallies + 1);
      expect((await rows())[0]).to.include({ State__c: 'Active', ReportedAt__c: '2026-03-02T10:00:00.000+0000' });
    });
  });

  it('can be found in the org by whoever has to erase a person there', async () => {
    const address = "o'hara\\@buyer.example";
    const [key] = await answered(1, () => ({ from: address }));
    await deliver();
    const ids = new Map<string, number>();
    for (const { holds, soql } of personQueries(apiNames(), { addresses: [address], ids: [sample.contactId] })) {
      ids.set(holds, (await sample.admin.query(soql)).totalSize);
    }
    expect([...ids.keys()]).to.have.lengthOf(5);
    expect(ids.get('Replies')).to.be.at.least(1);
    expect(ids.get('The person, as a Contact')).to.equal(1);
    const { soql } = personQueries(apiNames(), { addresses: [address], ids: [] })[0]!;
    const { records } = await sample.admin.query<{ Id: string }>(soql);
    expect(records).to.have.lengthOf(1);
    expect(await tasksWith([key!])).to.equal(1);
  });

  it('ends after the batch under way when it is told to', async () => {
    await answered(1);
    expect(await deliver(AbortSignal.abort())).to.include({ delivered: 0 });
    expect(await store.counts()).to.include({ outboxPending: 2 });
  });
});
