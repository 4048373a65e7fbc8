import { accessOf } from '../data/access.ts';
import { RowError, saveError } from '../data/row-error.ts';
import type { GivenRow } from '../data/save-batch.ts';
import { deleteRecords, saveRecords } from '../data/save-records.ts';
import type { RowOutcome } from '../flow-host.ts';
import type { SaveError } from '../record.ts';
import { objectFor, type ApiCall } from '../rest/api-call.ts';
import { externalIdField, upsertRecords } from '../rest/upsert.ts';
import type { OrgObject } from '../schema/org-object.ts';
import { ApiError } from '../api-error.ts';
import { CsvError, parseCsv, type CsvRow } from './csv.ts';
import { compileHeader, invalidBatch, type Column } from './csv-columns.ts';
import type { IngestJob, IngestOperation, IngestOutcome } from './ingest-job.ts';

/** Rows of one transaction, as triggers and flows get them. */
const CHUNK = 200;
/** Limits of one record (Bulk API 2.0 Developer Guide, "Limits and Allocations"). */
const MAX_FIELDS = 5_000;
const MAX_VALUE = 131_072;
const MAX_RECORD = 400_000;

/** The right over the object that an operation needs. */
export const RIGHT_OF = { insert: 'create', update: 'edit', upsert: 'edit', delete: 'delete' } as const;

/** A row that can be asked for, or why it cannot. */
type Reading = { readonly row: GivenRow } | { readonly error: SaveError };
type Outcome = { readonly outcome: RowOutcome; readonly created: boolean };

/**
 * Writes the rows of a job, with the rights that its user has now. What is wrong with the file as a whole throws an
 * ApiError and leaves all rows unprocessed; what is wrong with a row is its outcome.
 */
export function runIngest(given: ApiCall, job: IngestJob): void {
  const call = { ...given, access: accessOf(given.org, given.user) };
  const [first, ...rows] = readRows(job);
  job.header = first?.values ?? [];
  job.unprocessed = rows.map(({ values }) => values);
  const object = objectFor(call, job.object, RIGHT_OF[job.operation]);
  if (job.operation === 'upsert') objectFor(call, job.object, 'create');
  const columns = compileHeader(call.org, call.access, object, job.header);
  checkHeader(job);
  for (let start = 0; start < rows.length; start += CHUNK) {
    const chunk = rows.slice(start, start + CHUNK);
    job.outcomes.push(...call.org.database.transaction(() => writeChunk(call, job, object, columns, chunk)));
    job.unprocessed = job.unprocessed.slice(CHUNK);
  }
}

function readRows({ data = '', format }: IngestJob): CsvRow[] {
  try {
    const rows = parseCsv(data, format.columnDelimiter);
    const foreign = rows.some(({ ending }) => ending !== undefined && ending !== format.lineEnding);
    if (!foreign) return rows;
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw new ApiError(400, 'ClientInputError', error.message);
  }
  const message = `LineEnding is invalid on user data. Current LineEnding setting is ${format.lineEnding}`;
  throw new ApiError(400, 'ClientInputError', message);
}

const IDENTIFIED: readonly IngestOperation[] = ['update', 'delete'];

function checkHeader({ header, operation, externalIdFieldName }: IngestJob): void {
  const key = IDENTIFIED.includes(operation) ? 'Id' : externalIdFieldName;
  if (header.length > MAX_FIELDS) throw invalidBatch(`Records have at most ${MAX_FIELDS} fields`);
  if (key !== undefined && !header.includes(key)) throw invalidBatch(`Field name not found : ${key}`);
  if (operation === 'delete' && header.length > 1) throw invalidBatch('A delete takes the column Id alone');
}

function writeChunk(
  call: ApiCall,
  job: IngestJob,
  object: OrgObject,
  columns: readonly Column[],
  chunk: readonly CsvRow[],
): IngestOutcome[] {
  const readings = chunk.map((row) => readRow(job, columns, row));
  const good = readings.flatMap((reading) => ('row' in reading ? [reading.row] : []));
  const saved = save(call, job, object, good).values();
  return readings.map((reading, index) => {
    const done = 'error' in reading ? { outcome: { errors: [reading.error] }, created: false } : saved.next().value!;
    return describeOutcome(done, fitted(job.header, chunk[index]!));
  });
}

/** The values under the columns that there are, so that the results of a ragged row are CSV again. */
function fitted(header: readonly string[], { values }: CsvRow): string[] {
  return header.map((_name, index) => values[index] ?? '');
}

function describeOutcome({ outcome, created }: Outcome, values: readonly string[]): IngestOutcome {
  if ('id' in outcome) return { id: outcome.id, created, error: undefined, values };
  const { statusCode, message, fields } = outcome.errors[0]!;
  const named = fields.length === 0 ? '' : `${fields.join(' ')} `;
  return { id: '', created: false, error: `${statusCode}:${message}:${named}--`, values };
}

function readRow({ header, operation }: IngestJob, columns: readonly Column[], row: CsvRow): Reading {
  try {
    checkRow(header, row);
    const members = columns.flatMap((column, index) => {
      const member = column(row.values[index]!);
      return member === undefined ? [] : [member];
    });
    if (operation === 'insert' && members.some(([name]) => name === 'Id')) {
      throw new RowError('INVALID_FIELD_FOR_INSERT_UPDATE', 'cannot specify Id in an insert call', ['Id']);
    }
    return { row: Object.fromEntries(members) };
  } catch (error) {
    if (!(error instanceof RowError)) throw error;
    return { error: saveError(error) };
  }
}

/** What the guide forbids in a record; the code and the wording are this org's own. */
function checkRow(header: readonly string[], { values, wellFormed }: CsvRow): void {
  const refuse = (message: string): never => {
    throw new RowError('CLIENT_ERROR', message);
  };
  if (!wellFormed) refuse('A quote stands inside of a value, or something stands beside a quoted value');
  if (values.length !== header.length) refuse(`The row has ${values.length} values, the header ${header.length}`);
  if (values.some(({ length }) => length > MAX_VALUE)) refuse(`A value has more than ${MAX_VALUE} characters`);
  if (values.join('').length > MAX_RECORD) refuse(`The record has more than ${MAX_RECORD} characters`);
}

function save(call: ApiCall, job: IngestJob, object: OrgObject, rows: readonly GivenRow[]): Outcome[] {
  const { org, user } = call;
  const write = { org, user, object, allOrNone: false };
  switch (job.operation) {
    case 'upsert':
      return upsertRecords(call, object, externalIdField(call, object, job.externalIdFieldName!), rows, false);
    case 'insert':
      return saveRecords('create', { ...write, rows }).map((outcome) => ({ outcome, created: true }));
    case 'update':
      return saveRecords('update', { ...write, rows }).map((outcome) => ({ outcome, created: false }));
    case 'delete': {
      const ids = rows.map((row) => (typeof row['Id'] === 'string' ? row['Id'] : ''));
      return deleteRecords({ ...write, rows: ids }).map((outcome) => ({ outcome, created: false }));
    }
  }
}
