import { expect } from 'chai';
import { randomUUID } from 'node:crypto';

import type { ConnectRequest } from '../../connector/src/facade.ts';
import { mail } from '../contract/sample-mail.ts';
import { APPLICATION_CERTIFICATE, registeredCertificate } from '../fixtures/application-certificate.ts';
import { startDovecot } from '../servers/dovecot.ts';
import { openImapAccount } from '../servers/imap-account.ts';
import { requireServer } from '../servers/require-server.ts';
import { startEwsSimulator, type EwsSimulator } from '../simulators/ews/ews-simulator.ts';
import { startGmailSimulator } from '../simulators/gmail/gmail-simulator.ts';
import { startGraphSimulator } from '../simulators/graph/graph-simulator.ts';
import { connectMailbox, startConnector, type ConnectorProcess } from './connector-process.ts';
import { startSalesStage, type Prospect, type SalesStage } from './sales-stage.ts';

const PASSWORD = 'password-of-the-rep';

/** The rep's mailbox at the provider that it moves to. */
interface NewHome {
  store(raw: string, place: 'inbox' | 'sent'): Promise<unknown>;
  readonly connecting: Pick<ConnectRequest, 'settings' | 'credential'>;
  /** Requests that the provider would not have answered. */
  readonly violations: readonly string[];
  close(): Promise<void>;
}

async function openGraphHome(rep: string): Promise<NewHome> {
  const clientId = 'f1a2b3c4-0000-4000-8000-000000000002';
  const graph = await startGraphSimulator();
  graph.user(rep);
  graph.application({ clientId, certificate: registeredCertificate(), roles: ['Mail.ReadBasic.All'] });
  const { tenantId, rootUrl, loginUrl, violations } = graph;
  const { certificate, privateKey } = APPLICATION_CERTIFICATE;
  return {
    store: (raw, place) =>
      Promise.resolve(graph.deliver(rep, raw, { folder: place === 'sent' ? 'sentitems' : 'inbox' })),
    connecting: {
      settings: { provider: 'graph', address: rep, tenantId, rootUrl, loginUrl, pollSeconds: 0.2 },
      credential: { kind: 'certificate', clientId, certificate, privateKey },
    },
    violations,
    close: () => graph.close(),
  };
}

async function openGmailHome(rep: string): Promise<NewHome> {
  const gmail = await startGmailSimulator({ rewriting: 'keep' });
  gmail.mailbox(rep, { token: 'token-of-the-rep', scopes: ['https://www.googleapis.com/auth/gmail.metadata'] });
  const { rootUrl, violations } = gmail;
  return {
    store: (raw, place) => Promise.resolve(gmail.deliver(rep, raw, place === 'sent' ? { labels: ['SENT'] } : {})),
    connecting: {
      settings: { provider: 'gmail', address: rep, rootUrl, pollSeconds: 0.2 },
      credential: { kind: 'accessToken', accessToken: 'token-of-the-rep' },
    },
    violations,
    close: () => gmail.close(),
  };
}

async function openImapHome(rep: string, context: Mocha.Context): Promise<NewHome> {
  requireServer(context, 'dovecot');
  const { host, port, password, ...dovecot } = await startDovecot();
  const account = await openImapAccount({ ...dovecot, host, port, password }, rep);
  return {
    store: (raw, place) => account.append(raw, { folder: place === 'sent' ? 'Sent' : 'INBOX' }),
    connecting: {
      settings: { provider: 'imap', address: rep, host, port, secure: false },
      credential: { kind: 'password', password },
    },
    violations: [],
    close: () => account.close(),
  };
}

const HOMES = [
  ['Microsoft 365', openGraphHome],
  ['Gmail', openGmailHome],
  ['an IMAP server', openImapHome],
] as const;

for (const [name, openHome] of HOMES) {
  describe(`Moving a mailbox from Exchange Server to ${name}`, function () {
    this.timeout(90_000);
    const rep = `rep.${randomUUID().slice(0, 8)}@example.test`;
    let exchange: EwsSimulator;
    let home: NewHome;
    let stage: SalesStage;
    let connector: ConnectorProcess;

    before(async function () {
      home = await openHome(rep, this);
      exchange = await startEwsSimulator();
      exchange.mailbox(rep, { user: rep, password: PASSWORD });
      stage = await startSalesStage(rep);
      await connectMailbox(stage.variables, {
        settings: { provider: 'ews', address: rep, url: exchange.url, authentication: 'basic' },
        credential: { kind: 'password', password: PASSWORD },
      });
      connector = await startConnector(stage.variables);
    });

    after(async () => {
      await connector?.stop();
      await stage?.close();
      await exchange?.close();
      await home?.close();
    });

    const newId = (): string => `<${randomUUID()}@example.org>`;
    const offerTo = ({ address }: Prospect, id: string): string => mail({ id, from: rep, to: address });
    const answerOf = ({ address }: Prospect, inReplyTo: string): string =>
      mail({ id: newId(), from: address, to: rep, subject: 'Re: Your offer', inReplyTo });
    const task = (prospect: Prospect): Promise<unknown> => stage.tasks(prospect, 1, () => connector.log());

    it('keeps its place: nothing is missed and nothing doubled', async () => {
      const prospects = [await stage.enrol(), await stage.enrol(), await stage.enrol(), await stage.enrol()] as const;
      const [read, unread, during, after] = prospects;
      const offers = new Map(prospects.map((prospect) => [prospect, newId()]));
      const offer = (prospect: Prospect): string => offerTo(prospect, offers.get(prospect)!);
      const answers = new Map(prospects.map((prospect) => [prospect, answerOf(prospect, offers.get(prospect)!)]));
      for (const prospect of prospects) exchange.deliver(rep, offer(prospect), { folder: 'sentitems' });
      exchange.deliver(rep, answers.get(read)!);
      await task(read);

      // The admin shuts the connector out and carries everything over; what comes meanwhile has not been read.
      exchange.revoke(rep);
      exchange.deliver(rep, answers.get(unread)!);
      for (const prospect of prospects) await home.store(offer(prospect), 'sent');
      for (const prospect of [read, unread]) await home.store(answers.get(prospect)!, 'inbox');
      const moving = connectMailbox(stage.variables, { ...home.connecting, replace: true });
      await home.store(answers.get(during)!, 'inbox');
      await moving;
      await Promise.all([task(unread), task(during)]);
      await home.store(answers.get(after)!, 'inbox');
      await task(after);

      const tasks = await Promise.all(prospects.map((prospect) => stage.tasksNow(prospect)));
      expect(tasks.map((found) => found.length)).to.deep.equal([1, 1, 1, 1]);
      const statuses = await Promise.all(prospects.map((prospect) => stage.status(prospect)));
      expect(statuses.map(({ Status__c }) => Status__c)).to.deep.equal(['Replied', 'Replied', 'Replied', 'Replied']);
      const { totalSize } = await stage.admin.query('SELECT COUNT() FROM TrackedEmail__c');
      expect(totalSize).to.equal(prospects.length);
    });

    it('asks neither provider nor Salesforce for what these would not answer', () => {
      expect(exchange.violations).to.deep.equal([]);
      expect(home.violations).to.deep.equal([]);
      expect(stage.org.notSimulated).to.deep.equal([]);
    });
  });
}
