import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { openFacade } from '../../connector/src/connector.ts';

const MAIN = join(import.meta.dirname, '../../connector/src/main.ts');
/** Lines of the log that are kept to explain a failure. */
const LINES_KEPT = 20;
/** After this time a connector that was asked to stop is killed. */
const STOP_MS = 15_000;

/** The connector as a process of its own. */
export interface RunningConnector {
  readonly pid: number;
  /** Rejects when the process ends without having been asked to. Never resolves. */
  readonly failure: Promise<never>;
  /** Asks it to finish what is under way, and waits until the process has ended. */
  stop(): Promise<void>;
}

/** What the connector is told; it knows nothing else of the story. */
export interface ConnectorSettings {
  readonly dataFolder: string;
  readonly instanceUrl: string;
  readonly salesforceToken: string;
  readonly gmailUrl: string;
  /** Port of the health page. */
  readonly healthPort: number;
  readonly mailboxes: readonly { readonly address: string; readonly accessToken: string }[];
}

/**
 * Starts `node connector/src/main.ts` with nothing but environment variables, on an embedded database. The last lines
 * of its log are kept in `log`.
 */
export function runConnector(settings: ConnectorSettings, log: string[]): RunningConnector {
  // A group of its own: Ctrl-C in the terminal reaches the story alone, which then stops the connector in order.
  const child = spawn(process.execPath, [MAIN], {
    env: environmentOf(settings),
    stdio: ['ignore', 'ignore', 'pipe'],
    detached: true,
    windowsHide: true,
  });
  createInterface({ input: child.stderr }).on('line', (line) => {
    log.push(line);
    if (log.length > LINES_KEPT) log.shift();
  });
  const kill = (): boolean => child.kill('SIGKILL');
  process.once('exit', kill);
  child.once('exit', () => process.off('exit', kill));
  let stopping = false;
  const failure = endOf(child).then((how) => {
    if (stopping) return new Promise<never>(() => {});
    throw new Error(`The connector ended by itself: ${how}.`);
  });
  failure.catch(() => {});
  return {
    pid: child.pid ?? 0,
    failure,
    stop: async () => {
      stopping = true;
      await stop(child);
    },
  };
}

async function endOf(child: ChildProcess): Promise<string> {
  const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
  return signal ?? `exit code ${code}`;
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const impatience = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
  await ended;
  clearTimeout(impatience);
}

/** Connects the mailboxes, as `sf reply mailbox connect` does. */
export async function connectMailboxes(settings: ConnectorSettings): Promise<void> {
  const { facade, close } = await openFacade({ variables: environmentOf(settings), needsSalesforce: true });
  try {
    for (const { address, accessToken } of settings.mailboxes) {
      await facade.connectMailbox(
        {
          settings: { provider: 'gmail', address, rootUrl: settings.gmailUrl, pollSeconds: 0.5 },
          credential: { kind: 'accessToken', accessToken },
        },
        () => undefined,
      );
    }
  } finally {
    await close();
  }
}

/** Nothing of the caller's own settings may reach it: a DATABASE_URL there is meant for other data. */
function environmentOf(settings: ConnectorSettings): Record<string, string> {
  // Windows finds its own network libraries by this variable.
  const { SystemRoot } = process.env;
  return {
    ...(SystemRoot !== undefined && { SystemRoot }),
    SALESFORCE_INSTANCE_URL: settings.instanceUrl,
    SALESFORCE_ACCESS_TOKEN: settings.salesforceToken,
    REPLY_TRACKING_DATA: settings.dataFolder,
    REPLY_TRACKING_MASTER_KEY_FILE: join(settings.dataFolder, 'master.key'),
    REPLY_TRACKING_HEALTH_PORT: String(settings.healthPort),
    REPLY_TRACKING_PULL_SECONDS: '2',
    REPLY_TRACKING_WRITE_SECONDS: '1',
  };
}
