import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Connection } from 'jsforce';

import { assignPermissionSets, deployForceApp } from '../../scripts/deploy-force-app.ts';
import { mail } from '../contract/sample-mail.ts';
import { startDovecot, type Dovecot } from '../servers/dovecot.ts';
import { openImapAccount, type ImapAccount } from '../servers/imap-account.ts';
import { until } from '../servers/poll.ts';
import { startPostfix, type Postfix } from '../servers/postfix.ts';
import { requireServer } from '../servers/require-server.ts';
import { sendMail } from '../servers/send-mail.ts';
import { startLocalOrg, type LocalOrg } from '../simulators/salesforce/local-org.ts';
import { connectMailbox, startConnector, type ConnectorProcess } from './connector-process.ts';

const FORCE_APP = join(import.meta.dirname, '../../force-app/main');

/** A Contact in the sequence, with the one CampaignStatus__c of that. */
export interface Prospect {
  readonly contactId: string;
  readonly statusId: string;
  readonly address: string;
}

/** A mail on its way: who wrote it to whom, and what it answers. Message-IDs are with angle brackets. */
export interface Letter {
  readonly from?: string;
  readonly to?: string;
  readonly cc?: string;
  readonly subject?: string;
  readonly inReplyTo?: string;
  readonly extra?: readonly string[];
}

