import { Connection } from 'jsforce';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { LocalOrg } from '../../test/simulators/salesforce/local-org.ts';
import { assignPermissionSets, deployForceApp } from '../deploy-force-app.ts';
import { PROSPECTS, REPS, type Prospect } from './cast.ts';

const FORCE_APP = join(import.meta.dirname, '../../force-app/main');
const API_VERSION = '67.0';
const DAY_MS = 86_400_000;

/** The org of the story. */
export interface DemoOrg {
  readonly local: LocalOrg;
  /** The administrator, who only looks. */
  readonly admin: Connection;
  /** The session of the connector's own user. */
  readonly connectorToken: string;
  /** Inserts the TrackedEmail__c of a mail that another system sent, in the name of that system's own user. */
  insertTrackedEmail(prospect: Prospect, messageId: string): Promise<void>;
}

/** Deploys force-app to an empty org and creates everybody in the story; each person has one CampaignStatus__c. */
export async function bootOrg(local: LocalOrg): Promise<DemoOrg> {
  const admin = connect(local, local.accessToken);
  await deployForceApp(admin, FORCE_APP);
  await assignPermissionSets(admin, local.userId, ['ReplyTrackingAdmin']);
  const connectorId = await createUser(admin, 'Reply', 'Connector', 'connector@seller.example');
  const mailingId = await createUser(admin, 'Mailing', 'System', 'mailing@seller.example');
  // Both write tracked mails, which no person may.
  for (const id of [connectorId, mailingId]) await assignPermissionSets(admin, id, ['ReplyTrackingConnector']);
  const repIds = new Map<string, string>();
  for (const { firstName, lastName, address } of REPS) {
    const id = await createUser(admin, firstName, lastName, address);
    await assignPermissionSets(admin, id, ['ReplyTrackingUser']);
    repIds.set(address, id);
  }
  const enrolled = await enrolEverybody(admin, repIds);
  const mailing = connect(local, local.openSession(mailingId));
  return {
    local,
    admin,
    connectorToken: local.openSession(connectorId),
    insertTrackedEmail: (prospect, messageId) =>
      insertTrackedEmail(mailing, prospect, messageId, enrolled.get(prospect.address)!),
  };
}

/** The records of one prospect. */
interface Enrolled {
  readonly ownerId: string;
  readonly personId: string;
  readonly campaignStatusId: string;
}

function connect({ url }: LocalOrg, accessToken: string): Connection {
  return new Connection({ instanceUrl: url, accessToken, version: API_VERSION, logLevel: 'NONE' });
}

async function create(connection: Connection, object: string, record: Record<string, unknown>): Promise<string> {
  const result = await connection.sobject(object).create(record);
  if (result.success) return result.id;
  throw new Error(`The org refused a ${object}: ${result.errors.map(({ message }) => message).join('; ')}`);
}

async function createUser(admin: Connection, FirstName: string, LastName: string, Email: string): Promise<string> {
  const { records } = await admin.query<{ Id: string }>("SELECT Id FROM Profile WHERE Name = 'Standard User'");
  const locale = {
    LocaleSidKey: 'en_US',
    LanguageLocaleKey: 'en_US',
    EmailEncodingKey: 'UTF-8',
    TimeZoneSidKey: 'GMT',
  };
  const names = { FirstName, LastName, Email, Username: `${Email}.demo`, Alias: LastName.slice(0, 8).toLowerCase() };
  return create(admin, 'User', { ...names, ...locale, ProfileId: records[0]?.Id });
}

async function enrolEverybody(admin: Connection, repIds: ReadonlyMap<string, string>): Promise<Map<string, Enrolled>> {
  const sequence = await create(admin, 'SalesSequence__c', {
    ...{ Name: 'Spring outreach', Description__c: 'Three mails in two weeks.', Active__c: true },
  });
  const enrolled = new Map<string, Enrolled>();
  for (const prospect of Object.values(PROSPECTS)) {
    const ownerId = repIds.get(prospect.rep.address)!;
    const person = await createPerson(admin, prospect, ownerId);
    const campaignStatusId = await create(admin, 'CampaignStatus__c', {
      ...{ SalesSequence__c: sequence, OwnerId: ownerId, ...person.lookups },
      EnrolledAt__c: new Date(Date.now() - DAY_MS).toISOString(),
      NextStepAt__c: new Date(Date.now() + 3 * DAY_MS).toISOString(),
    });
    enrolled.set(prospect.address, { ownerId, personId: person.id, campaignStatusId });
  }
  return enrolled;
}

async function createPerson(
  admin: Connection,
  { object, firstName, lastName, address, company }: Prospect,
  OwnerId: string,
): Promise<{ id: string; lookups: Record<string, string> }> {
  const person = { FirstName: firstName, LastName: lastName, Email: address, OwnerId };
  if (object === 'Lead') {
    const id = await create(admin, 'Lead', { ...person, Company: company });
    return { id, lookups: { Lead__c: id } };
  }
  const AccountId = await create(admin, 'Account', { Name: company, OwnerId });
  const id = await create(admin, 'Contact', { ...person, AccountId });
  return { id, lookups: { Contact__c: id, Account__c: AccountId } };
}

/** One request for the mail and its recipients: a reader that saw the mail alone would not know whom it was sent to. */
async function insertTrackedEmail(
  mailing: Connection,
  prospect: Prospect,
  messageId: string,
  { ownerId, personId, campaignStatusId }: Enrolled,
): Promise<void> {
  const sobjects = `/services/data/v${API_VERSION}/sobjects`;
  const email = {
    ...{ MessageKey__c: messageId, Subject__c: prospect.subject, SenderAddress__c: prospect.rep.address },
    ...{ SentAt__c: new Date().toISOString(), Source__c: 'Salesforce', OwnerId: ownerId },
  };
  const lookups = { [`${prospect.object}__c`]: personId, CampaignStatus__c: campaignStatusId };
  const recipients = [
    { Address__c: prospect.address, Role__c: 'To', ...lookups },
    ...(prospect.copyTo === undefined ? [] : [{ Address__c: prospect.copyTo, Role__c: 'Cc' }]),
  ].map((recipient, index) => {
    const RecipientKey__c = createHash('sha256').update(`${messageId}\n${recipient.Address__c}`).digest('hex');
    const body = { ...recipient, RecipientKey__c, TrackedEmail__c: '@{email.id}' };
    return { method: 'POST', url: `${sobjects}/TrackedRecipient__c`, referenceId: `recipient${index}`, body };
  });
  const { compositeResponse } = await mailing.requestPost<CompositeAnswer>('/composite', {
    allOrNone: true,
    compositeRequest: [
      { method: 'POST', url: `${sobjects}/TrackedEmail__c`, referenceId: 'email', body: email },
      ...recipients,
    ],
  });
  const refused = compositeResponse.filter(({ httpStatusCode }) => httpStatusCode !== 201);
  if (refused.length > 0) throw new Error(`The org refused a TrackedEmail__c: ${JSON.stringify(refused)}`);
}

interface CompositeAnswer {
  readonly compositeResponse: readonly { readonly httpStatusCode: number; readonly body: unknown }[];
}
