import { inputFields, setReference } from './flow-assign.ts';
import type {
  FlowFilter,
  FlowRecordCreate,
  FlowRecordDelete,
  FlowRecordLookup,
  FlowRecordUpdate,
} from './flow-elements.ts';
import { dataFaultMessage, FlowFault, unsetFault } from './flow-fault.ts';
import { keptFields, sentFields } from './flow-fields.ts';
import type { Condition, FlowQuery } from './flow-host.ts';
import {
  flowRecord,
  isCollection,
  isRecord,
  referenceValue,
  scalarOf,
  sourceValue,
  type FlowRecord,
  type FlowValue,
  type Interview,
} from './flow-interview.ts';
import { nameKey, type DataStep } from './flow-program.ts';
import { writeRows, type PendingRows } from './flow-write.ts';
import { toFieldValue } from './formula-value.ts';
import type { FieldValue, SaveError, SObjectRecord } from './record.ts';

const HAS_ID: SaveError = {
  statusCode: 'INVALID_FIELD_FOR_INSERT_UPDATE',
  message: 'cannot specify Id in an insert call',
  fields: ['Id'],
};

/** What an interview does when its element has been refused. */
export type OnFault = (interview: Interview, fault: FlowFault) => void;

/**
 * Runs one data element for all interviews that wait at it: one query, one statement. An interview whose part is
 * refused is given to `onFault`; the others have the element's output.
 */
export function runDataStep(step: DataStep, waiting: readonly Interview[], onFault: OnFault): void {
  switch (step.kind) {
    case 'lookup':
      return runLookup(step.element, waiting, onFault);
    case 'create':
      return runCreate(step.element, waiting, onFault);
    case 'update':
      return runUpdate(step.element, waiting, onFault);
    case 'delete':
      return runDelete(step.element, waiting, onFault);
  }
}

/** The interviews for which `prepare` gives something, with what it gives; the others have failed. */
function prepareAll<T>(
  waiting: readonly Interview[],
  onFault: OnFault,
  prepare: (interview: Interview) => T,
): { readonly interview: Interview; readonly prepared: T }[] {
  return waiting.flatMap((interview) => {
    try {
      return [{ interview, prepared: prepare(interview) }];
    } catch (error) {
      if (!(error instanceof FlowFault)) throw error;
      onFault(interview, error);
      return [];
    }
  });
}

function runLookup(lookup: FlowRecordLookup, waiting: readonly Interview[], onFault: OnFault): void {
  const ready = prepareAll(waiting, onFault, (interview) => lookupQuery(interview, lookup));
  if (ready.length === 0) return;
  const answers = ready[0]!.interview.host.findMany(ready.map(({ prepared }) => prepared));
  ready.forEach(({ interview }, index) => storeFound(interview, lookup, answers[index]!));
}

function lookupQuery(interview: Interview, lookup: FlowRecordLookup): FlowQuery {
  const limit = lookup.getFirstRecordOnly ? 1 : rowLimit(interview, lookup);
  return {
    ...filterQuery(interview, lookup.object, lookup.filters, lookup.filterLogic),
    ...(lookup.sortField === undefined
      ? {}
      : { sort: { field: lookup.sortField, descending: lookup.sortOrder === 'Desc' } }),
    ...(limit === undefined ? {} : { limit }),
  };
}

function rowLimit(interview: Interview, lookup: FlowRecordLookup): number | undefined {
  if (lookup.limit === undefined) return undefined;
  const limit = sourceValue(interview, lookup.limit);
  if (typeof limit !== 'number' || limit < 1)
    throw new FlowFault(`The limit of ${lookup.name} is not a positive number.`);
  return Math.trunc(limit);
}

function filterQuery(
  interview: Interview,
  object: string,
  filters: readonly FlowFilter[],
  logic: string | undefined,
): FlowQuery {
  const conditions = filters.map((filter): Condition => ({
    field: filter.field,
    operator: filter.operator,
    value: conditionValue(sourceValue(interview, filter.value), filter.field),
  }));
  return { object, conditions, logic: logic ?? 'and' };
}

function conditionValue(value: FlowValue, field: string): FieldValue | FieldValue[] {
  return isCollection(value)
    ? value.map((each) => toFieldValue(scalarOf(each, field)))
    : toFieldValue(scalarOf(value, field));
}

function storeFound(interview: Interview, lookup: FlowRecordLookup, rows: readonly SObjectRecord[]): void {
  const kept = keptFields(interview.program, lookup, interview.host);
  const found = rows.map((row) =>
    flowRecord(lookup.object, Object.fromEntries(kept.map((name) => [name, row[name] ?? null]))),
  );
  const output = lookup.getFirstRecordOnly ? (found[0] ?? null) : found;
  const nothing = found.length === 0 && !lookup.assignNullValuesIfNoRecordsFound;
  if (lookup.storeOutputAutomatically) interview.values.set(nameKey(lookup.name), output);
  else if (lookup.outputReference !== undefined) {
    if (!nothing) setReference(interview, lookup.outputReference, output);
  } else if (!nothing) assignFound(interview, lookup, found[0]);
}

