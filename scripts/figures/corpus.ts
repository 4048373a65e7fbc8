import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { ActionableError } from '../../connector/src/errors.ts';
import type { HeaderBlock } from '../../connector/src/mail/header-field.ts';

const EVALUATE = join(import.meta.dirname, '../evaluate.ts');
const EX_NOINPUT = 66;
/** Bytes that the program may print for one archive. */
const MAX_OUTPUT = 512 * 1024 * 1024;

/** What every row of a corpus has: an id of its own and header fields as they stood in the message. */
export interface CorpusRow {
  readonly id: string;
  readonly headers: HeaderBlock;
}

/** What `npm run evaluate` prints for a row. */
export interface Evaluated {
  readonly id: string;
  readonly kind: string;
  readonly matches: readonly string[];
  readonly ids?: readonly string[];
}

/** The rows of a file of JSON lines, which may be gzipped. */
export function readRows<Row extends CorpusRow>(folder: string, file: string): Row[] {
  const path = join(folder, file);
  try {
    const bytes = readFileSync(path);
    const text = (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
    return text
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Row);
  } catch (cause) {
    const actions = ['Name the folder that holds threads.jsonl.gz, kinds.jsonl.gz and malformed.jsonl.'];
    const problem = (cause as Error).message;
    throw new ActionableError(`${path} cannot be read: ${problem}`, actions, { cause, exitCode: EX_NOINPUT });
  }
}

/** Runs `evaluate` over a file in a process of its own, by row id. */
export function evaluate(file: string, options: readonly string[] = []): Map<string, Evaluated> {
  const { status, stdout, stderr } = spawnSync(process.execPath, [EVALUATE, file, ...options], {
    encoding: 'utf8',
    maxBuffer: MAX_OUTPUT,
  });
  if (status !== 0) throw new Error(`evaluate failed for ${file}: ${stderr}`);
  const lines = stdout.split('\n').filter(Boolean);
  return new Map(lines.map((line) => JSON.parse(line) as Evaluated).map((each) => [each.id, each]));
}

/** A share in per cent, to two places. */
export function percent(part: number, whole: number): number {
  return whole === 0 ? 0 : Math.round((10_000 * part) / whole) / 100;
}
