import type { FieldFunctionExpression, FieldType, GroupByClause } from '@jetstreamapp/soql-parser-js';
import { ApiError, notSimulated } from '../api-error.ts';
import { compareValues } from '../data/compare-values.ts';
import type { FieldValue } from '../record.ts';
import type { OrgObject } from '../schema/org-object.ts';
import { namesOf } from './compile-condition.ts';
import { resolvePath } from './field-path.ts';
import type { QueryScope } from './query-scope.ts';
import { readPath, type Row } from './read-path.ts';
import type { JsonRecord } from './select.ts';

type Column = { readonly name: string; readonly read: (rows: readonly Row[]) => FieldValue };

/** Whether a SELECT list has an aggregate function. */
export function isAggregate(fields: readonly FieldType[]): boolean {
  return fields.some((field) => field.type === 'FieldFunctionExpression' && field.isAggregateFn === true);
}

/**
 * The names under which the values of a grouped SELECT list stand in a record: the alias, else the name of the field,
 * else `expr0`, `expr1` and so on for the functions.
 */
export function resultNames(fields: readonly FieldType[]): string[] {
  let unnamed = 0;
  return fields.map((field) => {
    if ('alias' in field && field.alias !== undefined) return field.alias;
    if (field.type === 'Field' || field.type === 'FieldRelationship')
      return field.field.split('.').at(-1) ?? field.field;
    return `expr${unnamed++}`;
  });
}

/** Compiles a query with aggregate functions or GROUP BY: one record for each group. */
export function compileAggregate(
  scope: QueryScope,
  object: OrgObject,
  fields: readonly FieldType[],
  groupBy: readonly GroupByClause[],
  alias: string | undefined,
): (rows: readonly Row[]) => JsonRecord[] {
  const reader = (path: string): ((row: Row) => FieldValue) => {
    const resolved = resolvePath(scope, object, namesOf(path, alias));
    return (row) => readPath(scope, row, resolved);
  };
  const groups = groupBy.map((clause) => {
    if ('fn' in clause) throw notSimulated('a function in GROUP BY');
    return { path: clause.field, read: reader(clause.field) };
  });
  const names = resultNames(fields);
  const columns = fields.map((field, index): Column => {
    const name = names[index] ?? '';
    if (field.type === 'FieldFunctionExpression') return { name, read: compileFunction(field, reader) };
    if (field.type !== 'Field' && field.type !== 'FieldRelationship')
      throw notSimulated(`${field.type} beside GROUP BY`);
    const path = field.type === 'Field' ? field.field : [...field.relationships, field.field].join('.');
    const group = groups.find((each) => each.path.toLowerCase() === path.toLowerCase());
    if (group === undefined) throw new ApiError(400, 'MALFORMED_QUERY', `Field must be grouped or aggregated: ${path}`);
    return { name, read: ([first]) => (first === undefined ? null : group.read(first)) };
  });
  return (rows) =>
    groupRows(rows, groups).map((members) => ({
      attributes: { type: 'AggregateResult' },
      ...Object.fromEntries(columns.map(({ name, read }) => [name, read(members)])),
    }));
}

function groupRows(rows: readonly Row[], groups: readonly { readonly read: (row: Row) => FieldValue }[]): Row[][] {
  if (groups.length === 0) return [[...rows]];
  const byKey = new Map<string, Row[]>();
  for (const row of rows) {
    const key = JSON.stringify(groups.map(({ read }) => read(row)));
    byKey.set(key, [...(byKey.get(key) ?? []), row]);
  }
  return [...byKey.values()];
}

function compileFunction(
  { functionName, parameters }: FieldFunctionExpression,
  reader: (path: string) => (row: Row) => FieldValue,
): (rows: readonly Row[]) => FieldValue {
  const [parameter] = parameters;
  if (parameter === undefined)
    throw new ApiError(400, 'MALFORMED_QUERY', 'count() must be the only element in the select list');
  if (typeof parameter !== 'string') throw notSimulated('a function inside a function');
  const read = reader(parameter);
  const values = (rows: readonly Row[]): FieldValue[] => rows.map(read).filter((value) => value !== null);
  switch (functionName.toUpperCase()) {
    case 'COUNT':
      return (rows) => values(rows).length;
    case 'COUNT_DISTINCT':
      return (rows) => new Set(values(rows)).size;
    case 'MIN':
      return (rows) => values(rows).sort(compareValues)[0] ?? null;
    case 'MAX':
      return (rows) => values(rows).sort(compareValues).at(-1) ?? null;
    case 'SUM':
      return (rows) => values(rows).reduce<number>((sum, value) => sum + Number(value), 0);
    default:
      throw notSimulated(`the function ${functionName}`);
  }
}
