import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LocalOrg } from '../local-org.ts';

const SF = new URL('../../../../node_modules/@salesforce/cli/bin/run.js', import.meta.url).pathname;

/** What a command prints with `--json`. */
export interface SfAnswer<Result> {
  readonly status: number;
  readonly name?: string;
  readonly message?: string;
  readonly result: Result;
  /** What a failed command adds to its message. */
  readonly data?: unknown;
}

/** The Salesforce CLI with a home of its own, logged in to a local org. */
export interface SfHome {
  /** Where its commands run. */
  readonly folder: string;
  /** The environment of its commands. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Runs a command with `--json`. */
  run<Result = Record<string, unknown>>(words: string, ...values: string[]): Promise<SfAnswer<Result>>;
  /** The same with further variables in the environment. */
  runWith<Result>(variables: Record<string, string>, words: string, ...values: string[]): Promise<SfAnswer<Result>>;
  /** Runs a command as it is; gives what it prints on standard output. */
  print(words: string, ...values: string[]): Promise<string>;
  close(): Promise<void>;
}

/** Logs in to the org as its administrator, under the alias `local`, which is the default. */
export async function openSfHome(org: LocalOrg): Promise<SfHome> {
  const folder = await mkdtemp(join(tmpdir(), 'sf-home-'));
  const env = {
    ...process.env,
    HOME: folder,
    SF_DISABLE_TELEMETRY: 'true',
    SF_DISABLE_AUTOUPDATE: 'true',
    SF_SKIP_NEW_VERSION_CHECK: 'true',
    SF_USE_GENERIC_UNIX_KEYCHAIN: 'true',
    SF_DISABLE_LOG_FILE: 'true',
    NO_COLOR: '1',
    SF_ACCESS_TOKEN: org.accessToken,
  };
  const runWith: SfHome['runWith'] = async <Result>(variables: object, words: string, ...values: string[]) => {
    const args = [...words.split(' '), ...values, '--json'];
    return JSON.parse(await print(args, folder, { ...env, ...variables })) as SfAnswer<Result>;
  };
  const run: SfHome['run'] = (words, ...values) => runWith({}, words, ...values);
  const login = await run('org login access-token --no-prompt --set-default --alias local --instance-url', org.url);
  if (login.status !== 0) throw new Error(login.message);
  return {
    ...{ folder, env, run, runWith },
    print: (words, ...values) => print([...words.split(' '), ...values], folder, env),
    close: () => rm(folder, { recursive: true, force: true }),
  };
}

/** What a command prints on standard output, whether it succeeds or not. */
function print(args: readonly string[], cwd: string, env: SfHome['env']): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [SF, ...args], { env, cwd, maxBuffer: 20_000_000 }, (error, stdout) => {
      if (stdout.trim() === '') reject(error ?? new Error(`sf ${args.join(' ')} printed nothing`));
      else resolve(stdout);
    });
  });
}
