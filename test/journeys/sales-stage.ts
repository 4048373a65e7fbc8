import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Connection } from 'jsforce';
import { assignPermissionSets, deployForceApp } from '../../scripts/deploy-force-app.ts';
import { until } from '../servers/poll.ts';
import { startLocalOrg, type LocalOrg, type LocalOrgOptions } from '../simulators/salesforce/local-org.ts';
import { newDataFolder } from '../fixtures/data-folder.ts';

const FORCE_APP = join(import.meta.dirname, '../../force-app/main');

/** A Contact in the sequence, with the one CampaignStatus__c of that. */
export interface Prospect {
  readonly contactId: string;
  readonly statusId: string;
  readonly address: string;
}

/** A reply as the org holds it. */
export interface ReplyTask {
  readonly Id: string;
  readonly Subject: string;
  readonly ReplyKind__c: string;
  readonly ReplyFrom__c: string | null;
  readonly MatchedBy__c: string;
  readonly MatchConfidence__c: string | null;
  readonly Replier__c: string;
  readonly IsClosed: boolean;
  readonly OwnerId: string;
  readonly WhoId: string | null;
  readonly TrackedEmail__r: { readonly MessageKey__c: string } | null;
}

/** The state of one person in the sequence. */
export interface Status {
  readonly Status__c: string;
  readonly HaltedByTaskId__c: string | null;
  readonly HaltReason__c: string | null;
  readonly ResumeAt__c: string | null;
  readonly PriorStatus__c: string | null;
}

/** A rep and prospects in a local org that has the package, and a folder for the connector. */
export interface SalesStage {
  readonly admin: Connection;
  readonly org: LocalOrg;
  /** A folder for whatever the connector keeps; removed in the end. */
  readonly dataFolder: string;
  /** A session of the user that the connector logs in as. */
  readonly connectorToken: string;
  readonly userId: string;
  /** Environment of a connector that works for this org, with its data in the folder. */
  readonly variables: Readonly<Record<string, string>>;
  enrol(domain?: string): Promise<Prospect>;
  /** The Tasks of a prospect once there are that many, oldest reply first; `log` tells why there are not. */
  tasks(prospect: Prospect, count: number, log?: () => string): Promise<ReplyTask[]>;
  tasksNow(prospect: Prospect): Promise<ReplyTask[]>;
  status(prospect: Prospect): Promise<Status>;
  /** Waits until the connector has made a mail of the rep a TrackedEmail__c; with angle brackets. */
  tracked(messageId: string): Promise<void>;
  close(): Promise<void>;
}

/** Gives the rep with this address a user in a new org. */
export async function startSalesStage(address: string, options: LocalOrgOptions = {}): Promise<SalesStage> {
  const org = await startLocalOrg(options);
  const admin = new Connection({ instanceUrl: org.url, accessToken: org.accessToken, version: '67.0' });
  await deployForceApp(admin, FORCE_APP);
  await assignPermissionSets(admin, org.userId, ['ReplyTrackingAdmin', 'ReplyTrackingConnector']);
  const userId = await createUser(admin, address, 'ReplyTrackingUser');
  const connectorUserId = await createUser(admin, `connector.${address}`, 'ReplyTrackingConnector');
  const connectorToken = org.openSession(connectorUserId);
  const sequenceId = await create(admin, 'SalesSequence__c', { Name: 'Spring' });
  const dataFolder = await newDataFolder('journey-');
  const tasksNow = ({ statusId }: Prospect): Promise<ReplyTask[]> => readTasks(admin, statusId);
  return {
    ...{ admin, org, dataFolder, connectorToken, userId, tasksNow },
    variables: {
      REPLY_TRACKING_DATA: dataFolder,
      REPLY_TRACKING_MASTER_KEY_FILE: join(dataFolder, 'keys/master.key'),
      REPLY_TRACKING_HEALTH_PORT: '0',
      REPLY_TRACKING_PULL_SECONDS: '1',
      REPLY_TRACKING_WRITE_SECONDS: '0.2',
      SALESFORCE_INSTANCE_URL: org.url,
      SALESFORCE_ACCESS_TOKEN: connectorToken,
    },
    enrol: (domain = 'example.org') => enrol(admin, sequenceId, userId, domain),
    tasks: (prospect, count, log = () => 'nothing') =>
      until(
        `${count} Tasks for ${prospect.address}; the connector says:\n${log()}`,
        async () => {
          const found = await tasksNow(prospect);
          return found.length >= count && found;
        },
        30_000,
      ),
    status: ({ statusId }) => readStatus(admin, statusId),
    tracked: async (messageId) => {
      const soql = `SELECT COUNT() FROM TrackedEmail__c WHERE MessageKey__c = '${messageId.slice(1, -1)}'`;
      await until(`the mail ${messageId} to be tracked`, async () => (await admin.query(soql)).totalSize === 1, 30_000);
    },
    close: async () => {
      await org.close();
      await rm(dataFolder, { recursive: true, force: true });
    },
  };
}

async function readTasks(admin: Connection, statusId: string): Promise<ReplyTask[]> {
  const { records } = await admin.query<ReplyTask>(
    `SELECT Id, Subject, ReplyKind__c, ReplyFrom__c, MatchedBy__c, MatchConfidence__c, Replier__c, IsClosed, OwnerId,
       WhoId, TrackedEmail__r.MessageKey__c
     FROM Task WHERE CampaignStatus__c = '${statusId}' ORDER BY ReplyReceivedAt__c, CreatedDate`.replace(/\s+/g, ' '),
  );
  return records;
}

async function readStatus(admin: Connection, statusId: string): Promise<Status> {
  const { records } = await admin.query<Status>(
    `SELECT Status__c, HaltedByTaskId__c, HaltReason__c, ResumeAt__c, PriorStatus__c FROM CampaignStatus__c
     WHERE Id = '${statusId}'`.replace(/\s+/g, ' '),
  );
  return records[0]!;
}

async function create(admin: Connection, object: string, record: Record<string, unknown>): Promise<string> {
  const result = await admin.sobject(object).create(record);
  if (!result.success) throw new Error(JSON.stringify(result.errors));
  return result.id;
}

async function createUser(admin: Connection, email: string, permissionSet: string): Promise<string> {
  const { records } = await admin.query<{ Id: string }>("SELECT Id FROM Profile WHERE Name = 'Standard User'");
  const id = await create(admin, 'User', {
    Username: `${email}.org`,
    Email: email,
    LastName: 'Sales',
    Alias: 'sales',
    ProfileId: records[0]?.Id,
    LocaleSidKey: 'en_US',
    LanguageLocaleKey: 'en_US',
    EmailEncodingKey: 'UTF-8',
    TimeZoneSidKey: 'GMT',
  });
  await assignPermissionSets(admin, id, [permissionSet]);
  return id;
}

async function enrol(admin: Connection, sequenceId: string, ownerId: string, domain: string): Promise<Prospect> {
  const address = `lead.${randomUUID().slice(0, 8)}@${domain}`;
  const contactId = await create(admin, 'Contact', { LastName: 'Prospect', Email: address, OwnerId: ownerId });
  const statusId = await create(admin, 'CampaignStatus__c', {
    SalesSequence__c: sequenceId,
    Contact__c: contactId,
    OwnerId: ownerId,
    EnrolledAt__c: new Date(Date.now() - 60_000).toISOString(),
  });
  return { contactId, statusId, address };
}
