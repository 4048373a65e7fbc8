import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { checkHeaders } from '../fuzz/check-headers.ts';
import { evaluate, readRows, type CorpusRow } from './corpus.ts';

export interface MalformedRow extends CorpusRow {
  readonly raw_b64: string;
  /** Ids that are proven to be right: messages of the same archive. */
  readonly resolves_in_corpus?: readonly string[];
}

/** What becomes of ugly fields. */
export interface MalformedFigures {
  readonly inputs: number;
  readonly provenIds: number;
  readonly lostIds: number;
  /** Milliseconds that the slowest input takes from bytes to kind, ids and texts. */
  readonly slowestMs: number;
  /** By how much the memory of a process that reads them all has ever grown; no single one can take more. */
  readonly peakMb: number;
}

const FILE = 'malformed.jsonl';
const PEAK_MEMORY = join(import.meta.dirname, 'peak-memory.ts');

export function measureMalformed(folder: string): MalformedFigures {
  const rows = readRows<MalformedRow>(folder, FILE);
  const evaluated = evaluate(join(folder, FILE), ['--ids']);
  const proven = rows.flatMap(({ id, resolves_in_corpus: ids = [] }) => ids.map((named) => ({ id, named })));
  const times = rows.map(({ raw_b64: raw }) => timed(Buffer.from(raw, 'base64')));
  return {
    inputs: rows.length,
    provenIds: proven.length,
    lostIds: proven.filter(({ id, named }) => !evaluated.get(id)?.ids?.includes(named)).length,
    slowestMs: Math.round(10 * Math.max(...times)) / 10,
    peakMb: peakMemory(join(folder, FILE)),
  };
}

function peakMemory(file: string): number {
  const { status, stdout, stderr } = spawnSync(process.execPath, [PEAK_MEMORY, file], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`peak-memory failed for ${file}: ${stderr}`);
  return Number(stdout);
}

/** By processor time, which other processes have no part in; the first input pays for the start of the program. */
function timed(bytes: Uint8Array): number {
  const used = process.cpuUsage();
  checkHeaders(bytes);
  const { user, system } = process.cpuUsage(used);
  return (user + system) / 1000;
}
