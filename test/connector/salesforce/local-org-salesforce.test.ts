import { expect } from 'chai';
import { readFileSync } from 'node:fs';

import type { Reply } from '../../../connector/src/match/reply.ts';
import { apiNames } from '../../../connector/src/salesforce/api-names.ts';
import { SalesforceError } from '../../../connector/src/salesforce/salesforce-error.ts';
import type { Position, Salesforce, SalesforceWriteResult } from '../../../connector/src/salesforce/salesforce.ts';
import { recipientKey } from '../../../connector/src/salesforce/tracked-email-record.ts';
import { deploy } from '../../simulators/salesforce/tests/metadata-files.ts';
import { startSampleOrg, type SampleOrg } from './sample-org.ts';

const many = <Row>(count: number, make: (index: number) => Row): Row[] =>
  Array.from({ length: count }, (_, index) => make(index));
const failureOf = async (work: Promise<unknown>): Promise<SalesforceError> => {
  const failure = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(failure instanceof SalesforceError)) throw new Error(`expected a SalesforceError, got ${String(failure)}`);
  return failure;
};
const refusals = (results: readonly SalesforceWriteResult[]): string[] =>
  results.flatMap((result) => (result.outcome === 'refused' ? [`${result.errorCode}: ${result.message}`] : []));

