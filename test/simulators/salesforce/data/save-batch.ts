import { ApiError } from '../api-error.ts';
import type { FlowHost, RowOutcome, TriggerRecord } from '../flow-host.ts';
import { flowsFor } from '../flow.ts';
import { runAfterSaveFlows, runBeforeSaveFlows } from '../flow-run.ts';
import { evaluateFormula } from '../formula.ts';
import type { SaveError, SObjectRecord } from '../record.ts';
import { normalizeId } from '../record-id.ts';
import type { OrgObject } from '../schema/org-object.ts';
import { checkReferences, checkRow, checkUnique } from './check-row.ts';
import { checkCreateAccess, checkUpdateAccess } from './check-access.ts';
import { applyDefaults, formatAutoNumber, stampRow } from './complete-row.ts';
import { wholeRecord } from './formula-fields.ts';
import { orderAfterCommit } from './later-flows.ts';
import { lockError, locksOf } from './record-locks.ts';
import { readRow, type Operation } from './read-row.ts';
import { readValue } from './read-value.ts';
import { RowError, saveError } from './row-error.ts';
import { applyStandardRules } from './standard-rules.ts';
import type { Transaction } from './transaction.ts';

/** One row of a request: field values by API name; an update names its record by `Id`. */
export type GivenRow = Readonly<Record<string, unknown>>;

/** The order of the platform: at most this often a batch is saved anew without its failed rows. */
const MAX_ATTEMPTS = 3;

interface Batch {
  readonly transaction: Transaction;
  readonly host: FlowHost;
  readonly operation: Operation;
  readonly object: OrgObject;
  readonly errors: Map<number, SaveError[]>;
}

interface Draft {
  readonly index: number;
  readonly id: string;
  readonly record: SObjectRecord;
  readonly prior: SObjectRecord | undefined;
}

/**
 * Saves at most 200 rows of one object in one transaction, in the platform's order (Apex Developer Guide, "Triggers
 * and Order of Execution"): read and check, before-save flows, check again, validation rules, unique fields, save,
 * after-save flows. Rows that fail are taken out and the others are saved anew, so that flows run again for them.
 */
export function saveBatch(
  transaction: Transaction,
  host: FlowHost,
  operation: Operation,
  object: OrgObject,
  rows: readonly GivenRow[],
): RowOutcome[] {
  const batch: Batch = { transaction, host, operation, object, errors: new Map() };
  const ids = rows.map(() => (operation === 'create' ? transaction.org.database.nextId(object.keyPrefix) : ''));
  transaction.use('rowsWritten', rows.length);
  for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt += 1) {
    const undo = transaction.org.database.savepoint();
    const failedBefore = batch.errors.size;
    const saved = attemptSave(batch, rows, ids);
    if (batch.errors.size === failedBefore) {
      orderPaths(batch, saved);
      return outcomes(batch, rows.length, saved);
    }
    undo();
  }
  refuseRest(batch, rows.length);
  return outcomes(batch, rows.length, []);
}

function outcomes({ errors }: Batch, count: number, saved: readonly Draft[]): RowOutcome[] {
  const ids = new Map(saved.map(({ index, id }) => [index, id]));
  return Array.from({ length: count }, (_, index) => {
    const refused = errors.get(index);
    return refused === undefined ? { id: ids.get(index) ?? '' } : { errors: refused };
  });
}

function refuseRest(batch: Batch, count: number): void {
  const message = 'Too many batch retries in the presence of Apex triggers and partial failures.';
  for (let index = 0; index < count; index += 1) {
    if (!batch.errors.has(index)) batch.errors.set(index, [{ statusCode: 'UNKNOWN_EXCEPTION', message, fields: [] }]);
  }
}

/** One pass over the rows that have not failed yet; returns the drafts that were stored. */
function attemptSave(batch: Batch, rows: readonly GivenRow[], ids: readonly string[]): Draft[] {
  const indexes = rows.map((_row, index) => index).filter((index) => !batch.errors.has(index));
  let drafts = indexes.flatMap(
    (index) => tryRow(batch, index, () => draftOf(batch, index, rows[index]!, ids[index]!)) ?? [],
  );
  drafts = runFlows(batch, drafts, 'RecordBeforeSave');
  drafts = lockDrafts(batch, drafts);
  drafts = drafts.filter((draft) => tryRow(batch, draft.index, () => store(batch, draft)) !== undefined);
  return runFlows(batch, drafts, 'RecordAfterSave');
}

function tryRow<T>(batch: Batch, index: number, work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof RowError)) throw error;
    batch.errors.set(index, [saveError(error)]);
    return undefined;
  }
}

function draftOf(batch: Batch, index: number, given: GivenRow, newId: string): Draft {
  const { transaction, host, operation, object } = batch;
  const values = inSystemMode(batch, () => readRow(transaction, object, operation, given));
  if (operation === 'create') {
    const record = applyDefaults(transaction, object, values, host);
    checkReferences(transaction, object, record, undefined);
    checkCreateAccess(transaction, object, record);
    return { index, id: newId, record, prior: undefined };
  }
  const prior = wholeRecord(object, storedRow(transaction, object, given), host);
  const record: SObjectRecord = Object.assign(Object.create(null) as SObjectRecord, prior, values);
  checkReferences(transaction, object, record, prior);
  checkUpdateAccess(transaction, object, record, prior);
  return { index, id: String(prior['Id']), record, prior };
}

