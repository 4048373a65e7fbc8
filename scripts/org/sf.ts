import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

/** The project, in which every command runs. */
export const ROOT = join(import.meta.dirname, '../..');
const SF = join(ROOT, 'node_modules/@salesforce/cli/bin/run.js');

/** Where many records fail, they fail alike. */
const MAX_LINES = 20;

/** What the sf command prints with `--json`. */
interface Answer {
  readonly status: number;
  readonly name?: string;
  readonly message?: string;
  readonly actions?: readonly string[];
  readonly result?: unknown;
  readonly data?: unknown;
}

/** A command of sf that did not do what it was asked for. */
export class SfError extends Error {
  override readonly name = 'SfError';
  /** The name that sf gives the error, for example `NoDefaultDevHubError`. */
  readonly code: string;
  /** What sf suggests to do. */
  readonly actions: readonly string[];
  /** The whole result of a command that reports its failure there. */
  readonly result: unknown;

  constructor({ name = '', message = 'sf has said nothing', actions = [], result, data }: Answer) {
    super(data === undefined ? message : `${message}\n${begin(JSON.stringify(data, null, 2))}`);
    this.code = name;
    this.actions = actions;
    this.result = result;
  }
}

function begin(text: string): string {
  const lines = text.split('\n');
  return lines.length <= MAX_LINES ? text : [...lines.slice(0, MAX_LINES), '...'].join('\n');
}

/** Runs a command of the Salesforce CLI that the project brings; gives its result, or throws an SfError. */
export async function runSf<Result>(...args: readonly string[]): Promise<Result> {
  const child = spawn(process.execPath, [SF, ...args, '--json'], { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
  const [printed, complaints] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  const answer = readAnswer(printed, complaints);
  if (answer.status !== 0) throw new SfError(answer);
  return answer.result as Result;
}

function readAnswer(printed: string, complaints: string): Answer {
  try {
    return JSON.parse(printed) as Answer;
  } catch {
    return { status: 1, message: `sf has printed no JSON: ${(complaints || printed).trim()}` };
  }
}

/** The rows of a query. */
export async function querySf<Row>(org: string, soql: string): Promise<readonly Row[]> {
  const { records } = await runSf<{ records: readonly Row[] }>('data', 'query', '--target-org', org, '--query', soql);
  return records;
}
