import { expect } from 'chai';
import { rm } from 'node:fs/promises';
import type { Position, Salesforce } from '../../../connector/src/salesforce/salesforce.ts';
import { SalesforceError } from '../../../connector/src/salesforce/salesforce-error.ts';
import type { Database } from '../../../connector/src/store/database.ts';
import { openPgliteDatabase } from '../../../connector/src/store/pglite-database.ts';
import { openStore } from '../../../connector/src/store/postgres-store.ts';
import type { Store } from '../../../connector/src/store/store.ts';
import { pullSalesforce, type PullSummary } from '../../../connector/src/track/pull-salesforce.ts';
import { emptyTables } from '../../contract/store-contract.ts';
import { daysLater, NOW, sampleRegistration } from '../../contract/store-samples.ts';
import { startSampleOrg, type SampleOrg } from '../salesforce/sample-org.ts';
import { newDataFolder } from '../../fixtures/data-folder.ts';

const SENT = "it's-1@seller.example";

describe('pullSalesforce', function () {
  let org: SampleOrg;
  let salesforce: Salesforce;
  let folder: string;
  let database: Database;
  let store: Store;

  before(async () => {
    org = await startSampleOrg();
    salesforce = org.connect();
    folder = await newDataFolder('pull-');
    database = await openPgliteDatabase(folder);
    store = await openStore(database);
    await salesforce.write([
      org.mailRow(SENT),
      org.mailRow('sent-2@seller.example', {
        recipients: [
          { address: 'lead@buyer.example', role: 'To', personId: org.contactId },
          { address: 'other@buyer.example', role: 'Cc', personId: org.leadId, campaignStatusId: org.leadStatusId },
        ],
      }),
    ]);
  });
  after(async () => {
    await database?.close();
    await rm(folder, { recursive: true });
    await org?.org.close();
  });
  beforeEach(() => emptyTables(database));

  const pull = (changes: Partial<Salesforce> = {}): Promise<PullSummary> =>
    pullSalesforce({ store, salesforce: { ...salesforce, ...changes }, now: () => NOW });
  const known = async (id: string) => (await store.knownIds([store.digest(id)])).get(store.digest(id)) ?? [];

  it('learns who is in a sequence, by the address of the Contact or Lead in lower case', async () => {
    expect(await pull()).to.deep.equal({ trackedMails: 2, enrolments: 2 });
    const query = 'SELECT Id, EnrolledAt__c FROM CampaignStatus__c';
    const { records } = await org.admin.query<{ Id: string; EnrolledAt__c: string }>(query);
    const enrolledAt = (id: string) => new Date(records.find(({ Id }) => Id === id)!.EnrolledAt__c);
    expect(await store.enrolmentsByAddress(['lead@buyer.example', 'other@buyer.example'])).to.have.deep.members([
      {
        campaignStatusId: org.contactStatusId,
        personId: org.contactId,
        address: 'lead@buyer.example',
        ownerId: org.repId,
        status: 'Active',
        enrolledAt: enrolledAt(org.contactStatusId),
      },
      {
        campaignStatusId: org.leadStatusId,
        personId: org.leadId,
        address: 'other@buyer.example',
        ownerId: org.repId,
        status: 'Active',
        enrolledAt: enrolledAt(org.leadStatusId),
      },
    ]);
  });

  it('learns the tracked mails with their recipients, and queues none of them for Salesforce', async () => {
    await pull();
    const [first] = await known(SENT);
    expect(first).to.deep.include({ role: 'own' });
    expect(first?.mail).to.deep.include({ messageId: SENT, ownerId: org.repId, source: 'Sequence' });
    expect(first?.mail.trackedEmailId).to.match(/^[0-9A-Za-z]{18}$/);
    const [second] = await known('sent-2@seller.example');
    expect(second?.mail.recipients).to.deep.equal([
      { address: 'lead@buyer.example', role: 'To', personId: org.contactId },
      { address: 'other@buyer.example', role: 'Cc', personId: org.leadId, campaignStatusId: org.leadStatusId },
    ]);
    expect(await store.counts()).to.include({ outboxPending: 0 });
  });

  it('names the record of a mail that this connector had registered before Salesforce had it', async () => {
    await store.register([sampleRegistration(store, SENT)], NOW);
    await pull();
    expect((await known(SENT))[0]?.mail.trackedEmailId).to.match(/^[0-9A-Za-z]{18}$/);
  });

  it('learns of a changed status at the next pull', async () => {
    await pull();
    const status = { Id: org.leadStatusId, Status__c: 'Stopped' };
    await org.admin.sobject('CampaignStatus__c').update(status);
    await pull();
    const [stopped] = await store.enrolmentsByAddress(['other@buyer.example']);
    expect(stopped?.status).to.equal('Stopped');
    const query = `SELECT HaltedAt__c FROM CampaignStatus__c WHERE Id = '${org.leadStatusId}'`;
    const [row] = (await org.admin.query(query)).records;
    expect(stopped?.haltedAt).to.deep.equal(new Date(String(row?.['HaltedAt__c'])));
    await org.admin.sobject('CampaignStatus__c').update({ ...status, Status__c: 'Active' });
    await pull();
    expect((await store.enrolmentsByAddress(['other@buyer.example']))[0]).not.to.have.property('haltedAt');
  });

  it('learns of a person who was deleted', async () => {
    const contact = await org.admin.sobject('Contact').create({ LastName: 'Gone', Email: 'gone@buyer.example' });
    await org.admin.sobject('CampaignStatus__c').create({ Contact__c: contact.id });
    await pull();
    expect(await store.enrolmentsByAddress(['gone@buyer.example'])).to.have.length(1);
    await org.admin.sobject('Contact').destroy(contact.id!);
    await pull();
    expect(await store.enrolmentsByAddress(['gone@buyer.example'])).to.deep.equal([]);
  });

  it('makes one API call when little has changed', async () => {
    const before = org.org.apiCalls;
    await pull();
    expect(org.org.apiCalls - before).to.equal(1);
  });

  it('goes on behind the last stored page when it was interrupted', async () => {
    const all = await salesforce.changesSince({ enrolments: undefined, trackedMails: undefined });
    const [one, two] = all.trackedMails.rows;
    const broken = new SalesforceError('retry', 'The org does not answer.', ['Wait.']);
    const position = { systemModstamp: NOW.toISOString(), id: one!.trackedEmailId! };
    const asked: (Position | undefined)[] = [];
    const changesSince: Salesforce['changesSince'] = ({ trackedMails }) => {
      asked.push(trackedMails);
      const rows = trackedMails === undefined ? [one!] : [two!];
      return Promise.resolve({
        ...all,
        trackedMails: { rows, position, next: trackedMails === undefined ? position : undefined },
      });
    };
    const trackedMailsSince: Salesforce['trackedMailsSince'] = (from) => {
      asked.push(from);
      return Promise.reject(broken);
    };
    const changes = { changesSince, trackedMailsSince };
    expect(await pull(changes).catch((error: unknown) => error)).to.equal(broken);
    expect(await known(one!.messageId)).to.have.lengthOf(1);
    expect(await known(two!.messageId)).to.have.lengthOf(0);
    expect(await pull(changes)).to.include({ trackedMails: 1 });
    expect(asked).to.deep.equal([undefined, position, position]);
    expect(await known(two!.messageId)).to.have.lengthOf(1);
  });

  it('stores no place inside the stretch that may still change, so that an interrupted pull begins it again', async () => {
    const all = await salesforce.changesSince({ enrolments: undefined, trackedMails: undefined });
    const { rows } = all.trackedMails;
    const position = { systemModstamp: NOW.toISOString(), id: '000000000000000AAA' };
    const next = { systemModstamp: NOW.toISOString(), id: rows[0]!.trackedEmailId! };
    const later = { systemModstamp: daysLater(1).toISOString(), id: '000000000000000AAA' };
    const stored: Position[] = [];
    const pages = [
      { rows, position: later, next },
      { rows, position: later, next: undefined },
    ];
    const noting = {
      ...store,
      saveTrackedMails: (...args: Parameters<Store['saveTrackedMails']>) => {
        stored.push(args[1]);
        return store.saveTrackedMails(...args);
      },
    };
    const changed = {
      changesSince: () => Promise.resolve({ ...all, trackedMails: { rows, position, next } }),
      trackedMailsSince: () => Promise.resolve(pages.shift()!),
    };
    await pullSalesforce({ store: noting, salesforce: { ...salesforce, ...changed }, now: () => NOW });
    expect(stored).to.deep.equal([position, position, position]);
  });

  it('stores who is enrolled before any tracked mail', async () => {
    const saved: string[] = [];
    const noting = {
      ...store,
      saveEnrolments: (...args: Parameters<Store['saveEnrolments']>) => {
        saved.push('enrolments');
        return store.saveEnrolments(...args);
      },
      saveTrackedMails: (...args: Parameters<Store['saveTrackedMails']>) => {
        saved.push('tracked mails');
        return store.saveTrackedMails(...args);
      },
    };
    await pullSalesforce({ store: noting, salesforce, now: () => NOW });
    expect(saved).to.deep.equal(['enrolments', 'tracked mails']);
  });

  it('keeps the pages of what it learnt first when a later page cannot be read', async () => {
    const broken = new SalesforceError('retry', 'The org does not answer.', ['Wait.']);
    const all = await salesforce.changesSince({ enrolments: undefined, trackedMails: undefined });
    const error = await pull({
      changesSince: () => Promise.resolve({ ...all, enrolments: { ...all.enrolments, next: all.enrolments.position } }),
      enrolmentsSince: () => Promise.reject(broken),
    }).catch((reason: unknown) => reason);
    expect(error).to.equal(broken);
    expect(await store.pullPosition('CampaignStatus')).not.to.equal(undefined);
    expect(await store.pullPosition('TrackedEmail')).to.equal(undefined);
    expect(await store.enrolmentsByAddress(['lead@buyer.example'])).to.have.lengthOf(1);
  });

  it('stores nothing while one of the two objects cannot be read', async () => {
    const blind = org.connect({ accessToken: org.org.openSession(org.strangerId) });
    const error = await pull(blind).catch((reason: unknown) => reason);
    expect(error).to.have.property('code', 'refused');
    expect(await store.pullPosition('CampaignStatus')).to.equal(undefined);
  });

  it('knows a mail by an id that is too long for its key', async () => {
    const long = `${'a'.repeat(300)}@seller.example`;
    await salesforce.write([org.mailRow(long)]);
    await pull();
    const [found] = await known(long);
    expect(found?.mail.recipients.map(({ personId }) => personId)).to.deep.equal([org.contactId]);
  });
});
