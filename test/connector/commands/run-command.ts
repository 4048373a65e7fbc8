import type { Config } from '@oclif/core';
import process from 'node:process';
import type { OpenedFacade, OpenOptions } from '../../../connector/src/connector.ts';
import type { Facade, Verb } from '../../../connector/src/facade.ts';
import { loadPlugin } from '../../../scripts/load-plugin.ts';

/** The places where a command reaches outside, as a test answers them. */
export interface Surroundings {
  /** The verbs that the command is expected to ask; any other one fails the test. */
  readonly facade?: Partial<Facade>;
  /** What a person answers to each yes-or-no question; without it nobody can be asked. */
  readonly answer?: boolean;
  /** What a person types unseen. */
  readonly secret?: string;
  readonly standardInput?: string;
  /** Environment variables; of the connector's own there are none besides. */
  readonly variables?: Readonly<Record<string, string>>;
  readonly consent?: (client: unknown) => Promise<string>;
  readonly runService?: (options: OpenOptions, signal: AbortSignal) => Promise<void>;
  readonly stopSignal?: AbortSignal;
}

/** What a run of a command left behind. */
export interface Ran {
  readonly result: unknown;
  readonly error: Error | undefined;
  readonly exitCode: number;
  readonly output: string;
  readonly errorOutput: string;
  /** Everything that a person was asked. */
  readonly questions: readonly string[];
  /** The options with which the connector was opened. */
  readonly opened: readonly OpenOptions[];
  /** How many times what was opened was closed. */
  readonly closed: number;
}

type CommandClass = new (argv: string[], config: Config) => object;
interface Runnable {
  readonly run: (argv: readonly string[], config: Config) => Promise<unknown>;
}

let config: Promise<Config> | undefined;

/**
 * Runs a command of the plugin in this process, with the connector and the person at the terminal replaced.
 *
 * @param line what is typed after `sf reply`, for example `['mailbox', 'list']`
 */
export async function runCommand(line: readonly string[], surroundings: Surroundings = {}): Promise<Ran> {
  config ??= loadPlugin();
  const loaded = await config;
  const { id, argv } = splitLine(loaded, line);
  const Command = (await loaded.findCommand(id, { must: true }).load()) as unknown as CommandClass;
  const trace = { questions: [] as string[], opened: [] as OpenOptions[], closed: 0 };
  const Tried = class extends Command {
    static readonly id = id;
    constructor(args: string[], from: Config) {
      super(args, from);
      Object.assign(this, seams(surroundings, trace));
    }
  };
  const ended = await captured(surroundings.variables ?? {}, () => (Tried as unknown as Runnable).run(argv, loaded));
  return { ...ended, ...trace };
}

function splitLine(loaded: Config, line: readonly string[]): { id: string; argv: string[] } {
  const words = [2, 1].find((count) => loaded.findCommand(['reply', ...line.slice(0, count)].join(':')) !== undefined);
  if (words === undefined) throw new Error(`There is no command ${line.join(' ')}`);
  return { id: ['reply', ...line.slice(0, words)].join(':'), argv: line.slice(words) };
}

interface Trace {
  readonly questions: string[];
  readonly opened: OpenOptions[];
  closed: number;
}

function seams(surroundings: Surroundings, trace: Trace): object {
  const { facade = {}, answer, secret, standardInput, consent, runService, stopSignal } = surroundings;
  return {
    openFacade: (options: OpenOptions): Promise<OpenedFacade> => {
      trace.opened.push(options);
      const close = (): Promise<void> => Promise.resolve(void (trace.closed += 1));
      return Promise.resolve({ facade: onlyExpected(facade), close });
    },
    interactive: () => answer !== undefined || secret !== undefined,
    confirm: ({ message }: { message: string }) => {
      trace.questions.push(message);
      if (answer === undefined) throw new Error(`Nobody was expected to be asked: ${message}`);
      return Promise.resolve(answer);
    },
    secretPrompt: ({ message }: { message: string }) => {
      trace.questions.push(message);
      if (secret === undefined) throw new Error(`Nobody was expected to be asked: ${message}`);
      return Promise.resolve(secret);
    },
    ...(standardInput !== undefined && { readStandardInput: () => Promise.resolve(standardInput) }),
    ...(consent && { requestConsent: consent }),
    ...(runService && { runService }),
    ...(stopSignal && { stopSignal: () => stopSignal }),
  };
}

function onlyExpected(facade: Partial<Facade>): Facade {
  return new Proxy(facade as Facade, {
    get: (target, verb) => {
      if (!(verb in target)) throw new Error(`The connector was not expected to be asked: ${String(verb)}`);
      return target[verb as Verb].bind(target);
    },
  });
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGBREAK', 'SIGHUP'] as const;

/** What a command prints and how it ends, with this process left as it was. */
async function captured(
  variables: Readonly<Record<string, string>>,
  run: () => Promise<unknown>,
): Promise<Pick<Ran, 'result' | 'error' | 'exitCode' | 'output' | 'errorOutput'>> {
  const before = {
    env: { ...process.env },
    exitCode: process.exitCode,
    listeners: SIGNALS.map((signal) => [signal, process.listeners(signal)] as const),
  };
  const written = { output: '', errorOutput: '' };
  const restore = [intercept(process.stdout, (text) => (written.output += text))];
  restore.push(intercept(process.stderr, (text) => (written.errorOutput += text)));
  const ours = Object.keys(process.env).filter((name) => /^(REPLY_TRACKING|SALESFORCE)_|^DATABASE_URL$/.test(name));
  for (const name of ours) delete process.env[name];
  Object.assign(process.env, { OCLIF_TABLE_COLUMN_OVERRIDE: '80', NO_COLOR: '1', ...variables });
  process.exitCode = undefined;
  let result: unknown;
  let error: Error | undefined;
  try {
    result = await run();
  } catch (thrown) {
    error = thrown as Error;
  } finally {
    for (const put of restore) put();
  }
  const exitCode = Number(process.exitCode ?? 0);
  process.env = before.env;
  process.exitCode = before.exitCode;
  for (const [signal, listeners] of before.listeners) {
    process.removeAllListeners(signal);
    for (const listener of listeners) process.on(signal, listener);
  }
  return { result, error, exitCode, ...written };
}

function intercept(stream: NodeJS.WriteStream, take: (text: string) => void): () => void {
  const write = stream.write.bind(stream);
  stream.write = (chunk: Uint8Array | string, ...rest: unknown[]): boolean => {
    take(typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('utf8'));
    for (const last of rest.slice(-1)) if (typeof last === 'function') (last as () => void)();
    return true;
  };
  return () => {
    stream.write = write;
  };
}