/** A reply as the org holds it. */
export interface ReplyTask {
  readonly Id: string;
  readonly Subject: string;
  readonly ReplyKind__c: string;
  readonly ReplyFrom__c: string | null;
  readonly MatchedBy__c: string;
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

/**
 * A rep with a mailbox on a real Dovecot, prospects who are reached through a real Postfix, and a local org with the
 * package in it.
 */
export interface MailStage {
  readonly dovecot: Dovecot;
  readonly rep: { readonly address: string; readonly userId: string; readonly mailbox: ImapAccount };
  readonly admin: Connection;
  readonly org: LocalOrg;
  /** A folder for whatever the connector keeps; removed in the end. */
  readonly dataFolder: string;
  /** A session of the user that the connector logs in as. */
  readonly connectorToken: string;
  enrol(domain?: string): Promise<Prospect>;
  /** The rep writes: handed to Postfix and kept in Sent, as a mail program does. Gives the Message-ID. */
  repWrites(letter: Letter): Promise<string>;
  /** Somebody writes to the rep, through Postfix. Gives the Message-ID. */
  somebodyWrites(letter: Letter): Promise<string>;
  /** The Tasks of a prospect once there are that many, oldest reply first; `log` tells why there are not. */
  tasks(prospect: Prospect, count: number, log?: () => string): Promise<ReplyTask[]>;
  tasksNow(prospect: Prospect): Promise<ReplyTask[]>;
  status(prospect: Prospect): Promise<Status>;
  /** Waits until the connector has made a mail of the rep a TrackedEmail__c. */
  tracked(messageId: string): Promise<void>;
  close(): Promise<void>;
}

/** The stage with the connector on it, as a process of its own. */
export interface MailWorld extends MailStage {
  readonly connector: ConnectorProcess;
  restartConnector(how: 'stop' | 'kill', meanwhile?: () => Promise<void>): Promise<void>;
  /** Waits until everything that has been written to the rep by now has been read and delivered. */
  settled(): Promise<void>;
}

const bare = (messageId: string): string => messageId.slice(1, -1);
const newId = (domain: string): string => `<${randomUUID()}@${domain}>`;

/** Skips the suite, or fails it where they are required, when the real servers are not there. */
export async function startMailStage(context: Mocha.Context): Promise<MailStage> {
  requireServer(context, 'dovecot');
  requireServer(context, 'postfix');
  const dovecot = await startDovecot();
  const postfix = await startPostfix();
  const org = await startLocalOrg();
  const admin = new Connection({ instanceUrl: org.url, accessToken: org.accessToken, version: '67.0' });
  await deployForceApp(admin, FORCE_APP);
  await assignPermissionSets(admin, org.userId, ['ReplyTrackingAdmin', 'ReplyTrackingConnector']);
  const address = `rep.${randomUUID().slice(0, 8)}@example.test`;
  const userId = await createUser(admin, address, 'ReplyTrackingUser');
  const connectorUserId = await createUser(admin, `connector.${address}`, 'ReplyTrackingConnector');
  const sequenceId = await create(admin, 'SalesSequence__c', { Name: 'Spring' });
  const mailbox = await openImapAccount(dovecot, address);
  const dataFolder = await mkdtemp(join(tmpdir(), 'journey-'));
  const tasksNow = async ({ statusId }: Prospect): Promise<ReplyTask[]> => {
    const { records } = await admin.query<ReplyTask>(
      `SELECT Id, Subject, ReplyKind__c, ReplyFrom__c, MatchedBy__c, Replier__c, IsClosed, OwnerId, WhoId,
         TrackedEmail__r.MessageKey__c
       FROM Task WHERE CampaignStatus__c = '${statusId}' ORDER BY ReplyReceivedAt__c, CreatedDate`.replace(/\s+/g, ' '),
    );
    return records;
  };
  return {
    ...{ dovecot, admin, org, dataFolder, tasksNow },
    rep: { address, userId, mailbox },
    connectorToken: org.openSession(connectorUserId),
    enrol: (domain = 'example.org') => enrol(admin, sequenceId, userId, domain),
    repWrites: (letter) => repWrites(postfix, mailbox, address, letter),
    somebodyWrites: (letter) => somebodyWrites(postfix, address, letter),
    tasks: (prospect, count, log = () => 'nothing') =>
      until(
        `${count} Tasks for ${prospect.address}; the connector says:\n${log()}`,
        async () => {
          const found = await tasksNow(prospect);
          return found.length >= count && found;
        },
        30_000,
      ),
    status: async ({ statusId }) => {
      const { records } = await admin.query<Status>(
        `SELECT Status__c, HaltedByTaskId__c, HaltReason__c, ResumeAt__c, PriorStatus__c FROM CampaignStatus__c WHERE Id = '${statusId}'`,
      );
      return records[0]!;
    },
    tracked: async (messageId) => {
      const soql = `SELECT COUNT() FROM TrackedEmail__c WHERE MessageKey__c = '${bare(messageId)}'`;
      await until(`the mail ${messageId} to be tracked`, async () => (await admin.query(soql)).totalSize === 1);
    },
    close: async () => {
      await mailbox.close();
      await org.close();
      await rm(dataFolder, { recursive: true, force: true });
    },
  };
}

/**
 * The connector keeps its place in the embedded database, or in the PostgreSQL database whose URL is given. Skips as
 * the stage does.
 */
export async function startMailWorld(context: Mocha.Context, databaseUrl?: string): Promise<MailWorld> {
  const stage = await startMailStage(context);
  const { dovecot, dataFolder, org, rep } = stage;
  const variables = {
    REPLY_TRACKING_DATA: dataFolder,
    REPLY_TRACKING_MASTER_KEY_FILE: join(dataFolder, 'keys/master.key'),
    REPLY_TRACKING_HEALTH_PORT: '0',
    REPLY_TRACKING_PULL_SECONDS: '1',
    ...(databaseUrl !== undefined && { DATABASE_URL: databaseUrl }),
    SALESFORCE_INSTANCE_URL: org.url,
    SALESFORCE_ACCESS_TOKEN: stage.connectorToken,
  };
  const { host, port, password } = dovecot;
  await connectMailbox(variables, {
    settings: { provider: 'imap', address: rep.address, host, port, secure: false },
    credential: { kind: 'password', password },
  });
  let connector = await startConnector(variables);
  const tasks: MailStage['tasks'] = (prospect, count) => stage.tasks(prospect, count, () => connector.log());
  return {
    ...stage,
    tasks,
    get connector() {
      return connector;
    },
    restartConnector: async (how, meanwhile) => {
      await connector[how]();
      await meanwhile?.();
      connector = await startConnector(variables);
    },
    settled: async () => {
      const control = await stage.enrol();
      const sent = await stage.repWrites({ to: control.address });
      await stage.somebodyWrites({ from: control.address, inReplyTo: sent });
      await tasks(control, 1);
    },
    close: async () => {
      await connector.stop();
      await stage.close();
    },
  };
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

const addressOf = (field: string): string => /<([^>]+)>/.exec(field)?.[1] ?? field;

async function repWrites(postfix: Postfix, mailbox: ImapAccount, rep: string, letter: Letter): Promise<string> {
  const id = newId('example.test');
  const to = letter.to ?? 'nobody@example.org';
  const raw = rawLetter(id, { ...letter, from: `Rep <${rep}>`, to });
  await mailbox.append(raw, { folder: 'Sent', flags: ['\\Seen'] });
  const recipients = [to, letter.cc].filter((field) => field !== undefined).map(addressOf);
  await sendMail(postfix, { raw, envelope: { from: rep, to: recipients } });
  return id;
}

async function somebodyWrites(postfix: Postfix, rep: string, letter: Letter): Promise<string> {
  const from = letter.from ?? 'somebody@example.net';
  const id = newId(addressOf(from).split('@')[1] ?? 'example.net');
  const raw = rawLetter(id, { to: `Rep <${rep}>`, ...letter, from });
  await sendMail(postfix, { raw, envelope: { from: addressOf(from), to: [rep] } });
  return id;
}

function rawLetter(id: string, { from, to, cc, subject, inReplyTo, extra = [] }: Letter): string {
  return mail({
    id,
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
    ...(subject !== undefined && { subject }),
    ...(inReplyTo !== undefined && { inReplyTo }),
    extra: [...(cc === undefined ? [] : [`Cc: ${cc}`]), ...extra],
  });
}
