import {
  parseQuery,
  type OrderByClause,
  type Query,
  type QueryBase,
  type Subquery,
} from '@jetstreamapp/soql-parser-js';
import { ApiError, notSimulated } from '../api-error.ts';
import { compareValues } from '../data/compare-values.ts';
import type { FieldValue } from '../record.ts';
import { findObject } from '../schema/org-metadata.ts';
import type { OrgField, OrgObject } from '../schema/org-object.ts';
import { isShadowObject } from '../schema/shadow-objects.ts';
import { compileAggregate, isAggregate } from './aggregate.ts';
import { compileWhere, namesOf, type Predicate } from './compile-condition.ts';
import { resolvePath } from './field-path.ts';
import type { QueryScope } from './query-scope.ts';
import { readPath, type Row } from './read-path.ts';
import { compileSelect, type ChildQuery, type JsonRecord } from './select.ts';

/** All rows of a query, before paging. `totalSize` of COUNT() stands without records. */
export interface QueryAnswer {
  readonly totalSize: number;
  readonly records: readonly JsonRecord[];
}

const MAX_CHARACTERS = 100_000;
const MAX_OFFSET = 2_000;
const MAX_CHILDREN = 2_000;

/** Runs a SOQL query. What is wrong with it is refused as the platform refuses it; what is not simulated, loudly. */
export function runQuery(scope: QueryScope, soql: string): QueryAnswer {
  if (soql.length > MAX_CHARACTERS) throw new ApiError(400, 'QUERY_TOO_COMPLICATED', 'SOQL statement is too long');
  return answer(scope, parseSoql(soql));
}

/** Reads a SOQL text, or refuses it as the platform does. */
export function parseSoql(soql: string): Query {
  try {
    return parseQuery(soql);
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n')[0] : String(error);
    throw new ApiError(400, 'MALFORMED_QUERY', `unexpected token in query: ${reason ?? ''}`.slice(0, 500));
  }
}

function answer(scope: QueryScope, query: Query): QueryAnswer {
  const object = objectOf(scope, query.sObject ?? '');
  refuseUnsupported(query);
  const fields = query.fields ?? [];
  const rows = selectRows(scope, object, query, query.sObjectAlias);
  const [first] = fields;
  if (first?.type === 'FieldFunctionExpression' && first.rawValue?.toUpperCase().replace(/\s/g, '') === 'COUNT()') {
    if (fields.length > 1)
      throw new ApiError(400, 'MALFORMED_QUERY', 'count() must be the only element in the select list');
    return { totalSize: rows().length, records: [] };
  }
  const groupBy = query.groupBy === undefined ? [] : [query.groupBy].flat();
  if (isAggregate(fields) || groupBy.length > 0) {
    const aggregate = compileAggregate(scope, object, fields, groupBy, query.sObjectAlias);
    const records = aggregate(rows());
    return { totalSize: records.length, records };
  }
  const write = compileSelect(scope, object, fields, query.sObjectAlias, (subquery) =>
    compileChild(scope, object, subquery),
  );
  const records = rows().map(write);
  return { totalSize: records.length, records };
}

/** The object of a FROM clause; refuses what is not there or not open to the user. */
export function objectOf(scope: QueryScope, name: string): OrgObject {
  const object = findObject(scope.org.metadata, name);
  if (object === undefined && isShadowObject(name)) throw notSimulated(`the object ${name}`);
  if (object === undefined || !scope.access.may('read', object)) {
    throw new ApiError(
      400,
      'INVALID_TYPE',
      `sObject type '${name}' is not supported. If you are attempting to use a custom object, be sure to append the '__c' after the entity name. Please reference your WSDL or the describe call for the appropriate names.`,
    );
  }
  return object;
}

const UNSUPPORTED = [
  'usingScope',
  'having',
  'withDataCategory',
  'withAccessLevel',
  'withSecurityEnforced',
  'for',
  'update',
] as const;

function refuseUnsupported(query: QueryBase): void {
  const found = UNSUPPORTED.find((name) => query[name] !== undefined);
  if (found !== undefined) throw notSimulated(`the clause ${found} of a query`);
}

/** Compiles the clauses about rows; the returned function reads the rows that they leave, in their order. */
function selectRows(scope: QueryScope, object: OrgObject, query: QueryBase, alias: string | undefined): () => Row[] {
  const where = compileWhere({ scope, object, alias, semiJoin: (inner) => semiJoin(scope, inner) }, query.where);
  const aggregate = isAggregate(query.fields ?? []) || query.groupBy !== undefined;
  const order = aggregate ? refuseOrder(query) : compileOrderBy(scope, object, query.orderBy, alias);
  const offset = query.offset ?? 0;
  if (offset > MAX_OFFSET)
    throw new ApiError(400, 'NUMBER_OUTSIDE_VALID_RANGE', `Maximum SOQL offset allowed is ${MAX_OFFSET}`);
  return () => {
    const found = storedRows(scope, object, where).sort(order);
    return query.limit === undefined ? found.slice(offset) : found.slice(offset, offset + query.limit);
  };
}

