import { execFile, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
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
  /**
   * Creates an empty database, or a copy of the one with this URL, to which nobody may be connected; gives its connection
   * URL. It goes when the server goes.
   */
  createDatabase(copied?: string): Promise<string>;
}

/** A PostgreSQL that no other test uses, which may be killed. */
export interface MortalPostgresql extends Postgresql {
  /** Ends it with SIGKILL, as the system does that is out of memory. */
  kill(): Promise<void>;
  /** Starts it again under the same port. */
  restart(): Promise<void>;
}

let started: Promise<Postgresql> | undefined;

/** Starts PostgreSQL at the first call of the run; later calls give the same server. */
export function startPostgresql(): Promise<Postgresql> {
  started ??= startMortalPostgresql();
  return started;
}

/** Starts a server of its own at each call. */
export async function startMortalPostgresql(): Promise<MortalPostgresql> {
  const programs = postgresqlPrograms();
  if (!programs) throw new Error('PostgreSQL is not installed; call requireServer first.');
  const root = await mkdtemp(join(tmpdir(), 'postgresql-'));
  stopAfterTests(() => rm(root, { recursive: true, force: true }));
  const data = join(root, 'data');
  const port = await freePort();
  const asServerUser = await serverUser(root);
  await run(...asServerUser(join(programs, 'initdb'), initArguments(data)), { cwd: root });
  const [command, args] = asServerUser(join(programs, 'postgres'), serverArguments(data, root, port));
  const readLog = (): Promise<string> => readFile(join(data, 'server.log'), 'utf8');
  const startIt = (): Promise<ChildProcess> => startServer({ command, args, port, stopSignal: 'SIGINT', readLog });
  let server = await startIt();
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
    async createDatabase(copied = urlOf('template1')) {
      const name = `test_${randomBytes(6).toString('hex')}`;
      await run(join(programs, 'createdb'), [
        '-h',
        '127.0.0.1',
        '-p',
        String(port),
        '-U',
        'postgres',
        '-T',
        new URL(copied).pathname.slice(1),
        name,
      ]);
      return urlOf(name);
    },
    async kill() {
      const ended = once(server, 'exit');
      server.kill('SIGKILL');
      await ended;
    },
    async restart() {
      // It does not start before the last of its former processes has noticed that the first is gone.
      const again = (): Promise<ChildProcess | undefined> => startIt().catch(() => undefined);
      server = await until('the restart of PostgreSQL', again, 30_000);
      await until('PostgreSQL', ready, 30_000);
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