/** What refuses a whole request refuses one row of a flow. */
function inSystemMode<T>(batch: Batch, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof ApiError) || !batch.transaction.user.system) throw error;
    throw new RowError(error.errorCode, error.message, error.fields);
  }
}

function storedRow(transaction: Transaction, object: OrgObject, given: GivenRow): SObjectRecord {
  const name = Object.keys(given).find((key) => key.toLowerCase() === 'id') ?? 'Id';
  const id = typeof given[name] === 'string' ? given[name] : '';
  if (id === '') throw new RowError('MISSING_ARGUMENT', 'Id not specified in an update call', []);
  const normalized = normalizeId(id);
  if (normalized === undefined) throw new RowError('MALFORMED_ID', `malformed id ${id.slice(0, 80)}`, []);
  const row = transaction.org.database.get(object.name, normalized);
  if (row === undefined) throw new RowError('INVALID_CROSS_REFERENCE_KEY', 'invalid cross reference id', []);
  if (row['IsDeleted'] === true) throw new RowError('ENTITY_IS_DELETED', 'entity is deleted', []);
  return row;
}

function orderPaths({ transaction, host, operation, object }: Batch, saved: readonly Draft[]): void {
  const flows = flowsFor([...transaction.org.metadata.flows.values()], object.name, 'RecordAfterSave', operation);
  if (!flows.some(({ start }) => start.scheduledPaths.length > 0)) return;
  const records = saved.map(({ id, prior }) => ({
    record: wholeRecord(object, transaction.org.database.get(object.name, id)!, host),
    prior,
  }));
  orderAfterCommit(transaction, object, flows, records);
}

function runFlows(batch: Batch, drafts: Draft[], trigger: 'RecordBeforeSave' | 'RecordAfterSave'): Draft[] {
  const { transaction, host, operation, object } = batch;
  const flows = flowsFor([...transaction.org.metadata.flows.values()], object.name, trigger, operation);
  if (flows.length === 0 || drafts.length === 0) return drafts;
  const triggered: TriggerRecord[] = drafts.map(({ id, record, prior }) => ({
    record:
      trigger === 'RecordAfterSave'
        ? wholeRecord(object, transaction.org.database.get(object.name, id)!, host)
        : record,
    prior,
  }));
  const run = trigger === 'RecordBeforeSave' ? runBeforeSaveFlows : runAfterSaveFlows;
  const failures = transaction.nested(() => run(flows, triggered, host));
  for (const [place, error] of failures) batch.errors.set(drafts[place]!.index, [error]);
  return drafts.filter((_draft, place) => !failures.has(place));
}

/** Rows that have to lock something fail together when one of those records is held; the others go on. */
function lockDrafts(batch: Batch, drafts: Draft[]): Draft[] {
  const { transaction, object } = batch;
  const error = lockError(transaction, object, drafts);
  if (error === undefined) return drafts;
  const waits = ({ record, prior }: Draft): boolean => locksOf(transaction, object, record, prior).length > 0;
  for (const { index } of drafts.filter(waits)) batch.errors.set(index, [saveError(error)]);
  return drafts.filter((draft) => !waits(draft));
}

/** Checks the record as the before-save flows left it and puts it into the database. */
function store(batch: Batch, draft: Draft): true {
  const { transaction, operation, object } = batch;
  const { database, refusals } = transaction.org;
  const { prior } = draft;
  const row = storedForm(batch, draft);
  applyStandardRules(transaction, object.name, row, prior);
  checkRow(object, row, (field) => row[field.name] !== (prior?.[field.name] ?? null));
  checkReferences(transaction, object, row, prior);
  checkValidationRules(batch, row, prior);
  for (const refuse of refusals) {
    const error = refuse({ object: object.name, operation, record: row });
    if (error !== undefined) throw new RowError(error.statusCode, error.message, error.fields);
  }
  stampRow(transaction, object, row, prior);
  row['Id'] = draft.id;
  checkUnique(transaction, object, row);
  if (prior === undefined) formatAutoNumber(transaction, object, row);
  database.put(object.name, row);
  return true;
}

/** Only stored fields, every value in its stored form again: a flow may have assigned anything. */
function storedForm(batch: Batch, draft: Draft): SObjectRecord {
  const row = Object.create(null) as SObjectRecord;
  for (const field of batch.object.fields) {
    if (field.formula !== undefined) continue;
    const value = draft.record[field.name] ?? null;
    row[field.name] = inFlow(() => readValue(field, value));
  }
  return row;
}

function inFlow<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    throw new RowError('INVALID_TYPE_ON_FIELD_IN_RECORD', error.message);
  }
}

function checkValidationRules({ host, object }: Batch, row: SObjectRecord, prior: SObjectRecord | undefined): void {
  const active = object.validationRules.filter((rule) => rule.active);
  if (active.length === 0) return;
  const record = wholeRecord(object, row, host);
  for (const { formula, message, displayField } of active) {
    if (evaluateFormula(formula, { object, record, prior, host }) !== true) continue;
    throw new RowError('FIELD_CUSTOM_VALIDATION_EXCEPTION', message, displayField === undefined ? [] : [displayField]);
  }
}