function assignFound(interview: Interview, lookup: FlowRecordLookup, found: FlowRecord | undefined): void {
  interview.values.set(nameKey(lookup.name), found ?? null);
  for (const { assignToReference, field } of lookup.outputAssignments) {
    const value = found === undefined ? null : referenceValue(interview, `${lookup.name}.${field}`, 'element');
    setReference(interview, assignToReference, value);
  }
}

function runCreate(create: FlowRecordCreate, waiting: readonly Interview[], onFault: OnFault): void {
  const held = new Map<Interview, readonly FlowRecord[]>();
  const pending = prepareAll(waiting, onFault, (interview): PendingRows => {
    const records =
      create.inputReference === undefined
        ? [newRecord(interview, create)]
        : heldRecords(interview, create.inputReference);
    if (records.some(({ fields }) => (fields['Id'] ?? null) !== null))
      throw new FlowFault(dataFaultMessage('create', HAS_ID));
    held.set(interview, records);
    return rowsOf(records, ({ fields, object }) =>
      pick(fields, sentFields(object, Object.keys(fields), interview.host)),
    );
  });
  writeRows('create', pending, {
    fault: onFault,
    done(interview, ids) {
      held.get(interview)!.forEach((record, index) => (record.fields['Id'] = ids[index]!));
      if (create.inputReference === undefined) storeId(interview, create, ids[0]!);
    },
  });
}

function storeId(interview: Interview, create: FlowRecordCreate, id: string): void {
  if (create.storeOutputAutomatically) interview.values.set(nameKey(create.name), id);
  else if (create.assignRecordIdToReference !== undefined)
    setReference(interview, create.assignRecordIdToReference, id);
}

function newRecord(interview: Interview, create: FlowRecordCreate): FlowRecord {
  return flowRecord(create.object!, inputFields(interview, create.object!, create.inputAssignments));
}

function runUpdate(update: FlowRecordUpdate, waiting: readonly Interview[], onFault: OnFault): void {
  if (update.inputReference === undefined) return updateFound(update, waiting, onFault);
  const pending = prepareAll(waiting, onFault, (interview): PendingRows => {
    if (update.inputReference === '$Record') return triggeringRow(interview, update);
    return rowsOf(heldRecords(interview, update.inputReference!), ({ fields, object }) =>
      pick(fields, ['Id', ...sentFields(object, Object.keys(fields), interview.host)]),
    );
  });
  writeRows('update', pending, { fault: onFault, done: () => undefined });
}

function triggeringRow(interview: Interview, update: FlowRecordUpdate): PendingRows {
  const object = interview.program.flow.start.object!;
  const fields = inputFields(interview, object, update.inputAssignments);
  return { object, rows: [Object.assign(fields, { Id: interview.trigger.record['Id'] ?? null })] };
}

function updateFound(update: FlowRecordUpdate, waiting: readonly Interview[], onFault: OnFault): void {
  const object = update.object!;
  const ready = prepareAll(waiting, onFault, (interview) => ({
    query: filterQuery(interview, object, update.filters, update.filterLogic),
    fields: inputFields(interview, object, update.inputAssignments),
  }));
  if (ready.length === 0) return;
  const answers = ready[0]!.interview.host.findMany(ready.map(({ prepared }) => prepared.query));
  const pending = ready.map(({ interview, prepared }, index) => ({
    interview,
    prepared: { object, rows: answers[index]!.map((row) => Object.assign(pick(row, ['Id']), prepared.fields)) },
  }));
  writeRows('update', pending, { fault: onFault, done: () => undefined });
}

function runDelete(element: FlowRecordDelete, waiting: readonly Interview[], onFault: OnFault): void {
  if (element.inputReference !== undefined) {
    const pending = prepareAll(waiting, onFault, (interview) =>
      rowsOf(heldRecords(interview, element.inputReference!), ({ fields }) => pick(fields, ['Id'])),
    );
    return writeRows('delete', pending, { fault: onFault, done: () => undefined });
  }
  const object = element.object!;
  const ready = prepareAll(waiting, onFault, (interview) =>
    filterQuery(interview, object, element.filters, element.filterLogic),
  );
  if (ready.length === 0) return;
  const answers = ready[0]!.interview.host.findMany(ready.map(({ prepared }) => prepared));
  const pending = ready.map(({ interview }, index) => ({
    interview,
    prepared: { object, rows: answers[index]!.map((row) => pick(row, ['Id'])) },
  }));
  writeRows('delete', pending, { fault: onFault, done: () => undefined });
}

/** The records of a record or collection reference. Throws a FlowFault when it was never found or set. */
function heldRecords(interview: Interview, path: string): readonly FlowRecord[] {
  const value =
    path === '$Record'
      ? flowRecord(interview.program.flow.start.object!, interview.trigger.record)
      : interview.values.get(nameKey(path));
  const records = value === undefined || value === null ? [] : isCollection(value) ? value : [value];
  if (value === undefined || value === null || !records.every(isRecord)) {
    throw unsetFault(path);
  }
  return records;
}

function rowsOf(records: readonly FlowRecord[], row: (record: FlowRecord) => SObjectRecord): PendingRows {
  return { object: records[0]?.object ?? '', rows: records.map(row) };
}

function pick(fields: SObjectRecord, names: readonly string[]): SObjectRecord {
  const picked = Object.create(null) as SObjectRecord;
  for (const name of names) picked[name] = fields[name] ?? null;
  return picked;
}
