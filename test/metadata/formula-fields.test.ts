import { expect } from 'chai';
import { Connection } from 'jsforce';
import { join } from 'node:path';
import { assignPermissionSets, deployForceApp } from '../../scripts/deploy-force-app.ts';
import { startLocalOrg, type LocalOrg } from '../simulators/salesforce/local-org.ts';
import { ROOT } from './force-app.ts';

const HOUR_MS = 3_600_000;
const hoursAgo = (hours: number): string => new Date(Date.now() - hours * HOUR_MS).toISOString();

describe('formula fields in force-app', () => {
  let org: LocalOrg;
  let connection: Connection;

  before(async () => {
    org = await startLocalOrg();
    connection = new Connection({ instanceUrl: org.url, accessToken: org.accessToken, version: '67.0' });
    await deployForceApp(connection, join(ROOT, 'force-app/main'));
    await assignPermissionSets(connection, org.userId, ['ReplyTrackingAdmin', 'ReplyTrackingConnector']);
  });

  after(() => org.close());

  async function saved(object: string, row: Record<string, unknown>, fields: string): Promise<Record<string, unknown>> {
    const { id = '' } = await connection.sobject(object).create(row);
    const { records } = await connection.query<Record<string, unknown>>(
      `SELECT ${fields} FROM ${object} WHERE Id = '${id}'`,
    );
    return records[0] ?? {};
  }

  const mails: readonly [string, Record<string, unknown>, unknown, number][] = [
    ['nobody has answered', { SentAt__c: hoursAgo(3) }, null, 0],
    ['a person answered after ninety minutes', { SentAt__c: hoursAgo(3), FirstReplyAt__c: hoursAgo(1.5) }, 1.5, 1],
    ['the clocks put the answer before the mail', { SentAt__c: hoursAgo(1), FirstReplyAt__c: hoursAgo(2) }, 0, 1],
    ['it is not known when the mail was sent', { FirstReplyAt__c: hoursAgo(2) }, null, 1],
  ];
  for (const [title, row, hours, answered] of mails) {
    it(`tell the hours to the first reply and whether there is one when ${title}`, async () => {
      const mail = { MessageKey__c: `${title.replaceAll(' ', '-')}@seller.example`, ...row };
      const { FirstReplyHours__c, Answered__c } = await saved(
        'TrackedEmail__c',
        mail,
        'FirstReplyHours__c, Answered__c',
      );
      expect(FirstReplyHours__c).to.equal(hours);
      expect(Answered__c).to.equal(answered);
    });
  }

  const FINE = { State__c: 'Active', LagMinutes__c: 30, ReportedAt__c: hoursAgo(1) };
  const mailboxes: readonly [string, Record<string, unknown>, boolean][] = [
    ['is read, half an hour behind at most, and reported lately', FINE, false],
    ['has just been connected and has not been reported yet', { State__c: 'Active' }, false],
    ['refuses the login', { ...FINE, State__c: 'Reconnect' }, true],
    ['is disconnected', { ...FINE, State__c: 'Disconnected' }, true],
    ['has no state', { ...FINE, State__c: null }, true],
    ['is 31 minutes behind', { ...FINE, LagMinutes__c: 31 }, true],
    ['has not been reported for longer than two hours', { ...FINE, ReportedAt__c: hoursAgo(2.1) }, true],
  ];
  for (const [title, row, inTrouble] of mailboxes) {
    it(`call a mailbox ${inTrouble ? 'in trouble' : 'well'} that ${title}`, async () => {
      const mailbox = { Name: 'rep@seller.example', Address__c: 'rep@seller.example', ...row };
      const { InTrouble__c } = await saved('ConnectedMailbox__c', mailbox, 'InTrouble__c');
      expect(InTrouble__c).to.equal(inTrouble);
    });
  }
});
