import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

const START_DEADLINE_MS = 30_000;
const STOP_DEADLINE_MS = 10_000;
const POLL_MS = 25;

/** What has to be stopped after the last test, newest first. */
const running: (() => Promise<void>)[] = [];

/** Registers what ends a server; `stopServers` calls it after the last test. */
export function stopAfterTests(stop: () => Promise<void>): void {
  running.unshift(stop);
}

/** Stops every server that the tests of this process started. */
export async function stopServers(): Promise<void> {
  for (const stop of running.splice(0)) await stop();
}

export interface ServerCommand {
  readonly command: string;
  readonly args: readonly string[];
  /** The loopback port that accepts connections once the server is ready. */
  readonly port: number;
  /** The signal that makes it stop in good order. */
  readonly stopSignal?: NodeJS.Signals;
  /** Where it writes its log; the end of it explains a failed start. */
  readonly readLog: () => Promise<string>;
}

/**
 * Starts a server in the foreground and waits until its port answers. It is stopped after the last test, and by the
 * kernel if this process dies (setpriv --pdeathsig), so that no server outlives its tests.
 */
export async function startServer(server: ServerCommand): Promise<ChildProcess> {
  const child = spawn('setpriv', ['--pdeathsig', 'TERM', server.command, ...server.args], {
    stdio: 'ignore',
    detached: true,
  });
  const failed = once(child, 'error').then(([error]) => Promise.reject(error as Error));
  failed.catch(() => undefined);
  stopAfterTests(() => stopProcess(child, server.stopSignal ?? 'SIGTERM'));
  const deadline = Date.now() + START_DEADLINE_MS;
  while (!(await Promise.race([failed, answers(server.port)]))) {
    if (child.exitCode !== null || Date.now() > deadline) {
      const log = await server.readLog().catch(() => '(no log)');
      throw new Error(
        `${server.command} did not start on port ${server.port}. The end of its log:\n${log.slice(-2000)}`,
      );
    }
    await pause(POLL_MS);
  }
  return child;
}

async function stopProcess(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill(signal);
  const killer = setTimeout(() => child.kill('SIGKILL'), STOP_DEADLINE_MS);
  await ended;
  clearTimeout(killer);
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const settle = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => settle(true)).once('error', () => settle(false));
  });
}
