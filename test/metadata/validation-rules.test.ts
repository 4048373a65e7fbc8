import { expect } from 'chai';
import { Connection } from 'jsforce';
import { join } from 'node:path';
import { assignPermissionSets, deployForceApp } from '../../scripts/deploy-force-app.ts';
import { deploy, metadataFile } from '../simulators/salesforce/tests/metadata-files.ts';
import { startLocalOrg, type LocalOrg } from '../simulators/salesforce/local-org.ts';
import { fieldGrants, ROOT } from './force-app.ts';

const LOCALE = { LocaleSidKey: 'en_US', LanguageLocaleKey: 'en_US', EmailEncodingKey: 'UTF-8', TimeZoneSidKey: 'GMT' };
const FIRST = 'a'.repeat(64);
const SECOND = 'b'.repeat(64);
const RECEIVED = '2026-11-20T08:00:00.000Z';

type Row = Readonly<Record<string, string | null>>;

const STATUS_FIELDS = ['Status__c', 'HaltedByReplyKey__c', 'HaltedByTaskId__c', 'UndoneReplyKey__c'];

const openField = (name: string): string =>
  `<fieldPermissions><editable>true</editable><field>${name}</field><readable>true</readable></fieldPermissions>`;

const openObject = (name: string): string =>
  `<objectPermissions><allowCreate>true</allowCreate><allowDelete>false</allowDelete><allowEdit>true</allowEdit>` +
  `<allowRead>true</allowRead><modifyAllRecords>false</modifyAllRecords><object>${name}</object>` +
  `<viewAllRecords>false</viewAllRecords></objectPermissions>`;

const userPermission = (name: string): string =>
  `<userPermissions><enabled>true</enabled><name>${name}</name></userPermissions>`;

/** Fields of a reply that the connector writes, as a permission set names them. */
const REPLY_FIELDS = [...fieldGrants('ReplyTrackingConnector').keys()].filter((field) => /^Task\.\w+__c$/.test(field));

/** What the profile of a rep gives, and what nobody should give a rep: the mistake against which the rules stand. */
const CARELESS = metadataFile(
  'PermissionSet',
  [
    ...REPLY_FIELDS.map(openField),
    ...STATUS_FIELDS.map((field) => openField(`CampaignStatus__c.${field}`)),
    ...['ReplyDismissedAt__c', 'ReplyDismissedReason__c'].map((field) => openField(`Task.${field}`)),
    '<label>Careless</label>',
    ...['Account', 'Contact', 'CampaignStatus__c'].map(openObject),
    ...['ActivitiesAccess', 'EditTask'].map(userPermission),
  ].join(''),
);

