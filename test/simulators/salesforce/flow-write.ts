import { dataFaultMessage, FlowFault } from './flow-fault.ts';
import type { FlowHost, RowOutcome } from './flow-host.ts';
import type { Interview } from './flow-interview.ts';
import type { SaveError, SObjectRecord } from './record.ts';

/** The rows that one interview wants written by one element. */
export interface PendingRows {
  readonly object: string;
  readonly rows: readonly SObjectRecord[];
}

interface Pending {
  readonly interview: Interview;
  readonly prepared: PendingRows;
}

type Write = 'create' | 'update' | 'delete';

/** The platform tries what is left of a partly refused element up to three times. */
const MAX_TRIES = 3;
const TRIES_ENDED: SaveError = {
  statusCode: 'CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY',
  message: 'Too many batch retries in the presence of Apex triggers and partial failures.',
  fields: [],
};
const NO_REASON: SaveError = { statusCode: 'UNKNOWN_EXCEPTION', message: 'The row was refused.', fields: [] };

/** What an interview is told: why its element was refused, or the ids of its rows. */
export interface WriteReport {
  readonly fault: (interview: Interview, fault: FlowFault) => void;
  readonly done: (interview: Interview, ids: readonly string[]) => void;
}

/**
 * Writes the rows of all waiting interviews. They share one statement; rows of two interviews with the same Id do not
 * fit into one statement, so the later ones go into a further one, in the order of the batch. An interview of which
 * one row is refused keeps none: the element is taken back and tried again without it.
 */
export function writeRows(write: Write, pending: readonly Pending[], report: WriteReport): void {
  const writable = pending.filter(({ interview, prepared }) => {
    const error = refusal(write, prepared);
    if (error !== undefined) report.fault(interview, faultOf(write, error));
    return error === undefined;
  });
  for (const wave of write === 'create' ? [writable] : wavesOfDistinctIds(writable)) writeWave(write, wave, report);
}

function faultOf(write: Write, error: SaveError): FlowFault {
  return new FlowFault(dataFaultMessage(write, error));
}

/** What is wrong with one interview's own rows before anything is written. */
function refusal(write: Write, { rows }: PendingRows): SaveError | undefined {
  if (write === 'create') return undefined;
  const ids = rows.map((row) => row['Id'] ?? null);
  if (ids.includes(null)) {
    return { statusCode: 'MISSING_ARGUMENT', message: `Id not specified in an ${write} call`, fields: [] };
  }
  if (new Set(ids).size === ids.length) return undefined;
  const twice = ids.find((id, index) => ids.indexOf(id) !== index);
  return { statusCode: 'DUPLICATE_VALUE', message: `duplicate id in list: ${String(twice)}`, fields: ['Id'] };
}

function wavesOfDistinctIds(pending: readonly Pending[]): Pending[][] {
  const waves: Pending[][] = [];
  const nextWave = new Map<string, number>();
  for (const member of pending) {
    const ids = member.prepared.rows.map((row) => String(row['Id']));
    const wave = Math.max(0, ...ids.map((id) => nextWave.get(id) ?? 0));
    (waves[wave] ??= []).push(member);
    for (const id of ids) nextWave.set(id, wave + 1);
  }
  return waves;
}

function writeWave(write: Write, wave: readonly Pending[], report: WriteReport): void {
  let left = wave;
  for (let tries = 0; tries < MAX_TRIES && left.length > 0; tries++) {
    const undo = left[0]!.interview.host.savepoint();
    const written = writeOnce(write, left);
    const kept = written.filter(({ refused }) => refused.length === 0);
    for (const { interview, refused } of written) {
      if (refused[0] !== undefined) report.fault(interview, faultOf(write, refused[0]));
    }
    if (written.every(({ refused, ids }) => refused.length === 0 || ids.length === 0)) {
      return kept.forEach(({ interview, ids }) => report.done(interview, ids));
    }
    undo();
    left = left.filter(({ interview }) => kept.some((member) => member.interview === interview));
  }
  for (const { interview } of left) report.fault(interview, faultOf(write, TRIES_ENDED));
}

interface Written {
  readonly interview: Interview;
  readonly ids: readonly string[];
  readonly refused: readonly SaveError[];
}

/** One statement over the rows of all of them, with the outcomes given back to each. */
function writeOnce(write: Write, pending: readonly Pending[]): Written[] {
  const rows = pending.flatMap(({ prepared }) => prepared.rows);
  const object = pending.find(({ prepared }) => prepared.rows.length > 0)?.prepared.object;
  const outcomes = object === undefined ? [] : statement(write, pending[0]!.interview.host, object, rows);
  let next = 0;
  return pending.map(({ interview, prepared }) => {
    const own = outcomes.slice(next, (next += prepared.rows.length));
    return {
      interview,
      ids: own.flatMap((outcome) => ('id' in outcome ? [outcome.id] : [])),
      refused: own.flatMap((outcome) => ('id' in outcome ? [] : [outcome.errors[0] ?? NO_REASON])),
    };
  });
}

function statement(
  write: Write,
  host: FlowHost,
  object: string,
  rows: readonly SObjectRecord[],
): readonly RowOutcome[] {
  const outcomes =
    write === 'create'
      ? host.insert(object, rows)
      : write === 'update'
        ? host.update(object, rows)
        : host.delete(
            object,
            rows.map((row) => String(row['Id'])),
          );
  if (outcomes.length !== rows.length)
    throw new Error(`The database answered ${outcomes.length} of ${rows.length} rows`);
  return outcomes;
}
