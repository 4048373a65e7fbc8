import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';

import { buildPlugin } from '../connector/commands/built-plugin.ts';
import { until } from '../servers/poll.ts';

const ROOT = join(import.meta.dirname, '../..');
const SF = join(ROOT, 'node_modules/@salesforce/cli/bin/run.js');

/** What a command of the CLI printed with `--json`. */
export interface SfAnswer<Result = Record<string, unknown>> {
  readonly exitCode: number | null;
  readonly result: Result;
  readonly name?: string;
  readonly message?: string;
  readonly actions?: readonly string[];
  readonly warnings: readonly string[];
  /** Everything that it printed. */
  readonly text: string;
}

/** A command that works on until it is stopped. */
export interface SfProcess {
  readonly text: () => string;
  /** Waits until it has printed this. */
  says(words: string): Promise<void>;
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

/** The real Salesforce CLI with this project's plugin linked into it, and a home of its own. */
export interface SfCli {
  readonly home: string;
  /** Runs a command with `--json`. */
  run<Result>(args: readonly string[], input?: string): Promise<SfAnswer<Result>>;
  /** Runs a command as a person sees it, and gives what it printed on both streams. */
  show(args: readonly string[]): Promise<string>;
  start(args: readonly string[]): SfProcess;
  close(): Promise<void>;
}

/** Builds the plugin and links it; `variables` are the environment of every command. */
export async function openSfCli(variables: Readonly<Record<string, string>>): Promise<SfCli> {
  buildPlugin();
  const home = await mkdtemp(join(tmpdir(), 'sf-home-'));
  const env = {
    PATH: process.env.PATH ?? '',
    HOME: home,
    SF_DISABLE_TELEMETRY: 'true',
    SF_DISABLE_AUTOUPDATE: 'true',
    SF_SKIP_NEW_VERSION_CHECK: 'true',
    SF_USE_GENERIC_UNIX_KEYCHAIN: 'true',
    NO_COLOR: '1',
    ...variables,
  };
  const begin = (args: readonly string[], stdin: 'pipe' | 'ignore'): ChildProcess =>
    spawn(process.execPath, [SF, ...args], { cwd: home, env, stdio: [stdin, 'pipe', 'pipe'] });
  const show = async (args: readonly string[]): Promise<string> => {
    const printed = gather(begin(args, 'ignore'));
    await printed.ended;
    return printed.text();
  };
  const linked = await show(['plugins', 'link', join(ROOT, 'connector'), '--no-install']);
  if (!(await show(['plugins'])).includes('sf-plugin-reply-tracking')) throw new Error(linked);
  return {
    home,
    show,
    run: async <Result>(args: readonly string[], input?: string) => {
      const child = begin([...args, '--json'], input === undefined ? 'ignore' : 'pipe');
      child.stdin?.end(input);
      const answer = json(child.stdout!) as Promise<Omit<SfAnswer<Result>, 'exitCode' | 'text'>>;
      const printed = gather(child);
      await printed.ended;
      return { ...(await answer), exitCode: child.exitCode, text: printed.text() };
    },
    start: (args) => {
      const child = begin(args, 'ignore');
      const kill = (): void => void child.kill('SIGKILL');
      process.once('exit', kill);
      const printed = gather(child);
      return {
        text: printed.text,
        says: (words) =>
          until(`"${words}" from sf ${args.join(' ')}`, () => {
            if (child.exitCode !== null) throw new Error(`It ended with code ${child.exitCode}:\n${printed.text()}`);
            return Promise.resolve(printed.text().includes(words));
          }).then(() => undefined),
        stop: async (signal = 'SIGTERM') => {
          process.off('exit', kill);
          child.kill(signal);
          await printed.ended;
          return child.exitCode;
        },
      };
    },
    close: () => rm(home, { recursive: true, force: true }),
  };
}

function gather(child: ChildProcess): { readonly text: () => string; readonly ended: Promise<unknown> } {
  const pieces: string[] = [];
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (text: string) => pieces.push(text));
  return { text: () => pieces.join(''), ended: once(child, 'close') };
}