describe('validation rules in force-app', () => {
  let org: LocalOrg;
  let admin: Connection;
  let connector: Connection;
  let rep: Connection;
  let repId: string;

  before(async () => {
    org = await startLocalOrg();
    admin = new Connection({ instanceUrl: org.url, accessToken: org.accessToken, version: '67.0' });
    await deployForceApp(admin, join(ROOT, 'force-app/main'));
    expect(await deploy(admin, { 'permissionsets/Careless.permissionset': CARELESS })).to.deep.equal([]);
    await assignPermissionSets(admin, org.userId, ['ReplyTrackingAdmin', 'ReplyTrackingConnector']);
    connector = await user('connector', ['ReplyTrackingConnector']);
    rep = await user('rep', ['ReplyTrackingUser', 'Careless']);
  });

  after(() => org.close());

  async function user(name: string, permissionSets: readonly string[]): Promise<Connection> {
    const { records } = await admin.query<{ Id: string }>("SELECT Id FROM Profile WHERE Name = 'Standard User'");
    const Email = `${name}@seller.example`;
    const names = { Username: `${Email}.test`, LastName: name, Alias: name.slice(0, 8), Email };
    const { id = '' } = await admin.sobject('User').create({ ...names, ...LOCALE, ProfileId: records[0]?.Id });
    await assignPermissionSets(admin, id, permissionSets);
    if (name === 'rep') repId = id;
    return new Connection({ instanceUrl: org.url, accessToken: org.openSession(id), version: '67.0' });
  }

  async function create(by: Connection, object: string, row: Row): Promise<string> {
    const { id = '' } = await by.sobject(object).create({ ...row });
    return id;
  }

  async function refusalOf(saving: Promise<unknown>): Promise<string> {
    return saving.then(
      () => 'nothing was refused',
      (error: Error & { errorCode?: string }) => `${error.errorCode}: ${error.message}`,
    );
  }

  /** The status of a person whose first reply has halted it, owned by the rep. */
  async function haltedStatus(replyKey: string): Promise<string> {
    const personId = await create(rep, 'Contact', { LastName: 'Person' });
    const statusId = await create(rep, 'CampaignStatus__c', {
      Contact__c: personId,
      EnrolledAt__c: '2026-11-01T00:00:00Z',
      OwnerId: repId,
    });
    const reply = { WhoId: personId, ReplyKey__c: replyKey, ReplyKind__c: 'Human', ReplyReceivedAt__c: RECEIVED };
    await create(connector, 'Task', { Subject: 'Reply: offer', Status: 'Completed', OwnerId: repId, ...reply });
    return statusId;
  }

  async function readStatus(id: string): Promise<Row> {
    const { records } = await admin.query(
      `SELECT ${STATUS_FIELDS.join(', ')} FROM CampaignStatus__c WHERE Id = '${id}'`,
    );
    return records[0] as Row;
  }

  const change = (id: string, row: Row): Promise<unknown> =>
    rep.sobject('CampaignStatus__c').update({ Id: id, ...row });

  describe('HaltNeedsPermission', () => {
    const replyKeys = Array.from({ length: 16 }, (_, at) => at.toString(16).repeat(64));
    let statusId: string;
    let replyKey: string;

    beforeEach(async () => {
      replyKey = replyKeys.pop()!;
      statusId = await haltedStatus(replyKey);
      expect(await readStatus(statusId)).to.include({ Status__c: 'Replied', HaltedByReplyKey__c: replyKey });
    });

    const forged: readonly [string, Row][] = [
      ['another Task named as what halted it', { HaltedByTaskId__c: '00T000000000001AAA' }],
      ['the reply taken away while the halt stays', { HaltedByReplyKey__c: null }],
      ['a reply undone that did not halt it', { HaltedByReplyKey__c: null, UndoneReplyKey__c: SECOND }],
      ['a halt undone by hand whose reply is not noted', { Status__c: 'Paused', HaltedByReplyKey__c: null }],
    ];
    for (const [title, row] of forged) {
      it(`refuses ${title}`, async () => {
        const before = await readStatus(statusId);
        expect(await refusalOf(change(statusId, row))).to.match(
          /^FIELD_CUSTOM_VALIDATION_EXCEPTION: .*set Status to Active.*choose Not a Reply/,
        );
        expect(await readStatus(statusId)).to.deep.equal(before);
      });
    }

    it('leaves a halt as it is when another reply is named for it: the flow of precedence or the rule refuses', async () => {
      const before = await readStatus(statusId);
      await refusalOf(change(statusId, { HaltedByReplyKey__c: SECOND, HaltedByTaskId__c: '00T000000000001AAA' }));
      expect(await readStatus(statusId)).to.deep.equal(before);
    });

    it('refuses a halt on a status that no reply has halted, also together with an emptied note of an undo', async () => {
      await change(statusId, { Status__c: 'Active', UndoneReplyKey__c: replyKey });
      expect((await readStatus(statusId))['HaltedByReplyKey__c']).to.equal(null);
      const row = { Status__c: 'Stopped', HaltedByReplyKey__c: FIRST, UndoneReplyKey__c: null };
      expect(await refusalOf(change(statusId, row))).to.match(/^FIELD_CUSTOM_VALIDATION_EXCEPTION/);
    });

    it('refuses a status that is created as halted by a reply', async () => {
      const row = { Status__c: 'Replied', HaltedByReplyKey__c: FIRST };
      expect(await refusalOf(rep.sobject('CampaignStatus__c').create(row))).to.match(
        /^FIELD_CUSTOM_VALIDATION_EXCEPTION/,
      );
    });

    it('lets a rep resume by hand, whereupon the facts of the halt go', async () => {
      await change(statusId, { Status__c: 'Active' });
      expect(await readStatus(statusId)).to.include({ Status__c: 'Active', HaltedByReplyKey__c: null });
    });

    it('lets a rep stop by hand what a reply has halted', async () => {
      await change(statusId, { Status__c: 'Stopped' });
      expect(await readStatus(statusId)).to.include({ Status__c: 'Stopped', HaltedByReplyKey__c: replyKey });
    });

    it('lets a rep undo the halt to a status that is not Active, when the reply is noted as undone', async () => {
      const row = { Status__c: 'Paused', HaltedByReplyKey__c: null, HaltedByTaskId__c: null };
      await change(statusId, { ...row, UndoneReplyKey__c: replyKey });
      expect(await readStatus(statusId)).to.include({ Status__c: 'Paused', UndoneReplyKey__c: replyKey });
    });

    it('lets a rep hand the halt over to another reply, when the first one is noted as undone', async () => {
      await change(statusId, { HaltedByReplyKey__c: SECOND, UndoneReplyKey__c: replyKey });
      expect(await readStatus(statusId)).to.include({ Status__c: 'Replied', UndoneReplyKey__c: replyKey });
    });
  });

  describe('ReplyNeedsPermission', () => {
    const REPLY: Readonly<Record<string, string>> = {
      ReplyKey__c: SECOND,
      ReplyKind__c: 'Human',
      Replier__c: 'Recipient',
      ReplyFrom__c: 'jane@buyer.example',
      ReplyReceivedAt__c: RECEIVED,
      ReplyResumeAt__c: RECEIVED,
      MatchedBy__c: 'References',
      MatchConfidence__c: 'High',
    };
    let replyId: string;
    let trackedEmailId: string;
    let statusId: string;

    before(async () => {
      const sent = { MessageKey__c: 'sent@seller.example', OwnerId: repId };
      trackedEmailId = await create(connector, 'TrackedEmail__c', sent);
      statusId = await create(rep, 'CampaignStatus__c', { OwnerId: repId });
      const task = { Subject: 'Reply: offer', Status: 'Completed', OwnerId: repId, ReplyKind__c: 'Delay' };
      replyId = await create(connector, 'Task', { ...task, ReplyKey__c: 'c0ffee'.padEnd(64, '0') });
    });

    const references = (): Row => ({ TrackedEmail__c: trackedEmailId, CampaignStatus__c: statusId });

    it('names every field of a reply that the connector writes', () => {
      const tried = [...Object.keys(REPLY), ...Object.keys(references())].map((name) => `Task.${name}`);
      expect(tried).to.have.members(REPLY_FIELDS);
    });

    for (const name of [...Object.keys(REPLY), 'TrackedEmail__c', 'CampaignStatus__c']) {
      it(`refuses a Task of a rep with ${name}, new or changed`, async () => {
        const value = { [name]: REPLY[name] ?? references()[name] ?? null };
        const created = refusalOf(rep.sobject('Task').create({ Subject: 'Call', ...value }));
        const changed = refusalOf(rep.sobject('Task').update({ Id: replyId, ...value }));
        for (const refusal of [await created, await changed]) {
          expect(refusal).to.match(/^FIELD_CUSTOM_VALIDATION_EXCEPTION: .*choose Not a Reply/);
        }
      });
    }

    it('lets a rep write, change and close Tasks that are no replies', async () => {
      const id = await create(rep, 'Task', { Subject: 'Call' });
      await rep.sobject('Task').update({ Id: id, Subject: 'Call back', Status: 'Completed' });
      const { records } = await rep.query<{ Subject: string }>(`SELECT Subject FROM Task WHERE Id = '${id}'`);
      expect(records[0]?.Subject).to.equal('Call back');
    });

    it('lets a rep edit the subject of a reply and say that it is none', async () => {
      const dismissed = { ReplyDismissedAt__c: RECEIVED, ReplyDismissedReason__c: 'A newsletter' };
      await rep.sobject('Task').update({ Id: replyId, Subject: 'Newsletter', ...dismissed });
      const { records } = await rep.query<Row>(`SELECT ReplyDismissedReason__c FROM Task WHERE Id = '${replyId}'`);
      expect(records[0]?.['ReplyDismissedReason__c']).to.equal('A newsletter');
    });
  });
});