describe('the Salesforce adapter on the local org', () => {
  let sample: SampleOrg;
  let salesforce: Salesforce;
  let sent = 0;
  /** A Message-ID that no other test uses. */
  const newId = (): string => `sent-${(sent += 1)}@seller.example`;

  before(async function () {
    this.timeout(60_000);
    sample = await startSampleOrg();
    salesforce = sample.connect();
  });
  after(() => sample?.org.close());
  afterEach(() => expect(sample.org.notSimulated).to.deep.equal([]));

  /** A position that nothing lies behind. */
  const inAnHour = (): Position => ({
    systemModstamp: new Date(Date.now() + 3_600_000).toISOString(),
    id: sample.contactId,
  });
  const isComposite = ({ path }: { readonly path: string }): boolean => path.endsWith('/composite');
  const taskOf = async (replyKey: string): Promise<Record<string, unknown> | undefined> => {
    const fields = 'Id, Subject, Status, TaskSubtype, ActivityDate, OwnerId, WhoId, WhatId, ReplyKind__c, ReplyFrom__c';
    const ours = 'ReplyReceivedAt__c, MatchedBy__c, Replier__c, TrackedEmail__r.MessageKey__c, CampaignStatus__c';
    const soql = `SELECT ${fields}, ${ours} FROM Task WHERE ReplyKey__c = '${replyKey}'`;
    return (await sample.admin.query(soql)).records[0];
  };

  describe('write', () => {
    it('writes a tracked mail, its recipients and the Task of its answer in one call', async () => {
      await salesforce.write([sample.taskRow('warm-up@buyer.example', newId())]);
      const id = newId();
      const task = sample.taskRow('answer-1@buyer.example', id);
      const before = salesforce.apiCalls;
      const results = await salesforce.write([task, sample.mailRow(id)]);
      expect(salesforce.apiCalls - before).to.equal(1);
      expect(results.map(({ key, outcome }) => [key, outcome])).to.deep.equal([
        [task.key, 'written'],
        [id, 'written'],
      ]);
      expect(await taskOf(task.key)).to.deep.include({
        Subject: 'Reply: Re: Our offer',
        Status: 'Completed',
        TaskSubtype: 'Email',
        ActivityDate: '2026-03-02',
        OwnerId: sample.repId,
        WhoId: sample.contactId,
        WhatId: null,
        ReplyKind__c: 'Human',
        ReplyFrom__c: 'lead@buyer.example',
        ReplyReceivedAt__c: '2026-03-02T09:00:00.000+0000',
        MatchedBy__c: 'In-Reply-To',
        Replier__c: 'Recipient',
        CampaignStatus__c: sample.contactStatusId,
      });
    });

    it('takes an answer to a mail that is already there for its child', async () => {
      const id = newId();
      await salesforce.write([sample.mailRow(id)]);
      const task = sample.taskRow('answer-2@buyer.example', id);
      await salesforce.write([task]);
      expect(await taskOf(task.key)).to.have.nested.property('TrackedEmail__r.MessageKey__c', id);
    });

    it('makes one call for a thousand Tasks', async function () {
      this.timeout(60_000);
      const id = newId();
      await salesforce.write([sample.mailRow(id), sample.taskRow('before-the-thousand@buyer.example', id)]);
      const rows = many(1000, (index) => sample.taskRow(`thousand-${index}@buyer.example`, id));
      const before = { ours: salesforce.apiCalls, theirs: sample.org.apiCalls };
      const results = await salesforce.write(rows);
      expect(salesforce.apiCalls - before.ours).to.equal(1);
      expect(sample.org.apiCalls - before.theirs).to.equal(1);
      expect(results.filter(({ outcome }) => outcome === 'written')).to.have.length(1000);
      expect(new Set(results.map((result) => 'recordId' in result && result.recordId))).to.have.property('size', 1000);
    });

    it('tells exactly which rows of a batch were refused', async () => {
      const id = newId();
      await salesforce.write([sample.mailRow(id)]);
      const rows = many(20, (index) =>
        sample.taskRow(`partial-${index}@buyer.example`, id, { subject: `number ${index}` }),
      );
      const refuse = sample.org.refuseRows(({ object, record }) =>
        object === 'Task' && /number (3|17)$/.test(String(record['Subject']))
          ? { statusCode: 'FIELD_CUSTOM_VALIDATION_EXCEPTION', message: 'Not these.', fields: [] }
          : undefined,
      );
      const results = await salesforce.write(rows);
      refuse();
      const refused = results.flatMap(({ outcome }, index) => (outcome === 'refused' ? [index] : []));
      expect(refused).to.deep.equal([3, 17]);
      expect(results.map(({ key }) => key)).to.deep.equal(rows.map(({ key }) => key));
      expect(refusals(results)[0]).to.equal('FIELD_CUSTOM_VALIDATION_EXCEPTION: Not these.');
    });

    for (const kind of ['lost-answer', 'cut-json'] as const) {
      it(`finds its Task there when the answer was ${kind === 'cut-json' ? 'cut' : 'lost'} after the commit`, async () => {
        const id = newId();
        const rows = [sample.mailRow(id), sample.taskRow(`${kind}@buyer.example`, id)];
        sample.org.failNext({ kind }, isComposite);
        expect((await failureOf(salesforce.write(rows))).code).to.equal('retry');
        const tasks = await sample.count('Task');
        const results = await salesforce.write(rows);
        expect(refusals(results)).to.deep.equal([]);
        expect(results[1]).to.have.property('recordId', (await taskOf(rows[1]?.key ?? ''))?.['Id']);
        expect(await sample.count('Task')).to.equal(tasks);
      });
    }

    it('looks a Task up when the platform does not say what it duplicates', async () => {
      const id = newId();
      const there = sample.taskRow('there@buyer.example', id);
      const notThere = sample.taskRow('not-there@buyer.example', id);
      await salesforce.write([sample.mailRow(id), there]);
      const message = 'duplicate value found: <unknown> duplicates value on record with id: <unknown>';
      const refuse = sample.org.refuseRows(({ object }) =>
        object === 'Task' ? { statusCode: 'DUPLICATE_VALUE', message, fields: [] } : undefined,
      );
      const results = await salesforce.write([there, notThere]);
      refuse();
      expect(results[0]).to.have.property('recordId', (await taskOf(there.key))?.['Id']);
      expect(refusals(results)).to.deep.equal([`DUPLICATE_VALUE: ${message}`]);
    });

    it("takes the duplicate of a customer's own field for a refusal", async () => {
      const id = newId();
      await salesforce.write([sample.mailRow(id)]);
      const message = 'duplicate value found: Ticket__c duplicates value on record with id: 00T000000000001';
      const refuse = sample.org.refuseRows(({ object }) =>
        object === 'Task' ? { statusCode: 'DUPLICATE_VALUE', message, fields: [] } : undefined,
      );
      const results = await salesforce.write([sample.taskRow('ticket@buyer.example', id)]);
      refuse();
      expect(refusals(results)).to.deep.equal([`DUPLICATE_VALUE: ${message}`]);
    });

    it('refuses a Task alone whose tracked mail is not there', async () => {
      const id = newId();
      const rows = [
        sample.taskRow('early@buyer.example', newId()),
        sample.mailRow(id),
        sample.taskRow('late@buyer.example', id),
      ];
      const results = await salesforce.write(rows);
      expect(results.map(({ outcome }) => outcome)).to.deep.equal(['refused', 'written', 'written']);
      expect(refusals(results)[0]).to.include('INVALID_FIELD').and.to.include('oreign key external ID');
    });

    const HOSTILE_SUBJECTS = [
      '@{collection0[0].id}',
      '@{nothing.id} @{collection9[1].errors}',
      "'); DELETE FROM Task; --",
      'NUL \0 and line\r\nbreak',
      '\uD83D lone \uDE00 surrogates',
      'turn \u202E around',
      '"}]},{"method":"DELETE"',
      '😀'.repeat(400),
    ];
    it('writes hostile subjects without harm to their neighbours', async () => {
      const id = newId();
      const rows = [...HOSTILE_SUBJECTS, 'innocent'].map((subject, index) =>
        sample.taskRow(`hostile-${index}@buyer.example`, id, { subject, from: `${subject}@buyer.example` }),
      );
      expect(
        refusals(await salesforce.write([sample.mailRow(id, { subject: HOSTILE_SUBJECTS[0] ?? '' }), ...rows])),
      ).to.deep.equal([]);
      const subjects = await Promise.all(rows.map(async ({ key }) => (await taskOf(key))?.['Subject']));
      expect(subjects).to.include.members(['Reply: innocent', 'Reply: @ {collection0[0].id}']);
    });

    it('writes a mail and its answer whose key a Composite would take for a reference', async () => {
      const id = `odd-${newId().split('@')[0] ?? ''}@{collection0[0].id}`;
      const task = sample.taskRow('odd@buyer.example', id);
      expect(refusals(await salesforce.write([sample.mailRow(id), task]))).to.deep.equal([]);
      expect(await taskOf(task.key)).to.have.nested.property('TrackedEmail__r.MessageKey__c', id);
    });

    it('writes a mail with a very long Message-ID under its digest', async () => {
      const id = `${'x'.repeat(900)}@seller.example`;
      const task = sample.taskRow('to-long@buyer.example', id);
      expect(refusals(await salesforce.write([sample.mailRow(id), task]))).to.deep.equal([]);
    });

    it('changes a tracked mail that is there and leaves its recipients as they are', async () => {
      const id = newId();
      await salesforce.write([sample.mailRow(id)]);
      const results = await salesforce.write([sample.mailRow(id, { subject: 'Another subject' })]);
      expect(refusals(results)).to.deep.equal([]);
      const soql = `SELECT Subject__c, (SELECT RecipientKey__c FROM Recipients__r) FROM TrackedEmail__c WHERE MessageKey__c = '${id}'`;
      const { records } = await sample.admin.query(soql);
      expect(records).to.have.length(1);
      expect(records[0]).to.have.property('Subject__c', 'Another subject');
      expect(records[0]).to.have.nested.property(
        'Recipients__r.records[0].RecipientKey__c',
        recipientKey(id, 'lead@buyer.example'),
      );
    });

    it('repeats the write with a new token when the session has ended', async () => {
      const id = newId();
      const tokens = { asked: 0 };
      const other = sample.connect({
        accessToken: () => {
          tokens.asked += 1;
          return Promise.resolve(sample.org.openSession(sample.connectorUserId));
        },
      });
      await other.write([sample.mailRow(id)]);
      sample.org.failNext({ kind: 'expired-session' }, isComposite);
      expect(refusals(await other.write([sample.mailRow(id)]))).to.deep.equal([]);
      expect(tokens.asked).to.equal(2);
    });

    for (const fault of [{ kind: 'status', status: 503 }, { kind: 'login-page' }, { kind: 'refused' }] as const) {
      it(`writes nothing and may be repeated when the org answers with ${fault.kind}`, async () => {
        const id = newId();
        sample.org.failNext(fault, isComposite);
        const before = await sample.count('TrackedEmail__c');
        expect((await failureOf(salesforce.write([sample.mailRow(id)]))).code).to.equal('retry');
        expect(await sample.count('TrackedEmail__c')).to.equal(before);
        expect(refusals(await salesforce.write([sample.mailRow(id)]))).to.deep.equal([]);
      });
    }

    describe('a reply that names what is gone', () => {
      const make = async (object: string, record: Record<string, unknown>): Promise<string> =>
        (await sample.admin.sobject(object).create(record)).id ?? '';
      const statuses: string[] = [];
      const enrol = async (person: Record<string, string>): Promise<string> => {
        const enrolled = { OwnerId: sample.repId, EnrolledAt__c: '2026-01-01T00:00:00.000Z' };
        const id = await make('CampaignStatus__c', { ...enrolled, ...person });
        statuses.push(id);
        return id;
      };
      after(() => sample.admin.sobject('CampaignStatus__c').destroy(statuses));
      const statusOf = async (id: string): Promise<unknown> =>
        (await sample.admin.sobject('CampaignStatus__c').retrieve(id))['Status__c'];
      /** Writes a mail and an answer to it; gives the Task. */
      const answer = async (changes: Partial<Reply>): Promise<Record<string, unknown> | undefined> => {
        const id = newId();
        const task = sample.taskRow(`gone-${id}`, id, changes);
        expect(refusals(await salesforce.write([sample.mailRow(id), task]))).to.deep.equal([]);
        return taskOf(task.key);
      };

      it('is one of the contact when its lead has been converted, and halts the sequences', async () => {
        const leadId = await make('Lead', { LastName: 'Buyer', Company: 'Buyers' });
        const statusId = await enrol({ Lead__c: leadId });
        const convertedStatus = 'Closed - Converted';
        const { contactId } = await sample.admin.soap.convertLead({ leadId, convertedStatus });
        const task = await answer({ personId: leadId, campaignStatusId: statusId });
        expect(task).to.include({ WhoId: contactId, CampaignStatus__c: statusId });
        expect(await statusOf(statusId)).to.equal('Replied');
      });

      it('is one of the master when its contact has been merged', async () => {
        const masterId = await make('Contact', { LastName: 'Buyer' });
        const personId = await make('Contact', { LastName: 'Buyer' });
        const statusId = await enrol({ Contact__c: personId });
        const master = { type: 'Contact', Id: masterId };
        await sample.admin.soap.merge([{ masterRecord: master, recordToMergeIds: [personId] }] as never);
        expect(await answer({ personId, campaignStatusId: statusId })).to.include({ WhoId: masterId });
        expect(await statusOf(statusId)).to.equal('Replied');
      });

      it('follows a lead to its contact, and that to the master of a merge, and asks for all kinds in one call', async () => {
        const leadId = await make('Lead', { LastName: 'Buyer', Company: 'Buyers' });
        const convertedStatus = 'Closed - Converted';
        const { contactId } = await sample.admin.soap.convertLead({ leadId, convertedStatus });
        const masterId = await make('Contact', { LastName: 'Buyer' });
        const master = { type: 'Contact', Id: masterId };
        await sample.admin.soap.merge([{ masterRecord: master, recordToMergeIds: [contactId] }] as never);
        const id = newId();
        await salesforce.write([sample.mailRow(id)]);
        const before = salesforce.apiCalls;
        const task = sample.taskRow(`chain-${id}`, id, { personId: leadId });
        expect(refusals(await salesforce.write([task]))).to.deep.equal([]);
        expect(await taskOf(task.key)).to.include({ WhoId: masterId });
        // The write, two looks at who stands for whom, and the second write.
        expect(salesforce.apiCalls - before).to.equal(4);
      });

      it('stays refused when its person was deleted and somebody is to decide about such replies', async () => {
        const personId = await make('Contact', { LastName: 'Gone' });
        await sample.admin.sobject('Contact').destroy(personId);
        const id = newId();
        await salesforce.write([sample.mailRow(id)]);
        const strict = sample.connect({ deletedPerson: 'deadletter' });
        const [result] = await strict.write([sample.taskRow(`strict-${id}`, id, { personId })]);
        expect(result).to.include({ outcome: 'refused', errorCode: 'ENTITY_IS_DELETED' });
      });

      it("is nobody's when its person was deleted, and halts the one sequence that it answers", async () => {
        const personId = await make('Contact', { LastName: 'Gone' });
        const statusId = await enrol({ Contact__c: personId });
        await sample.admin.sobject('Contact').destroy(personId);
        expect(await answer({ personId, campaignStatusId: statusId })).to.include({ WhoId: null });
        expect(await statusOf(statusId)).to.equal('Replied');
      });

      it('halts the other sequences of its person when the status that it answers was deleted', async () => {
        const personId = await make('Contact', { LastName: 'Buyer' });
        const [gone, other] = [await enrol({ Contact__c: personId }), await enrol({ Contact__c: personId })];
        await sample.admin.sobject('CampaignStatus__c').destroy(gone);
        const task = await answer({ personId, campaignStatusId: gone });
        expect(task).to.include({ WhoId: personId, CampaignStatus__c: null });
        expect(await statusOf(other)).to.equal('Replied');
      });

      it('and its mail belong to the user of the connector when their rep has left', async () => {
        const rep = await sample.admin.sobject('User').retrieve(sample.strangerId);
        await sample.admin.sobject('User').update({ Id: sample.strangerId, IsActive: false });
        const id = newId();
        const task = sample.taskRow(`left-${id}`, id, { ownerId: sample.strangerId });
        const results = await salesforce.write([sample.mailRow(id, { ownerId: sample.strangerId }), task]);
        await sample.admin.sobject('User').update({ Id: sample.strangerId, IsActive: rep['IsActive'] === true });
        expect(refusals(results).filter((each) => !each.includes('oreign key external ID'))).to.deep.equal([]);
        expect(refusals(await salesforce.write([task]))).to.deep.equal([]);
        expect(
          (await sample.admin.query(`SELECT OwnerId FROM TrackedEmail__c WHERE MessageKey__c = '${id}'`)).records[0],
        ).to.include({ OwnerId: sample.connectorUserId });
      });

      it('holds up no neighbour, and stays refused when everything stands that it names', async () => {
        const id = newId();
        await salesforce.write([sample.mailRow(id)]);
        const stop = sample.org.refuseRows(({ record }) =>
          String(record['Subject']).includes('odd')
            ? { statusCode: 'INVALID_CROSS_REFERENCE_KEY', message: 'invalid cross reference id', fields: [] }
            : undefined,
        );
        const results = await salesforce.write([
          sample.taskRow(`odd-${id}`, id, { subject: 'odd' }),
          sample.taskRow(`even-${id}`, id),
        ]);
        stop();
        expect(results.map(({ outcome }) => outcome)).to.deep.equal(['refused', 'written']);
      });
    });

    it('writes everything but the reply tallies for a user with the permission set of an older package', async () => {
      const file = 'permissionsets/ReplyTrackingConnector.permissionset';
      const granted = readFileSync(`force-app/main/app/${file}-meta.xml`, 'utf8');
      const older = granted.replace(
        /<fieldPermissions>(?:(?!<\/field>).)*__c\.ReplyCount__c.*?<\/fieldPermissions>/s,
        '',
      );
      const tally = {
        replyCount: 1,
        firstReplyAt: undefined,
        lastReplyAt: new Date(),
        lastReplyKind: 'human',
      } as const;
      const [id, next] = [newId(), newId()];
      const [mail] = await salesforce.write([sample.mailRow(id)]);
      const key = mail?.outcome === 'written' ? (mail.recordId ?? '') : '';
      await deploy(sample.admin, { [file]: older });
      const results = await salesforce.write([
        { key, type: 'ReplyTally', tally },
        sample.mailRow(next),
        sample.taskRow('older@buyer.example', next),
      ]);
      await deploy(sample.admin, { [file]: granted });
      expect(results.map(({ outcome }) => outcome)).to.deep.equal(['refused', 'written', 'written']);
      expect(refusals(results)[0]).to.match(/^INVALID_FIELD: .*ReplyCount__c/s);
    });

    it('names the permission set that its user lacks', async () => {
      const other = sample.connect({ accessToken: sample.org.openSession(sample.repId) });
      const failure = await failureOf(other.write([sample.mailRow(newId())]));
      expect(failure.code).to.equal('refused');
      expect(failure.actions.join(' ')).to.include('"Reply Tracking: Connector"');
    });
  });

  describe('pulls', () => {
    const pullAll = async <Row>(
      pull: (position: Position | undefined) => Promise<{ rows: readonly Row[]; next: Position | undefined }>,
    ): Promise<Row[]> => {
      const rows: Row[] = [];
      let from: Position | undefined;
      do {
        const page = await pull(from);
        rows.push(...page.rows);
        from = page.next;
      } while (from !== undefined);
      return rows;
    };

    it('give back a tracked mail as it was written', async () => {
      const id = newId();
      const { mail } = sample.mailRow(id);
      await salesforce.write([sample.mailRow(id)]);
      const pulled = (await pullAll((from) => salesforce.trackedMailsSince(from))).find(
        ({ messageId }) => messageId === id,
      );
      expect(pulled?.trackedEmailId).to.match(/^[A-Za-z0-9]{18}$/);
      expect({ ...pulled, trackedEmailId: undefined }).to.deep.equal({ ...mail, trackedEmailId: undefined });
    });

    it('give the enrolments of contacts and leads with their addresses in lower case', async () => {
      const enrolments = await pullAll((from) => salesforce.enrolmentsSince(from));
      const status = (campaignStatusId: string): unknown =>
        enrolments.find((each) => each.campaignStatusId === campaignStatusId);
      expect(status(sample.contactStatusId)).to.include({
        personId: sample.contactId,
        address: 'lead@buyer.example',
        ownerId: sample.repId,
      });
      expect(status(sample.leadStatusId)).to.deep.include({
        personId: sample.leadId,
        address: 'other@buyer.example',
        status: 'Active',
      });
    });

    it('go on where the last one ended', async () => {
      const { position } = await salesforce.trackedMailsSince(undefined);
      const id = newId();
      await salesforce.write([sample.mailRow(id)]);
      const { rows } = await salesforce.trackedMailsSince(position);
      expect(rows.map(({ messageId }) => messageId)).to.include(id);
    });

    it('read more rows than one answer holds, each once', async function () {
      this.timeout(60_000);
      const ids = many(2100, newId);
      for (const part of [ids.slice(0, 1000), ids.slice(1000, 2000), ids.slice(2000)]) {
        await salesforce.write(part.map((id) => sample.mailRow(id)));
      }
      const before = salesforce.apiCalls;
      const pulled = (await pullAll((from) => salesforce.trackedMailsSince(from))).map(({ messageId }) => messageId);
      expect(salesforce.apiCalls - before).to.be.at.least(2);
      expect(new Set(pulled)).to.have.property('size', pulled.length);
      expect(ids.filter((id) => !pulled.includes(id))).to.deep.equal([]);
    });

    it('leave a mail to the next pull whose recipients have not followed yet', async () => {
      const id = newId();
      const names = async (): Promise<string[]> =>
        (await pullAll((from) => salesforce.trackedMailsSince(from))).map(({ messageId }) => messageId);
      await salesforce.write([sample.mailRow(id, { recipients: [] })]);
      expect(await names()).not.to.include(id);
      await salesforce.write([sample.mailRow(id)]);
      expect(await names()).to.include(id);
    });

    it('find nothing after a position that lies ahead', async () => {
      expect((await salesforce.trackedMailsSince(inAnHour())).rows).to.deep.equal([]);
    });
  });

  describe('the pull of both objects', () => {
    const fromTheStart = { enrolments: undefined, trackedMails: undefined };

    it('takes one call, with which the closed status and the name of the org come along', async () => {
      const id = newId();
      await salesforce.write([sample.mailRow(id)]);
      const fresh = sample.connect();
      await fresh.changesSince({ enrolments: inAnHour(), trackedMails: inAnHour() });
      expect(fresh.apiCalls).to.equal(1);
      expect(await fresh.orgName()).to.include(sample.org.url);
      await fresh.write([sample.taskRow('after-the-pull@buyer.example', id)]);
      expect(fresh.apiCalls).to.equal(2);
    });

    it('gives what the two pulls give alone', async () => {
      const together = await salesforce.changesSince(fromTheStart);
      expect(together.enrolments.rows).to.deep.equal((await salesforce.enrolmentsSince(undefined)).rows);
      expect(together.trackedMails.rows).to.deep.equal((await salesforce.trackedMailsSince(undefined)).rows);
    });

    it('goes on from both positions', async () => {
      const { enrolments, trackedMails } = await salesforce.changesSince(fromTheStart);
      const id = newId();
      await salesforce.write([sample.mailRow(id)]);
      const next = await salesforce.changesSince({ enrolments: inAnHour(), trackedMails: trackedMails.position });
      expect(enrolments.rows).to.have.length(2);
      expect(next.enrolments.rows).to.deep.equal([]);
      expect(next.trackedMails.rows.map(({ messageId }) => messageId)).to.include(id);
    });

    it('is refused as a whole to a user who may not read one of them', async () => {
      const stranger = sample.connect({ accessToken: sample.org.openSession(sample.strangerId) });
      const failure = await failureOf(stranger.changesSince(fromTheStart));
      expect(failure.code).to.equal('refused');
      expect(failure.actions.join(' ')).to.include('"Reply Tracking: Connector"');
    });

    it('counts as a fault that passes when its answer is cut', async () => {
      sample.org.failNext({ kind: 'cut-json' }, isComposite);
      expect((await failureOf(salesforce.changesSince(fromTheStart))).code).to.equal('retry');
    });
  });

  describe('the org', () => {
    it('is told by the token without any call', async () => {
      const fresh = sample.connect();
      expect(await fresh.org()).to.deep.equal({ id: sample.org.orgId, instanceUrl: sample.org.url });
      expect(fresh.apiCalls).to.equal(0);
    });

    it('has a name, which costs one call and is kept', async () => {
      const fresh = sample.connect();
      const name = await fresh.orgName();
      expect(name).to.equal(`Local Org at ${sample.org.url}`);
      expect(await fresh.orgName()).to.equal(name);
      expect(fresh.apiCalls).to.equal(1);
      expect(await fresh.org()).to.have.property('name', name);
    });

    it('tells its API budget with every answer, a refusal too', async () => {
      const fresh = sample.connect({ now: () => new Date('2026-11-24T10:00:00Z') });
      expect(fresh.apiUsage).to.equal(undefined);
      await fresh.usersByEmail(['rep@seller.example']);
      const at = new Date('2026-11-24T10:00:00Z');
      expect(fresh.apiUsage).to.deep.equal({ used: sample.org.apiCalls, limit: 15_000, at });
      await failureOf(
        sample
          .connect({ accessToken: sample.org.openSession(sample.strangerId) })
          .enrolmentsSince({ systemModstamp: '2026-11-24T10:00:00Z', id: sample.contactId }),
      );
      const before = sample.org.apiCalls;
      await fresh.usersByEmail(['rep@seller.example']);
      expect(fresh.apiUsage).to.deep.include({ used: before + 1 });
    });

    for (const [words, hours] of [
      ['ahead', 2],
      ['behind', -2],
    ] as const) {
      it(`shows that the clock of this machine is two hours ${words}`, async () => {
        const off = sample.connect({ now: () => new Date(Date.now() + hours * 3_600_000) });
        expect(off.clockSkewMs).to.equal(undefined);
        await off.usersByEmail(['rep@seller.example']);
        expect(off.clockSkewMs).to.be.closeTo(hours * 3_600_000, 30_000);
      });
    }
  });

  describe('users', () => {
    it('are found by their address in any case', async () => {
      const found = await salesforce.usersByEmail([
        'REP@seller.example',
        'nobody@seller.example',
        "o'b\\rien@x.example",
      ]);
      expect([...found]).to.deep.equal([['rep@seller.example', sample.repId]]);
    });
  });

  it('uses no name that the package does not have', async () => {
    for (const { object, ...fields } of Object.values(apiNames())) {
      const described = await sample.admin.describe(object);
      const relationships = [
        ...described.fields.map(({ relationshipName }) => relationshipName),
        ...described.childRelationships.map(({ relationshipName }) => relationshipName),
      ];
      const known = [...described.fields.map(({ name }) => name), ...relationships];
      expect(known).to.include.members(Object.values(fields));
    }
  });
});

describe('a pull of a mail that nobody was named for in five minutes', () => {
  it('gives the mail without recipients, for its answers must not wait for ever', async () => {
    let passedMs = 0;
    const sample = await startSampleOrg({ now: () => new Date(Date.now() + passedMs) });
    try {
      const salesforce = sample.connect();
      await salesforce.write([sample.mailRow('alone@seller.example', { recipients: [] })]);
      passedMs = 6 * 60_000;
      const { rows } = await salesforce.trackedMailsSince(undefined);
      expect(rows.map(({ messageId, recipients }) => [messageId, recipients])).to.deep.equal([
        ['alone@seller.example', []],
      ]);
    } finally {
      await sample.org.close();
    }
  });
});
