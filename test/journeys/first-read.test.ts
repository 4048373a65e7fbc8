import { expect } from 'chai';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { openFacade } from '../../connector/src/connector.ts';
import type { Facade, FacadeEvent, MailboxStatus } from '../../connector/src/facade.ts';
import { mail } from '../contract/sample-mail.ts';
import { startDovecot, type Dovecot } from '../servers/dovecot.ts';
import { until } from '../servers/poll.ts';
import { requireServer } from '../servers/require-server.ts';
import { startConnector, type ConnectorProcess } from './connector-process.ts';

const MESSAGES = 20_000;
const OWNER = '005000000000001AAA';
const untold = (): void => undefined;

describe('The first read of a large mailbox', function () {
  this.timeout(120_000);
  const address = `rep.${randomUUID().slice(0, 8)}@example.test`;
  let dovecot: Dovecot;
  let folder: string;
  let variables: Record<string, string>;
  let service: ConnectorProcess | undefined;

  before(async function () {
    requireServer(this, 'dovecot');
    dovecot = await startDovecot();
    await dovecot.fillInbox(address, letters());
    folder = await mkdtemp(join(tmpdir(), 'first-read-'));
    variables = {
      REPLY_TRACKING_DATA: join(folder, 'data'),
      REPLY_TRACKING_MASTER_KEY_FILE: join(folder, 'keys/master.key'),
      REPLY_TRACKING_HEALTH_PORT: '0',
      // Nothing listens there: the mailbox is read all the same.
      SALESFORCE_INSTANCE_URL: 'http://127.0.0.1:9',
      SALESFORCE_ACCESS_TOKEN: '00D000000000001!nobody',
    };
  });
  after(async () => {
    await service?.stop();
    if (folder !== undefined) await rm(folder, { recursive: true });
  });

  function* letters(): Generator<string> {
    for (let number = 1; number <= MESSAGES; number += 1) yield mail({ id: `<filled.${number}@example.net>` });
  }

  const ask = async <T>(question: (facade: Facade) => Promise<T>): Promise<T> => {
    const { facade, close } = await openFacade({ variables, needsSalesforce: false });
    try {
      return await question(facade);
    } finally {
      await close();
    }
  };
  const mailbox = async (): Promise<MailboxStatus> => (await ask((facade) => facade.mailboxes({}, untold)))[0]!;

  it('is announced with the number of messages before anything is stored', async () => {
    const { host, port, password } = dovecot;
    const events: FacadeEvent[] = [];
    const check = await ask((facade) =>
      facade.connectMailbox(
        {
          settings: { provider: 'imap', address, host, port, secure: false },
          credential: { kind: 'password', password },
          ownerId: OWNER,
          since: '2020-01-01T00:00:00Z',
        },
        (event) => events.push(event),
      ),
    );
    expect(check).to.include({ messages: MESSAGES, headerRead: true });
    expect(events).to.deep.include({ type: 'step', text: `Logging in to the mailbox of ${address}` });
    expect(await mailbox()).to.include({ state: 'reading', messagesRead: 0, messagesExpected: MESSAGES });
  });

  it('shows how far it is, and goes on there after it was killed in the middle', async () => {
    service = await startConnector(variables);
    const seen = await until('the first messages', async () => {
      const status = await mailbox();
      return status.messagesRead > 0 && status;
    });
    await service.kill();
    const stopped = await mailbox();
    expect(stopped.messagesRead).to.be.at.least(seen.messagesRead);
    service = await startConnector(variables);
    const done = await until(
      'the end of the first read',
      async () => {
        const status = await mailbox();
        expect(status.messagesRead).to.be.at.least(stopped.messagesRead);
        return status.state === 'active' && status;
      },
      60_000,
    );
    expect(done).to.include({ messagesRead: MESSAGES, messagesExpected: MESSAGES });
  });
});
