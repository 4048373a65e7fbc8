import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fieldValue } from '../../connector/src/mail/header-field.ts';
import { evaluate, percent, readRows, type CorpusRow, type Evaluated } from './corpus.ts';

interface ThreadRow extends CorpusRow {
  readonly source: string;
  readonly label: { readonly parent: string | null; readonly root: string; readonly quoted: readonly string[] };
}

/** How well the answers of one archive were found. Shares are in per cent. */
export interface ArchiveFigures {
  readonly archive: string;
  readonly messages: number;
  readonly tracked: number;
  /** Replies that quote a tracked mail for which one of those was found. */
  readonly repliesFound: number;
  /** Pairs that were found without anything else that speaks for them. */
  readonly suspect: number;
  /** Messages called automatic or a report. */
  readonly calledMachine: number;
}

/** Kinds that a machine writes, but for list mail, which lists are full of. */
const MACHINE = ['auto_reply', 'bounce', 'delay', 'delivery_ok', 'read_receipt', 'complaint', 'calendar', 'challenge'];
const FILES = ['threads.jsonl.gz', 'threads-hyperv.jsonl.gz'];

/** Measures every archive of a folder; files are put into `work`. */
export function measureArchives(folder: string, work: string): ArchiveFigures[] {
  const rows = FILES.flatMap((file) => readRows<ThreadRow>(folder, file));
  return [...Map.groupBy(rows, ({ source }) => source)].map(([archive, messages]) =>
    measureArchive(
      archive,
      messages.toSorted((a, b) => sentAt(a) - sentAt(b)),
      work,
    ),
  );
}

function measureArchive(archive: string, rows: readonly ThreadRow[], work: string): ArchiveFigures {
  const [file, trackedFile] = [join(work, `${archive}.jsonl`), join(work, `${archive}.tracked.txt`)];
  const tracked = new Set(rows.map(({ id }) => id).filter(isTracked));
  writeFileSync(file, rows.map(({ id, headers }) => JSON.stringify({ id, headers })).join('\n'));
  writeFileSync(trackedFile, [...tracked].join('\n'));
  const evaluated = evaluate(file, ['--tracked', trackedFile]);
  const byId = new Map(rows.map((row) => [row.id, row]));
  const matched = rows.map((row) => ({ row, found: foundFor(row, evaluated) }));
  const quoting = matched
    .map(({ row, found }) => ({ found, quoted: row.label.quoted.filter((id) => tracked.has(id)) }))
    .filter(({ quoted }) => quoted.length > 0);
  const pairs = matched.flatMap(({ row, found }) => [...found].map((id) => ({ row, mail: byId.get(id) })));
  return {
    archive,
    messages: rows.length,
    tracked: tracked.size,
    repliesFound: percent(
      quoting.filter(({ quoted, found }) => quoted.some((id) => found.has(id))).length,
      quoting.length,
    ),
    suspect: percent(
      pairs.filter(({ row, mail }) => mail === undefined || isSuspect(row, mail, byId)).length,
      pairs.length,
    ),
    calledMachine: rows.filter(({ id }) => MACHINE.includes(evaluated.get(id)?.kind ?? '')).length,
  };
}

function foundFor({ id }: ThreadRow, evaluated: ReadonlyMap<string, Evaluated>): Set<string> {
  const found = new Set(evaluated.get(id)?.matches);
  found.delete(id);
  return found;
}

/** Neither an ancestor, nor quoted, nor of the same thread. */
function isSuspect({ label }: ThreadRow, mail: ThreadRow, byId: ReadonlyMap<string, ThreadRow>): boolean {
  if (label.quoted.includes(mail.id) || label.root === mail.label.root) return false;
  const seen = new Set<string>();
  for (let id = label.parent; id !== null && !seen.has(id); id = byId.get(id)?.label.parent ?? null) {
    if (id === mail.id) return false;
    seen.add(id);
  }
  return true;
}

/** About three mails in ten, chosen by FNV-1a over their id, so that the choice depends on nothing else. */
function isTracked(id: string): boolean {
  let hash = 2_166_136_261;
  for (const byte of Buffer.from(id)) hash = Math.imul(hash ^ byte, 16_777_619);
  return (hash >>> 0) % 1000 < 300;
}

function sentAt({ headers }: ThreadRow): number {
  return Date.parse(fieldValue(headers, 'Date') ?? '') || 0;
}
