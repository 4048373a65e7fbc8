import type { Condition, FlowHost, FlowQuery } from '../flow-host.ts';
import { parseLogic, type Logic } from '../flow-logic.ts';
import { normalizeId } from '../record-id.ts';
import type { FieldValue, SObjectRecord } from '../record.ts';
import type { OrgObject } from '../schema/org-object.ts';
import { compareValues, sameValue } from './compare-values.ts';
import { isIndexed, type Database } from './database.ts';
import { fieldValue, wholeRecord } from './formula-fields.ts';

/** The undeleted rows that a query of a flow asks for, in the order asked, with their formulas evaluated. */
export function findRows(database: Database, host: FlowHost, object: OrgObject, query: FlowQuery): SObjectRecord[] {
  const { conditions, sort, limit } = query;
  const logic: Logic =
    conditions.length === 0 ? { kind: 'and', parts: [] } : parseLogic(query.logic, conditions.length);
  const ids = candidateIds(database, object, conditions, logic);
  const stored = ids === undefined ? database.rows(object.name) : rowsOf(database, object, ids);
  const found = stored
    .filter(
      (row) => row['IsDeleted'] !== true && meets(logic, (number) => holds(host, object, row, conditions[number - 1]!)),
    )
    .map((row) => wholeRecord(object, row, host));
  if (sort !== undefined) {
    const name = object.field(sort.field)?.name ?? sort.field;
    found.sort((one, other) => compareValues(one[name] ?? null, other[name] ?? null) * (sort.descending ? -1 : 1));
  }
  return limit === undefined ? found : found.slice(0, limit);
}

function meets(logic: Logic, holdsNumber: (number: number) => boolean): boolean {
  if (logic.kind === 'condition') return holdsNumber(logic.number);
  if (logic.kind === 'not') return !meets(logic.part, holdsNumber);
  const test = (part: Logic): boolean => meets(part, holdsNumber);
  return logic.kind === 'and' ? logic.parts.every(test) : logic.parts.some(test);
}

function rowsOf(database: Database, object: OrgObject, ids: ReadonlySet<string>): SObjectRecord[] {
  return [...ids].sort().map((id) => database.get(object.name, id)!);
}

/** Ids among which every row that meets the conditions is found by an index; undefined when no index helps. */
function candidateIds(
  database: Database,
  object: OrgObject,
  conditions: readonly Condition[],
  logic: Logic,
): ReadonlySet<string> | undefined {
  if (logic.kind === 'not') return undefined;
  if (logic.kind === 'condition') return indexedIds(database, object, conditions[logic.number - 1]!);
  const parts = logic.parts.map((part) => candidateIds(database, object, conditions, part));
  if (logic.kind === 'and') return parts.find((part) => part !== undefined);
  const known = parts.filter((part) => part !== undefined);
  return known.length < parts.length ? undefined : new Set(known.flatMap((part) => [...part]));
}

function indexedIds(
  database: Database,
  object: OrgObject,
  { field: name, operator, value }: Condition,
): ReadonlySet<string> | undefined {
  const field = object.field(name);
  const values = listOf(value);
  if (field?.name === 'Id' && operator === 'EqualTo' && !Array.isArray(value))
    return idSet(database, object, String(value));
  if (field === undefined || !isIndexed(field) || !['EqualTo', 'In'].includes(operator) || values.includes(null))
    return undefined;
  return new Set(values.flatMap((each) => (each === null ? [] : database.idsByKey(object.name, field, each))));
}

function idSet(database: Database, object: OrgObject, given: string): ReadonlySet<string> {
  const id = normalizeId(given) ?? '';
  return new Set(database.get(object.name, id) === undefined ? [] : [id]);
}

function listOf(value: Condition['value']): readonly FieldValue[] {
  return Array.isArray(value) ? (value as readonly FieldValue[]) : [value as FieldValue];
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
  const values = listOf(value);
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
