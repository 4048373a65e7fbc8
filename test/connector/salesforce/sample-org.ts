import { expect } from 'chai';
import { Connection } from 'jsforce';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { connectSalesforce, type SalesforceOptions } from '../../../connector/src/salesforce/jsforce-salesforce.ts';
import type { Salesforce, SalesforceWrite } from '../../../connector/src/salesforce/salesforce.ts';
import { messageKey } from '../../../connector/src/mail/message-id.ts';
import type { Reply } from '../../../connector/src/match/reply.ts';
import type { TrackedMail } from '../../../connector/src/match/tracked-mail.ts';
import { assignPermissionSets, deployForceApp } from '../../../scripts/deploy-force-app.ts';
import { sampleMail, sampleReply } from '../../contract/store-samples.ts';
import { deploy } from '../../simulators/salesforce/tests/metadata-files.ts';
import { startLocalOrg, type LocalOrg, type LocalOrgOptions } from '../../simulators/salesforce/local-org.ts';

const FORCE_APP = join(import.meta.dirname, '../../../force-app/main');
/** The user of the connector, for client apps that approve it before it is there. */
export const CONNECTOR_USERNAME = 'connector@seller.example.test';

const PERMISSION_SETS = ['ReplyTrackingConnector', 'ReplyTrackingUser'];

/** A local org with our package in it, a rep, a user for the connector, and two people in a sequence. */
export interface SampleOrg {
  readonly org: LocalOrg;
  /** The administrator, to look at records and to make some. */
  readonly admin: Connection;
  readonly connectorUserId: string;
  readonly connectorUsername: string;
  readonly repId: string;
  /** A user without any permission set of ours. */
  readonly strangerId: string;
  readonly contactId: string;
  readonly leadId: string;
  readonly contactStatusId: string;
  readonly leadStatusId: string;
  /** The adapter under test, with a session of the connector's user. */
  connect(options?: Partial<SalesforceOptions>): Salesforce;
  /** A row for a sent mail of the rep, to the contact unless told otherwise. */
  mailRow(messageId: string, changes?: Partial<TrackedMail>): SalesforceWrite & { type: 'TrackedEmail' };
  /** A row for an answer of the contact to a sent mail. */
  taskRow(answer: string, answered: string, changes?: Partial<Reply>): SalesforceWrite & { type: 'Task' };
  count(object: string): Promise<number>;
}

/** Deploys a flow of the package with another status, such as `Draft`, which deactivates it. */
export async function deployFlow(admin: Connection, name: string, status: string): Promise<void> {
  const xml = readFileSync(join(FORCE_APP, `sequence/flows/${name}.flow-meta.xml`), 'utf8');
  const text = xml.replace('<status>Active</status>', `<status>${status}</status>`);
  expect(await deploy(admin, { [`flows/${name}.flow`]: text })).to.deep.equal([]);
}

export async function startSampleOrg(options: LocalOrgOptions = {}): Promise<SampleOrg> {
  const org = await startLocalOrg(options);
  const admin = new Connection({ instanceUrl: org.url, accessToken: org.accessToken, version: '67.0' });
  await deployForceApp(admin, FORCE_APP);
  await assignPermissionSets(admin, org.userId, PERMISSION_SETS);
  const create = async (object: string, record: Record<string, unknown>): Promise<string> => {
    const result = await admin.sobject(object).create(record);
    if (!result.success) throw new Error(JSON.stringify(result.errors));
    return result.id;
  };
  const createUser = async (name: string, permissionSets: readonly string[]): Promise<string> => {
    const { records } = await admin.query<{ Id: string }>("SELECT Id FROM Profile WHERE Name = 'Standard User'");
    const Email = `${name}@seller.example`;
    const locale = {
      LocaleSidKey: 'en_US',
      LanguageLocaleKey: 'en_US',
      EmailEncodingKey: 'UTF-8',
      TimeZoneSidKey: 'GMT',
    };
    const names = { Username: `${Email}.test`, LastName: name, Alias: name.slice(0, 8), Email };
    const id = await create('User', { ...names, ...locale, ProfileId: records[0]?.Id });
    await assignPermissionSets(admin, id, permissionSets);
    return id;
  };
  const repId = await createUser('rep', ['ReplyTrackingUser']);
  const connectorUserId = await createUser('connector', ['ReplyTrackingConnector']);
  const strangerId = await createUser('stranger', []);
  const contactId = await create('Contact', { LastName: 'Prospect', Email: 'Lead@Buyer.example', OwnerId: repId });
  const leadId = await create('Lead', { LastName: 'Other', Company: 'Buyer', Email: 'other@buyer.example' });
  const sequence = await create('SalesSequence__c', { Name: 'Spring' });
  const enrol = (person: Record<string, string>): Promise<string> =>
    create('CampaignStatus__c', { SalesSequence__c: sequence, OwnerId: repId, ...person });
  const contactStatusId = await enrol({ Contact__c: contactId });
  const leadStatusId = await enrol({ Lead__c: leadId });
  const person = { personId: contactId, campaignStatusId: contactStatusId };
  return {
    org,
    admin,
    connectorUserId,
    connectorUsername: CONNECTOR_USERNAME,
    repId,
    strangerId,
    contactId,
    leadId,
    contactStatusId,
    leadStatusId,
    connect: (options = {}) =>
      connectSalesforce({ instanceUrl: org.url, accessToken: org.openSession(connectorUserId), ...options }),
    mailRow: (messageId, changes = {}) => ({
      key: messageKey(messageId),
      type: 'TrackedEmail',
      mail: sampleMail(messageId, {
        ownerId: repId,
        recipients: [{ address: 'lead@buyer.example', role: 'To', ...person }],
        ...changes,
      }),
    }),
    taskRow: (answer, answered, changes = {}) => {
      const reply = sampleReply(answer, answered, { ownerId: repId, ...person, ...changes });
      return { key: reply.replyKey, type: 'Task', reply };
    },
    count: async (object) => (await admin.query(`SELECT COUNT() FROM ${object}`)).totalSize,
  };
}
