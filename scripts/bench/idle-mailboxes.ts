import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';

import { readConfig } from '../../connector/src/config.ts';
import { openStoredCredentials } from '../../connector/src/connect/stored-credentials.ts';
import type { ConnectRequest } from '../../connector/src/facade.ts';
import type { Database } from '../../connector/src/store/database.ts';
import { openPostgresDatabase } from '../../connector/src/store/postgres-database.ts';
import { openStore } from '../../connector/src/store/postgres-store.ts';
import { selectKeySource } from '../../connector/src/vault/select-key-source.ts';
import {
  startScriptedImapServer,
  type ScriptedImapServer,
} from '../../test/connector/mailbox/imap/scripted-imap-server.ts';
import { APPLICATION_CERTIFICATE, registeredCertificate } from '../../test/fixtures/application-certificate.ts';
import { startSalesStage, type SalesStage } from '../../test/journeys/sales-stage.ts';
import { freePort } from '../../test/servers/free-port.ts';
import { startPostgresql } from '../../test/servers/postgresql.ts';
import { reasonAgainst } from '../../test/servers/require-server.ts';
import { startGraphSimulator, type GraphSimulator } from '../../test/simulators/graph/graph-simulator.ts';
import { scaled, type Measured, type Skipped, type Surroundings } from './benchmark.ts';
import type { MemoryReport } from './report-memory.ts';
import { engineOf } from './stores.ts';

const FEW = 100;
const MANY = 1_000;
const GOAL_BYTES = 150 * 1024;
const MAIN = join(import.meta.dirname, '../../connector/src/main.ts');
const REPORT_MEMORY = join(import.meta.dirname, 'report-memory.ts');
const ORIGIN = 'https://replies.example.com';
const CLIENT = 'f1a2b3c4-0000-4000-8000-000000000003';
/** After the last work: sockets and tables of the code that was compiled for it come to rest. */
const REST_MS = 10_000;
const LOOK_MS = 1_000;

/** What an IMAP server says of an inbox that holds nothing. */
const EMPTY = {
  STATUS: '* STATUS INBOX (MESSAGES 0 UIDNEXT 1 UIDVALIDITY 7)\r\nTAG OK\r\n',
  EXAMINE: '* 0 EXISTS\r\n* OK [UIDVALIDITY 7]\r\n* OK [UIDNEXT 1]\r\nTAG OK [READ-ONLY]\r\n',
  'UID SEARCH': '* SEARCH\r\nTAG OK\r\n',
};

interface Providers {
  readonly imap: ScriptedImapServer;
  readonly graph: GraphSimulator;
}

/**
 * What a process of the service holds for each idle mailbox: the slope of its memory from few mailboxes to many. Half of
 * them wait on a connection of their own (IMAP IDLE), half are told of by notification (Microsoft Graph).
 */
export async function measureIdleMailboxes(surroundings: Surroundings): Promise<Measured | Skipped> {
  const missing = reasonAgainst('postgresql');
  if (missing !== undefined) return { skipped: missing };
  const { belongings, progress } = surroundings;
  const port = await freePort();
  const reach = (url: string): string => url.replace(ORIGIN, `http://127.0.0.1:${port}`);
  const providers = {
    imap: await startScriptedImapServer(EMPTY),
    graph: await startGraphSimulator({ reach, requestsPerTenMinutes: Infinity }),
  };
  belongings.defer(() => providers.imap.stop());
  belongings.defer(() => providers.graph.close());
  providers.graph.application({
    ...{ clientId: CLIENT, certificate: registeredCertificate(), roles: ['Mail.ReadBasic.All'] },
  });
  const stage = await startSalesStage('rep@example.test');
  belongings.defer(() => stage.close());
  const databaseUrl = await (await startPostgresql()).createDatabase();
  const database = await openPostgresDatabase(databaseUrl);
  belongings.defer(() => database.close());
  const variables = {
    ...stage.variables,
    DATABASE_URL: databaseUrl,
    REPLY_TRACKING_CONNECTIONS_PER_HOST: String(MANY),
    REPLY_TRACKING_NOTIFICATION_URL: `${ORIGIN}/told`,
    REPLY_TRACKING_NOTIFICATION_PORT: String(port),
  };
  const [few, many] = [scaled(FEW, surroundings, 10), scaled(MANY, surroundings, 20)];
  const connect = await connecting(database, providers, stage, variables);
  await connect(0, few);
  const withFew = await memoryOf(few, variables, providers, database, progress);
  await connect(few, many);
  const withMany = await memoryOf(many, variables, providers, database, progress);
  const slope = (of: keyof MemoryReport): number => (withMany[of] - withFew[of]) / (many - few);
  const kilobytes = (bytes: number): string => `${(bytes / 1024).toFixed(1)} KB`;
  return {
    ratio: Math.max(slope('resident'), slope('heap')) / GOAL_BYTES,
    words: `${kilobytes(slope('resident'))} resident and ${kilobytes(slope('heap'))} of heap a mailbox, from ${few} to ${many} mailboxes`,
    detail: { few, many, withFew, withMany, engine: await engineOf(database) },
  };
}

