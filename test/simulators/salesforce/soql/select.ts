import type { FieldType, Subquery } from '@jetstreamapp/soql-parser-js';
import { ApiError, notSimulated } from '../api-error.ts';
import type { OrgObject } from '../schema/org-object.ts';
import { namesOf } from './compile-condition.ts';
import { resolvePath, type FieldPath, type Step } from './field-path.ts';
import type { QueryScope } from './query-scope.ts';
import { followStep, readPath, type Row } from './read-path.ts';

/** A record of an answer, as the REST API writes it. */
export type JsonRecord = Record<string, unknown>;

/** Runs a subquery over the children of one record. */
export type ChildQuery = (
  row: Row,
) => { readonly totalSize: number; readonly done: true; readonly records: JsonRecord[] } | null;

interface Selection {
  readonly fields: FieldPath[];
  readonly parents: Map<string, { readonly step: Step; readonly selection: Selection }>;
  readonly children: { readonly name: string; readonly run: ChildQuery }[];
}

/** Compiles the SELECT list into a function that writes one record of the answer. */
export function compileSelect(
  scope: QueryScope,
  object: OrgObject,
  fields: readonly FieldType[],
  alias: string | undefined,
  compileChild: (subquery: Subquery) => { readonly name: string; readonly run: ChildQuery },
): (row: Row) => JsonRecord {
  const root = emptySelection();
  for (const field of fields) {
    if (field.type === 'FieldSubquery') root.children.push(compileChild(field.subquery));
    else if (field.type === 'Field' || field.type === 'FieldRelationship') {
      if ('alias' in field && field.alias !== undefined) {
        throw new ApiError(400, 'MALFORMED_QUERY', 'only aggregate expressions use field aliasing');
      }
      const names = field.type === 'Field' ? [field.field] : [...field.relationships, field.field];
      addPath(root, resolvePath(scope, object, namesOf(names.join('.'), alias)));
    } else
      throw notSimulated(
        `${field.type === 'FieldTypeof' ? 'TYPEOF' : (field.rawValue ?? field.functionName)} in a SELECT list`,
      );
  }
  return (row) => writeRecord(scope, root, row);
}

function emptySelection(): Selection {
  return { fields: [], parents: new Map(), children: [] };
}

function addPath(root: Selection, path: FieldPath): void {
  let selection = root;
  path.steps.forEach((step) => {
    const known = selection.parents.get(step.relationship) ?? { step, selection: emptySelection() };
    selection.parents.set(step.relationship, known);
    selection = known.selection;
  });
  if (selection.fields.some(({ field }) => field.name === path.field.name)) {
    throw new ApiError(400, 'INVALID_FIELD', `duplicate field selected: ${path.field.name}`);
  }
  selection.fields.push({ ...path, steps: [] });
}

function writeRecord(scope: QueryScope, selection: Selection, row: Row): JsonRecord {
  const json: JsonRecord = {
    attributes: {
      type: row.object.name,
      url: `${scope.basePath}/sobjects/${row.object.name}/${String(row.record['Id'])}`,
    },
  };
  for (const path of selection.fields) json[path.field.name] = readPath(scope, row, path);
  for (const [name, { step, selection: inner }] of selection.parents) {
    const parent = followStep(scope, row, step);
    json[name] = parent === undefined ? null : writeRecord(scope, inner, parent);
  }
  for (const { name, run } of selection.children) json[name] = run(row);
  return json;
}
