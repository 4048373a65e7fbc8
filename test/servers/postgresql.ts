import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chown, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { freePort } from './free-port.ts';
import { until } from './poll.ts';
import { postgresqlPrograms } from './require-server.ts';
import { startServer, stopAfterTests } from './server-process.ts';

const run = promisify(execFile);

/** A real PostgreSQL on loopback, with fsync on as in production. */
export interface Postgresql {
  /** Connection URL of the maintenance database; trusted on loopback, no password. */
  readonly url: string;
  /** Creates an empty database and gives its connection URL; it goes when the server goes. */
  createDatabase(): Promise<string>;
}

let started: Promise<Postgresql> | undefined;

/** Starts PostgreSQL at the first call of the run; later calls give the same server. */
export function startPostgresql(): Promise<Postgresql> {
  started ??= start();
  return started;
}

async function start(): Promise<Postgresql> {
  const programs = postgresqlPrograms();
  if (!programs) throw new Error('PostgreSQL is not installed; call requireServer first.');
  const root = await mkdtemp(join(tmpdir(), 'postgresql-'));
  stopAfterTests(() => rm(root, { recursive: true, force: true }));
  const data = join(root, 'data');
  const port = await freePort();
  const asServerUser = await serverUser(root);
  await run(...asServerUser(join(programs, 'initdb'), initArguments(data)), { cwd: root });
  const [command, args] = asServerUser(join(programs, 'postgres'), serverArguments(data, root, port));
  await startServer({
    command,
    args,
    port,
    stopSignal: 'SIGINT',
    readLog: () => readFile(join(data, 'server.log'), 'utf8'),
  });
  // The port answers a moment before the server takes connections.
  const ready = (): Promise<boolean> =>
    run(join(programs, 'pg_isready'), ['-h', '127.0.0.1', '-p', String(port)]).then(
      () => true,
      () => false,
    );
  await until('PostgreSQL', ready, 30_000);
  const urlOf = (database: string): string => `postgresql://postgres@127.0.0.1:${port}/${database}`;
  return {
    url: urlOf('postgres'),
    async createDatabase() {
      const name = `test_${randomBytes(6).toString('hex')}`;
      await run(join(programs, 'createdb'), ['-h', '127.0.0.1', '-p', String(port), '-U', 'postgres', name]);
      return urlOf(name);
    },
  };
}

type Wrap = (command: string, args: string[]) => [string, string[]];

/** PostgreSQL refuses to run as root: then its programs run as the system user postgres, who owns the folder. */
async function serverUser(root: string): Promise<Wrap> {
  if (process.getuid?.() !== 0) return (command, args) => [command, args];
  const idOf = async (flag: string): Promise<number> => Number((await run('id', [flag, 'postgres'])).stdout);
  const [uid, gid] = [await idOf('-u'), await idOf('-g')];
  await chown(root, uid, gid);
  const change = [`--reuid=${uid}`, `--regid=${gid}`, '--clear-groups', '--pdeathsig', 'INT'];
  return (command, args) => ['setpriv', [...change, command, ...args]];
}

const initArguments = (data: string): string[] => [
  '-D',
  data,
  '--username=postgres',
  '--auth=trust',
  '--encoding=UTF8',
  '--locale=C',
  '--no-instructions',
];

function serverArguments(data: string, socketFolder: string, port: number): string[] {
  const settings = {
    listen_addresses: '127.0.0.1',
    port,
    unix_socket_directories: socketFolder,
    fsync: 'on',
    logging_collector: 'on',
    log_directory: '.',
    log_filename: 'server.log',
  };
  return ['-D', data, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])];
}