/** Stores mailboxes from number `from` on, every other one at IMAP, as connecting one by one would have. */
async function connecting(
  database: Database,
  { imap, graph }: Providers,
  { userId: ownerId }: SalesStage,
  variables: Readonly<Record<string, string>>,
): Promise<(from: number, to: number) => Promise<void>> {
  const store = await openStore(database);
  const { masterKey, dataFolder } = readConfig(variables);
  const credentials = openStoredCredentials(store, () => selectKeySource(masterKey, dataFolder, store.installationId));
  const { certificate, privateKey } = APPLICATION_CERTIFICATE;
  const { tenantId, rootUrl, loginUrl } = graph;
  const requestFor = (number: number): Pick<ConnectRequest, 'settings' | 'credential'> => {
    const address = `rep-${number}@example.test`;
    if (number % 2 === 0) {
      return {
        settings: { provider: 'imap', address, host: '127.0.0.1', port: imap.port, secure: false },
        credential: { kind: 'password', password: 'secret' },
      };
    }
    graph.user(address);
    return {
      settings: { provider: 'graph', address, tenantId, rootUrl, loginUrl },
      credential: { kind: 'certificate', clientId: CLIENT, certificate, privateKey },
    };
  };
  return async (from, to) => {
    for (let number = from; number < to; number += 1) {
      const { settings, credential } = requestFor(number);
      const { provider, address } = settings;
      await credentials.seal(credential, { provider, address }, (sealed) =>
        store.connectMailbox({
          ...{ provider, address, settings, credential: sealed, ownerId, readSince: new Date() },
        }),
      );
    }
  };
}

/** Runs the service until every mailbox is connected, has been read and nothing is left to do. */
async function memoryOf(
  mailboxes: number,
  variables: Readonly<Record<string, string>>,
  { imap, graph }: Providers,
  database: Database,
  progress: Surroundings['progress'],
): Promise<MemoryReport> {
  const child = spawn(process.execPath, ['--import', REPORT_MEMORY, MAIN], {
    env: { PATH: process.env.PATH ?? '', ...variables, REPLY_TRACKING_LOG_LEVEL: 'warn' },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const kill = (): boolean => child.kill('SIGKILL');
  process.once('exit', kill);
  try {
    for (;;) {
      const [watched, idle, subscribed] = [await countWatched(database), imap.open, graph.subscriptions.all.size];
      progress(`of ${mailboxes} mailboxes ${watched} watched, ${idle} on a connection, ${subscribed} told of`);
      if (watched + idle + subscribed === 2 * mailboxes && (await countJobs(database)) === 0) break;
      if (child.exitCode !== null) throw new Error(`The service ended with code ${child.exitCode}.`);
      await sleep(LOOK_MS);
    }
    await sleep(REST_MS);
    return await report(child);
  } finally {
    process.off('exit', kill);
    if (child.exitCode === null) {
      child.kill('SIGTERM');
      await once(child, 'exit');
    }
  }
}

async function report(child: ChildProcess): Promise<MemoryReport> {
  child.send('report');
  const [told] = (await once(child, 'message')) as [MemoryReport];
  return told;
}

/** Those that are watched and have been read to their end. */
async function countWatched(database: Database): Promise<number> {
  const [row] = await database.query<{ count: string }>(
    'select count(*) from mailbox_watch join mailbox on mailbox.id = mailbox_id where caught_up_at is not null',
  );
  return Number(row?.count);
}

/** Those that are due or under way. */
async function countJobs(database: Database): Promise<number> {
  const [row] = await database.query<{ count: string }>(
    `select count(*) from pgboss.job where name in ('sync', 'renew') and
       (state = 'active' or (state in ('created', 'retry') and start_after <= now()))`,
  );
  return Number(row?.count);
}
