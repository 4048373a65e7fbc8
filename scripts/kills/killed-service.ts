import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import process from 'node:process';
import { text } from 'node:stream/consumers';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { surroundings } from '../../test/journeys/connector-process.ts';

const MAIN = join(import.meta.dirname, '../../connector/src/main.ts');
const FAIL_POINTS = join(import.meta.dirname, 'fail-points.ts');
const TOLD = 3;

/** A paused service is taken for dead by then; so long it goes on when it has woken. */
const PAUSE_MS = 6_000;
const AWAKE_MS = 4_000;

/** Where the service is to be killed: a place of `PLACES`, and the how manieth time it is passed with work in hand. */
export interface Kill {
  readonly place: string;
  readonly nth: number;
  /** SIGSTOP pauses it there, lets it go on after others have taken it for dead, and then kills it wherever it is. */
  readonly signal: 'SIGKILL' | 'SIGSTOP';
}

/** What came of one life of the service. */
export interface Life {
  /** True when it was killed at its place; false when its time was over before, and it was killed wherever it was. */
  readonly atPlace: boolean;
  /** From its start until it had stored the first reply; undefined when it did not come to that. */
  readonly workingAfterMs: number | undefined;
  /** What it logged, when it ended by itself, which it never should. */
  readonly ended: string | undefined;
}

/** Starts the service with the variables and lets it live until it is killed; never longer than `longestMs`. */
export async function liveUntilKilled(
  variables: Readonly<Record<string, string>>,
  { place, nth, signal }: Kill,
  longestMs: number,
): Promise<Life> {
  const begun = performance.now();
  const child = spawn(process.execPath, ['--import', FAIL_POINTS, MAIN], {
    env: { ...surroundings(), ...variables, KILL_AT: place, KILL_ON: String(nth), KILL_WITH: signal },
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
  });
  let workingAfterMs: number | undefined;
  let atPlace = false;
  (child.stdio[TOLD] as Readable).setEncoding('utf8').on('data', (words: string) => {
    if (words.includes('working')) workingAfterMs ??= performance.now() - begun;
    if (!words.includes(place)) return;
    atPlace = true;
    if (signal === 'SIGSTOP') void wakeAndKill(child);
  });
  const log = text(child.stderr!);
  const kill = (): boolean => child.kill('SIGKILL');
  const late = setTimeout(kill, longestMs);
  process.once('exit', kill);
  const [, endedBy] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
  clearTimeout(late);
  process.off('exit', kill);
  return { atPlace, workingAfterMs, ended: endedBy === 'SIGKILL' ? undefined : await log };
}

async function wakeAndKill(child: ChildProcess): Promise<void> {
  await sleep(PAUSE_MS);
  child.kill('SIGCONT');
  await sleep(AWAKE_MS);
  child.kill('SIGKILL');
}

/** A service that nobody kills. */
export interface LivingService {
  readonly pid: number;
  /** Ends it in order and gives its exit code. */
  stop(): Promise<number | null>;
}

/** Starts the service without any kill. */
export function liveOn(variables: Readonly<Record<string, string>>): LivingService {
  const child = spawn(process.execPath, ['--import', FAIL_POINTS, MAIN], {
    env: { ...surroundings(), ...variables },
    stdio: 'ignore',
  });
  return {
    pid: child.pid!,
    async stop() {
      child.kill('SIGTERM');
      const [code] = (await once(child, 'exit')) as [number | null];
      return code;
    },
  };
}
