import { expect } from 'chai';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { readConfig } from '../../connector/src/config.ts';
import { openConnector } from '../../connector/src/connector.ts';
import { connectMailbox } from '../../connector/src/connect/connect-mailbox.ts';
import type { MailboxCredential } from '../../connector/src/facade.ts';
import { createLogger } from '../../connector/src/logger.ts';
import { openPgliteDatabase } from '../../connector/src/store/pglite-database.ts';
import { openStore } from '../../connector/src/store/postgres-store.ts';
import { fileKeySource } from '../../connector/src/vault/file-key-source.ts';
import { openKeyRing } from '../../connector/src/vault/key-ring.ts';
import { openVault } from '../../connector/src/vault/vault.ts';
import { memoryMailbox } from '../connector/sync/memory-mailbox.ts';
import { CANARIES, leaksIn, leaksInFolder } from '../connector/vault/canaries.ts';
import { startDovecot } from '../servers/dovecot.ts';
import { until } from '../servers/poll.ts';
import { requireServer } from '../servers/require-server.ts';
import { startConnector } from './connector-process.ts';

const OWNER = '005000000000001AAA';
/** The log cuts an address down to its domain, so that each mailbox has one of its own. */
const domain = (index: number): string => `rep-${index}.example.test`;
const address = (index: number): string => `rep@${domain(index)}`;

describe('Secrets', function () {
  this.timeout(60_000);
  let folder: string;
  let variables: Record<string, string>;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'secrets-'));
    variables = {
      REPLY_TRACKING_DATA: join(folder, 'data'),
      REPLY_TRACKING_MASTER_KEY_FILE: join(folder, 'keys/master.key'),
      REPLY_TRACKING_HEALTH_PORT: '0',
      REPLY_TRACKING_LOG_LEVEL: 'trace',
      SALESFORCE_INSTANCE_URL: 'http://127.0.0.1:9',
      SALESFORCE_ACCESS_TOKEN: `00D000000000001!${CANARIES[0]!.secret}`,
    };
    await plant();
  });
  after(() => rm(folder, { recursive: true }));

  /** Connects a mailbox for each planted secret; nothing listens at their server. */
  async function plant(): Promise<void> {
    const database = await openPgliteDatabase(join(folder, 'data'));
    const store = await openStore(database);
    const source = fileKeySource(join(folder, 'keys/master.key'));
    const ring = await openKeyRing({ source, isAnythingSealed: () => Promise.resolve(false) });
    const vault = openVault<MailboxCredential>({ ring, installationId: store.installationId });
    const connecting = {
      ...{ store, salesforce: undefined, open: () => memoryMailbox(), now: () => new Date() },
      seal: <T>(...[credential, row, save]: Parameters<typeof vault.seal<T>>) => vault.seal(credential, row, save),
    };
    for (const [index, { secret }] of CANARIES.entries()) {
      const settings = { provider: 'imap', address: address(index), host: '127.0.0.1', port: 9, secure: true } as const;
      const request = { settings, credential: { kind: 'password', password: secret } as const, ownerId: OWNER };
      await connectMailbox(request, connecting, () => undefined);
    }
    await store.close();
  }

  it('are in no file of the database, however they could be written there', () => {
    expect(leaksInFolder(join(folder, 'data'))).to.deep.equal([]);
  });

  it('are in no dump of the database', async () => {
    const database = await openPgliteDatabase(join(folder, 'data'));
    const tables = await database.query<{ name: string }>(
      "select table_name as name from information_schema.tables where table_schema = 'public'",
    );
    for (const { name } of tables) {
      const rows = await database.query(`select * from ${name}`);
      expect(leaksIn(JSON.stringify(rows)), name).to.deep.equal([]);
    }
    await database.close();
  });

  it('are in nothing that the service logs while it fails to use them, at the most talkative level', async () => {
    const service = await startConnector(variables);
    try {
      await until('a failure of every mailbox', () =>
        Promise.resolve(CANARIES.every((_, index) => service.log().includes(`@${domain(index)}`))),
      );
    } finally {
      await service.stop();
    }
    expect(leaksIn(service.log())).to.deep.equal([]);
  });

  it('are in no answer of a command', async () => {
    const connector = await openConnector(readConfig(variables), createLogger('silent'));
    const untold = (): void => undefined;
    const answers = [
      await connector.facade.status({}, untold),
      await connector.facade.mailboxes({}, untold),
      await connector.facade.sync({ dryRun: true }, untold),
      await connector.facade.rotateKeys({}, untold),
      await connector.facade.disconnectMailbox({ address: address(0) }, untold),
    ];
    await connector.close();
    expect(answers[1]).to.have.lengthOf(CANARIES.length);
    expect(leaksIn(JSON.stringify(answers))).to.deep.equal([]);
    expect(leaksInFolder(join(folder, 'data'))).to.deep.equal([]);
  });

  it('are in no error of a login that a server refuses', async function () {
    requireServer(this, 'dovecot');
    const { host, port } = await startDovecot();
    const connector = await openConnector(readConfig(variables), createLogger('silent'));
    // All at once: the server lets each that it refuses wait.
    const errors = await Promise.all(
      CANARIES.map(({ secret }, index) =>
        connector.facade
          .checkMailbox(
            {
              settings: { provider: 'imap', address: `new.${index}@example.test`, host, port, secure: false },
              credential: { kind: 'password', password: secret },
              ownerId: OWNER,
            },
            () => undefined,
          )
          .catch((reason: unknown) => reason),
      ),
    );
    for (const [index, error] of errors.entries()) {
      const { name } = CANARIES[index]!;
      expect(error, name).to.be.instanceOf(Error);
      const { message, stack, actions } = error as Error & { actions?: readonly string[] };
      expect(leaksIn(JSON.stringify([message, stack, actions])), name).to.deep.equal([]);
    }
    await connector.close();
  });
});
