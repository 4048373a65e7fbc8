import type { Query } from '@jetstreamapp/soql-parser-js';
import { ApiError, notSimulated } from '../api-error.ts';
import { compareValues, sameValue } from '../data/compare-values.ts';
import type { FieldValue } from '../record.ts';
import type { OrgField, OrgObject } from '../schema/org-object.ts';
import { conditionTree, type Comparison, type ConditionTree } from './condition-tree.ts';
import { resolvePath } from './field-path.ts';
import { isLike } from './like.ts';
import { readLiteral, type Literal } from './literal.ts';
import type { QueryScope } from './query-scope.ts';
import { readPath, type Row } from './read-path.ts';

export type Predicate = (row: Row) => boolean;

/** Runs a semi-join: the values of the one field that the inner query selects. */
export type SemiJoin = (query: Query) => FieldValue[];

interface Context {
  readonly scope: QueryScope;
  readonly object: OrgObject;
  readonly alias: string | undefined;
  readonly semiJoin: SemiJoin;
}

/** Compiles a WHERE clause; everything that is wrong with it is refused before a row is read. */
export function compileWhere(context: Context, where: Parameters<typeof conditionTree>[0] | undefined): Predicate {
  return where === undefined ? () => true : compile(context, conditionTree(where));
}

function compile(context: Context, tree: ConditionTree): Predicate {
  if (tree.kind === 'comparison') return compileComparison(context, tree.comparison);
  if (tree.kind === 'not') {
    const inner = compile(context, tree.part);
    return (row) => !inner(row);
  }
  const parts = tree.parts.map((part) => compile(context, part));
  return tree.kind === 'and' ? (row) => parts.every((part) => part(row)) : (row) => parts.some((part) => part(row));
}

function compileComparison(context: Context, comparison: Comparison): Predicate {
  if (!('field' in comparison)) throw notSimulated('a function in a WHERE clause');
  const { scope, object, alias } = context;
  const path = resolvePath(scope, object, namesOf(comparison.field, alias));
  if (!path.field.filterable) {
    throw new ApiError(400, 'INVALID_FIELD', `field '${path.field.name}' can not be filtered in a query call`);
  }
  const test = compileTest(context, path.field, comparison);
  return (row) => test(readPath(scope, row, path));
}

/** The names of a path without the alias of the object in front of it. */
export function namesOf(path: string, alias: string | undefined): string[] {
  const names = path.split('.');
  return names.length > 1 && names[0]?.toLowerCase() === alias?.toLowerCase() ? names.slice(1) : names;
}

type Test = (stored: FieldValue) => boolean;

function compileTest(context: Context, field: OrgField, comparison: Comparison & { readonly field: string }): Test {
  const { operator } = comparison;
  if ('valueQuery' in comparison) {
    const values = context.semiJoin(comparison.valueQuery);
    const isIn = (stored: FieldValue): boolean =>
      stored !== null && values.some((value) => sameValue(field, stored, value));
    return operator === 'IN' ? isIn : (stored) => stored !== null && !isIn(stored);
  }
  if (!('value' in comparison)) throw notSimulated('this kind of condition');
  const literals = literalsOf(context, field, comparison.value, comparison.literalType);
  if (operator === 'IN' || operator === 'NOT IN') {
    if (!Array.isArray(comparison.value))
      throw new ApiError(400, 'MALFORMED_QUERY', `unexpected token: ${comparison.value}`);
    const isIn = (stored: FieldValue): boolean => literals.some((literal) => isEqual(field, stored, literal));
    return operator === 'IN' ? isIn : (stored) => !isIn(stored);
  }
  return compileOperator(field, operator, literals[0] ?? { value: null });
}

function literalsOf(
  context: Context,
  field: OrgField,
  value: string | string[],
  types: string | string[] | undefined,
): Literal[] {
  const values = Array.isArray(value) ? value : [value];
  return values.map((raw, index) => {
    const type = Array.isArray(types) ? types[index] : types;
    return readLiteral(field, raw, type ?? 'STRING', context.scope.org.now());
  });
}

function compileOperator(field: OrgField, operator: string, literal: Literal): Test {
  switch (operator) {
    case '=':
      return (stored) => isEqual(field, stored, literal);
    case '!=':
      return (stored) => !isEqual(field, stored, literal);
    case 'LIKE':
      return compileLike(field, literal);
    case '<':
    case '<=':
    case '>':
    case '>=':
      return compileOrder(field, operator, literal);
    default:
      throw notSimulated(`the operator ${operator} in a query`);
  }
}

function compileLike(field: OrgField, literal: Literal): Test {
  const pattern = 'value' in literal ? literal.value : null;
  if (typeof pattern !== 'string' || ['id', 'reference', 'boolean'].includes(field.type)) {
    throw new ApiError(400, 'INVALID_QUERY_FILTER_OPERATOR', `invalid operator on ${field.type} field`);
  }
  return (stored) => typeof stored === 'string' && isLike(stored, pattern);
}

function isEqual(field: OrgField, stored: FieldValue, literal: Literal): boolean {
  if ('from' in literal) return stored !== null && String(stored) >= literal.from && String(stored) < literal.to;
  return sameValue(field, stored, literal.value === '' ? null : literal.value);
}

/** Before or after a span of time: `>` from its end on, `<` up to its beginning. Null is in no order. */
function compileOrder(field: OrgField, operator: '<' | '<=' | '>' | '>=', literal: Literal): Test {
  if (field.type === 'boolean' || ('value' in literal && literal.value === null)) {
    throw new ApiError(400, 'INVALID_QUERY_FILTER_OPERATOR', `invalid operator on ${field.type} field`);
  }
  if ('from' in literal) {
    const { from, to } = literal;
    const tests = { '<': [from, false], '<=': [to, false], '>': [to, true], '>=': [from, true] } as const;
    const [bound, after] = tests[operator];
    return (stored) => stored !== null && (after ? String(stored) >= bound : String(stored) < bound);
  }
  const tests = { '<': [-1], '<=': [-1, 0], '>': [1], '>=': [0, 1] } as const;
  const accepted: readonly number[] = tests[operator];
  return (stored) => stored !== null && accepted.includes(Math.sign(compareValues(stored, literal.value)));
}
