import type { FieldType } from '@jetstreamapp/soql-parser-js';
import { ApiError } from '../api-error.ts';
import { accessOf } from '../data/access.ts';
import type { OrgField } from '../schema/org-object.ts';
import { queryScope, type ApiCall } from '../rest/api-call.ts';
import { isAggregate } from '../soql/aggregate.ts';
import { namesOf } from '../soql/compile-condition.ts';
import { resolvePath } from '../soql/field-path.ts';
import { objectOf, parseSoql, runQuery } from '../soql/run-query.ts';
import type { BulkJob } from './bulk-job.ts';

/** A job that reads records. */
export interface QueryJob extends BulkJob {
  readonly operation: 'query' | 'queryAll';
  readonly query: string;
  /** Header and rows, once the job is complete. */
  header: readonly string[];
  rows: readonly (readonly string[])[];
}

interface Column {
  readonly path: readonly string[];
  readonly field: OrgField;
}

/** What a query job reads: the names of its columns, and its rows as texts. */
export type Extract = Pick<QueryJob, 'header' | 'rows'>;

/** Refuses what a bulk query cannot be; gives the object that it reads. */
export function checkBulkQuery(soql: string): string {
  const { sObject = '', fields = [], groupBy, offset } = parseSoql(soql);
  const nested = fields.some(({ type }) => type === 'FieldSubquery' || type === 'FieldTypeof');
  if (groupBy !== undefined || offset !== undefined || nested || isAggregate(fields)) {
    throw new ApiError(
      400,
      'FUNCTIONALITY_NOT_ENABLED',
      'Bulk queries have no aggregates, GROUP BY, OFFSET, TYPEOF and no queries of children',
    );
  }
  return sObject;
}

/** Runs the query with the rights that the user has now. */
export function runBulkQuery(given: ApiCall, soql: string, includeDeleted: boolean): Extract {
  const call = { ...given, access: accessOf(given.org, given.user) };
  const columns = columnsOf(call, soql);
  const { records } = runQuery(queryScope(call, includeDeleted), soql);
  const rows = records.map((record) => columns.map(({ path, field }) => writeCell(field, valueAt(record, path))));
  return { header: columns.map(({ path }) => path.join('.')), rows };
}

function columnsOf(call: ApiCall, soql: string): Column[] {
  const scope = queryScope(call);
  const { sObject = '', sObjectAlias, fields = [] } = parseSoql(soql);
  const object = objectOf(scope, sObject);
  return fields.flatMap((each: FieldType) => {
    if (each.type !== 'Field' && each.type !== 'FieldRelationship') return [];
    const names = each.type === 'Field' ? [each.field] : [...each.relationships, each.field];
    const { steps, field } = resolvePath(scope, object, namesOf(names.join('.'), sObjectAlias));
    return { path: [...steps.map(({ relationship }) => relationship), field.name], field };
  });
}

function valueAt(record: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((value, name) => (value as Record<string, unknown> | null)?.[name] ?? null, record);
}

/** Instants end in Z here, unlike in the REST API ("Valid Date Format in Records"); null is an empty text. */
function writeCell({ type }: OrgField, value: unknown): string {
  if (typeof value === 'string') return type === 'datetime' ? value.replace('+0000', 'Z') : value;
  return value === null ? '' : JSON.stringify(value);
}
