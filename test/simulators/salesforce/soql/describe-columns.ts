import type { FieldType, Subquery } from '@jetstreamapp/soql-parser-js';
import type { OrgObject } from '../schema/org-object.ts';
import { isAggregate, resultNames } from './aggregate.ts';
import { namesOf } from './compile-condition.ts';
import { resolvePath, type FieldPath } from './field-path.ts';
import type { QueryScope } from './query-scope.ts';
import { childOf, objectOf, parseSoql } from './run-query.ts';

/**
 * One column of an answer: the names in QueryResultColumnMetadata of the Tooling API. What that says of the types is
 * left out.
 */
export interface QueryColumn {
  /** Of a function, or of a subquery, whose columns are then in `joinColumns`. */
  readonly aggregate: boolean;
  /** The name in a record of the answer; of a parent's field, the relationship. */
  readonly columnName: string;
  readonly displayName: string;
  readonly joinColumns: readonly QueryColumn[];
}

/** What `query?q=...&columns=true` answers in place of the records. */
export interface QueryColumns {
  readonly columnMetadata: readonly QueryColumn[];
  readonly entityName: string;
  readonly groupBy: boolean;
  readonly keyPrefix: string;
}

/** Names the columns of a query that `runQuery` accepts, in the order of its SELECT list. */
export function describeColumns(scope: QueryScope, soql: string): QueryColumns {
  const { sObject = '', sObjectAlias, fields = [], groupBy } = parseSoql(soql);
  const object = objectOf(scope, sObject);
  const grouped = groupBy !== undefined || isAggregate(fields);
  const columnMetadata = grouped ? groupedColumns(fields) : selectedColumns(scope, object, fields, sObjectAlias);
  return { columnMetadata, entityName: object.name, groupBy: groupBy !== undefined, keyPrefix: object.keyPrefix };
}

function groupedColumns(fields: readonly FieldType[]): QueryColumn[] {
  return resultNames(fields).map((name, index) => {
    const field = fields[index];
    return field?.type === 'FieldFunctionExpression'
      ? { ...column(name), aggregate: true, displayName: field.rawValue ?? name }
      : column(name);
  });
}

function selectedColumns(
  scope: QueryScope,
  object: OrgObject,
  fields: readonly FieldType[],
  alias: string | undefined,
): QueryColumn[] {
  return fields.flatMap((field) => {
    if (field.type === 'FieldSubquery') return subqueryColumn(scope, object, field.subquery);
    if (field.type !== 'Field' && field.type !== 'FieldRelationship') return [];
    const names = field.type === 'Field' ? [field.field] : [...field.relationships, field.field];
    return pathColumn(resolvePath(scope, object, namesOf(names.join('.'), alias)));
  });
}

function subqueryColumn(scope: QueryScope, parent: OrgObject, subquery: Subquery): QueryColumn {
  const [child, reference] = childOf(scope, parent, subquery.relationshipName);
  const columns = selectedColumns(scope, child, subquery.fields ?? [], undefined);
  return { ...column(reference.childRelationshipName ?? subquery.relationshipName, columns), aggregate: true };
}

function pathColumn({ steps, field }: FieldPath): QueryColumn {
  return steps.reduceRight((inner, { relationship }) => column(relationship, [inner]), column(field.name));
}

function column(name: string, joinColumns: readonly QueryColumn[] = []): QueryColumn {
  return { aggregate: false, columnName: name, displayName: name, joinColumns };
}
