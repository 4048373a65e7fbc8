import type { Condition, FlowHost, FlowQuery, RowOutcome } from '../flow-host.ts';
import { holdsTogether } from '../flow-logic.ts';
import { normalizeId } from '../record-id.ts';
import type { FieldValue, SObjectRecord } from '../record.ts';
import { findObject } from '../schema/org-metadata.ts';
import type { OrgObject } from '../schema/org-object.ts';
import { grantsOf } from './access.ts';
import { compareValues, sameValue } from './compare-values.ts';
import { deleteRows } from './delete-rows.ts';
import { fieldValue, wholeRecord } from './formula-fields.ts';
import { saveBatch } from './save-batch.ts';
import type { Transaction } from './transaction.ts';

const BATCH = 200;

/** What flows, formulas and validation rules of one transaction see of the database. */
export function createHost(transaction: Transaction): FlowHost {
  const { org } = transaction;
  const objectOf = (name: string): OrgObject => {
    const object = findObject(org.metadata, name);
    if (object === undefined) throw new Error(`A flow names the object ${name}, which the org does not have`);
    return object;
  };
  const find = (query: FlowQuery): SObjectRecord[] => {
    const rows = findRows(host, objectOf(query.object), query, org.database.rows(query.object));
    transaction.use('rowsRead', rows.length);
    return rows;
  };
  const dml = (rows: readonly unknown[], work: (inner: Transaction) => RowOutcome[]): RowOutcome[] => {
    if (rows.length === 0) return [];
    transaction.use('statements', 1);
    return transaction.nested(work);
  };
  const save = (operation: 'create' | 'update', name: string, records: readonly SObjectRecord[]): RowOutcome[] =>
    dml(records, (inner) =>
      inBatches(records).flatMap((batch) => saveBatch(inner, host, operation, objectOf(name), batch)),
    );
  const host: FlowHost = {
    schema: (name) => findObject(org.metadata, name),
    find(query) {
      transaction.use('queries', 1);
      return find(query);
    },
    findMany(queries) {
      transaction.use('queries', 1);
      return queries.map(find);
    },
    read(name, id) {
      const row = org.database.get(name, normalizeId(id) ?? id);
      return row === undefined || row['IsDeleted'] === true ? undefined : wholeRecord(objectOf(name), row, host);
    },
    savepoint: () => org.database.savepoint(),
    hasPermission: (name) =>
      grantsOf(org, transaction.user.userId).some(({ customPermissions }) => customPermissions.has(name.toLowerCase())),
    insert: (name, records) => save('create', name, records),
    update: (name, records) => save('update', name, records),
    delete: (name, ids) => dml(ids, (inner) => deleteRows(inner, objectOf(name), ids)),
    now: org.now,
    userId: transaction.user.userId,
  };
  return host;
}

function inBatches<T>(rows: readonly T[]): T[][] {
  const batches: T[][] = [];
  for (let start = 0; start < rows.length; start += BATCH) batches.push(rows.slice(start, start + BATCH));
  return batches;
}

function findRows(
  host: FlowHost,
  object: OrgObject,
  query: FlowQuery,
  stored: readonly SObjectRecord[],
): SObjectRecord[] {
  const found = stored
    .filter((row) => row['IsDeleted'] !== true)
    .filter((row) =>
      holdsTogether(query.logic, query.conditions.length, (index) =>
        holds(host, object, row, query.conditions[index]!),
      ),
    )
    .map((row) => wholeRecord(object, row, host));
  const { sort } = query;
  if (sort !== undefined) {
    const name = object.field(sort.field)?.name ?? sort.field;
    found.sort((one, other) => compareValues(one[name] ?? null, other[name] ?? null) * (sort.descending ? -1 : 1));
  }
  return query.limit === undefined ? found : found.slice(0, query.limit);
}

function holds(
  host: FlowHost,
  object: OrgObject,
  row: SObjectRecord,
  { field: name, operator, value }: Condition,
): boolean {
  const field = object.field(name);
  if (field === undefined) throw new Error(`A flow filters by ${object.name}.${name}, which the org does not have`);
  const stored = fieldValue(object, field, row, host);
  const values: readonly FieldValue[] = Array.isArray(value) ? (value as readonly FieldValue[]) : [value as FieldValue];
  const single = values[0] ?? null;
  const text = String(stored ?? '').toLowerCase();
  const part = String(single ?? '').toLowerCase();
  switch (operator) {
    case 'EqualTo':
      return sameValue(field, stored, single);
    case 'NotEqualTo':
      return !sameValue(field, stored, single);
    case 'In':
      return values.some((each) => sameValue(field, stored, each));
    case 'NotIn':
      return !values.some((each) => sameValue(field, stored, each));
    case 'IsNull':
      return (stored === null) === (single === true);
    case 'Contains':
      return text.includes(part);
    case 'StartsWith':
      return text.startsWith(part);
    case 'EndsWith':
      return text.endsWith(part);
    default:
      return holdsInOrder(operator, stored, single);
  }
}

function holdsInOrder(operator: string, stored: FieldValue, value: FieldValue): boolean {
  if (stored === null || value === null) return false;
  const order = compareValues(stored, value);
  switch (operator) {
    case 'GreaterThan':
      return order > 0;
    case 'GreaterThanOrEqualTo':
      return order >= 0;
    case 'LessThan':
      return order < 0;
    case 'LessThanOrEqualTo':
      return order <= 0;
    default:
      throw new Error(`The local org does not interpret the filter operator ${operator}`);
  }
}