function refuseOrder(query: QueryBase): () => number {
  if (query.orderBy !== undefined) throw notSimulated('ORDER BY beside aggregate functions');
  return () => 0;
}

function storedRows(scope: QueryScope, object: OrgObject, where: Predicate): Row[] {
  return scope.org.database
    .rows(object.name)
    .filter((record) => scope.includeDeleted || record['IsDeleted'] !== true)
    .filter((record) => scope.access.reads(object, record))
    .map((record) => ({ object, record }))
    .filter(where);
}

type Comparator = (one: Row, other: Row) => number;

/**
 * The order of ORDER BY, nulls first unless said otherwise. What it leaves open comes newest first: the platform
 * promises nothing there, and whoever relies on the order of creation is found out.
 */
function compileOrderBy(
  scope: QueryScope,
  object: OrgObject,
  orderBy: QueryBase['orderBy'],
  alias: string | undefined,
): Comparator {
  const clauses = orderBy === undefined ? [] : [orderBy].flat();
  const comparators = clauses.map((clause) => compileOrderClause(scope, object, clause, alias));
  return (one, other) => {
    for (const compare of comparators) {
      const order = compare(one, other);
      if (order !== 0) return order;
    }
    return compareValues(other.record['Id'] ?? null, one.record['Id'] ?? null);
  };
}

function compileOrderClause(
  scope: QueryScope,
  object: OrgObject,
  clause: OrderByClause,
  alias: string | undefined,
): Comparator {
  if ('fn' in clause) throw notSimulated('a function in ORDER BY');
  const path = resolvePath(scope, object, namesOf(clause.field, alias));
  if (!path.field.filterable) {
    throw new ApiError(400, 'INVALID_FIELD', `field '${path.field.name}' can not be sorted in a query call`);
  }
  const direction = clause.order === 'DESC' ? -1 : 1;
  const nulls = clause.nulls === 'LAST' ? 1 : -1;
  return (one, other) => {
    const [left, right] = [readPath(scope, one, path), readPath(scope, other, path)];
    if (left === null || right === null) return left === right ? 0 : left === null ? nulls : -nulls;
    return compareValues(left, right) * direction;
  };
}

/** `Id IN (SELECT Contact__c FROM ...)`: the inner query selects exactly one field. */
function semiJoin(scope: QueryScope, query: Query): FieldValue[] {
  const object = objectOf(scope, query.sObject ?? '');
  refuseUnsupported(query);
  const [field, ...others] = query.fields ?? [];
  if (field?.type !== 'Field' || others.length > 0) {
    throw new ApiError(
      400,
      'MALFORMED_QUERY',
      'The inner select of a semi join has to select exactly one id or reference field',
    );
  }
  const path = resolvePath(scope, object, namesOf(field.field, query.sObjectAlias));
  return selectRows(scope, object, query, query.sObjectAlias)().map((row) => readPath(scope, row, path));
}

function compileChild(scope: QueryScope, parent: OrgObject, subquery: Subquery): { name: string; run: ChildQuery } {
  const [child, reference] = childOf(scope, parent, subquery.relationshipName);
  refuseUnsupported(subquery);
  const fields = subquery.fields ?? [];
  if (isAggregate(fields) || fields.some(({ type }) => type === 'FieldSubquery')) throw notSimulated('this subquery');
  const write = compileSelect(scope, child, fields, undefined, () => {
    throw notSimulated('a subquery in a subquery');
  });
  const { limit: _limit, offset: _offset, ...unlimited } = subquery;
  const rows = selectRows(scope, child, unlimited, undefined);
  let byParent: Map<string, Row[]> | undefined;
  const run: ChildQuery = ({ record }) => {
    byParent ??= Map.groupBy(rows(), (row) => String(row.record[reference.name]));
    const offset = subquery.offset ?? 0;
    const all = byParent.get(String(record['Id'])) ?? [];
    const records = all.slice(offset, offset + (subquery.limit ?? all.length)).map(write);
    if (records.length > MAX_CHILDREN)
      throw notSimulated(`more than ${MAX_CHILDREN} children of one record in an answer`);
    return records.length === 0 ? null : { totalSize: records.length, done: true, records };
  };
  return { name: reference.childRelationshipName ?? subquery.relationshipName, run };
}

/** The object that a relationship of a subquery leads to, and its field that points back. */
export function childOf(scope: QueryScope, parent: OrgObject, relationship: string): [OrgObject, OrgField] {
  for (const object of scope.org.metadata.objects.values()) {
    const field = object.fields.find(
      ({ childRelationshipName, referenceTo }) =>
        childRelationshipName?.toLowerCase() === relationship.toLowerCase() && referenceTo.includes(parent.name),
    );
    if (field !== undefined && scope.access.may('read', object) && scope.access.sees(object, field))
      return [object, field];
  }
  throw new ApiError(
    400,
    'INVALID_TYPE',
    `Didn't understand relationship '${relationship}' in FROM part of query call. If you are attempting to use a custom relationship, be sure to append the '__r' after the custom relationship name. Please reference your WSDL or the describe call for the appropriate names.`,
  );
}
