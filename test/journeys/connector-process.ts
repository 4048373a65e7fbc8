import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

import { openFacade } from '../../connector/src/connector.ts';
import type { ConnectRequest } from '../../connector/src/facade.ts';

const MAIN = join(import.meta.dirname, '../../connector/src/main.ts');

/** The connector as a process of its own, which knows what its environment variables tell it and nothing else. */
export interface ConnectorProcess {
  /** What it has logged so far: one JSON object a line. */
  log(): string;
  /** Ends it as a service manager does and gives the exit code. */
  stop(): Promise<number | null>;
  /** Ends it as a power cut does. */
  kill(): Promise<void>;
}

/** Connects a mailbox as the command does, while nobody serves. */
export async function connectMailbox(variables: Record<string, string>, request: ConnectRequest): Promise<void> {
  const { facade, close } = await openFacade({ variables, needsSalesforce: true });
  try {
    await facade.connectMailbox(request, () => undefined);
  } finally {
    await close();
  }
}

/**
 * Starts the connector and waits until it serves; rejects with its log when it ends before.
 *
 * @param nodeArguments of the Node that runs it
 */
export async function startConnector(
  variables: Record<string, string>,
  nodeArguments: readonly string[] = [],
): Promise<ConnectorProcess> {
  const child = spawn(process.execPath, [...nodeArguments, MAIN], {
    env: { ...surroundings(), ...variables },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const killOnExit = (): void => void child.kill('SIGKILL');
  process.once('exit', killOnExit);
  const lines: string[] = [];
  await serving(child, lines);
  const end = async (signal: NodeJS.Signals): Promise<number | null> => {
    process.off('exit', killOnExit);
    if (child.exitCode === null && child.signalCode === null) {
      const exited = once(child, 'exit');
      child.kill(signal);
      await exited;
    }
    return child.exitCode;
  };
  return {
    log: () => lines.join(''),
    stop: () => end('SIGTERM'),
    kill: async () => void (await end('SIGKILL')),
  };
}

/** What `npm run serve` gives to the service beside what the variables say. */
export function surroundings(): Record<string, string> {
  const { PATH = '', NODE_COMPILE_CACHE } = process.env;
  return { PATH, ...(NODE_COMPILE_CACHE !== undefined && { NODE_COMPILE_CACHE }) };
}

function serving(child: ChildProcess, lines: string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      lines.push(text);
      if (text.includes('"Serving."')) resolve();
    });
    child.on('exit', (code) => reject(new Error(`The connector ended with code ${code}:\n${lines.join('')}`)));
  });
}
