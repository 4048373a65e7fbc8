import { fieldValue } from '../data/formula-fields.ts';
import { findObject } from '../schema/org-metadata.ts';
import type { OrgObject } from '../schema/org-object.ts';
import type { FieldValue, SObjectRecord } from '../record.ts';
import type { FieldPath, Step } from './field-path.ts';
import type { QueryScope } from './query-scope.ts';

/** A stored row with the object it belongs to. */
export interface Row {
  readonly object: OrgObject;
  readonly record: SObjectRecord;
}

/** The parent that one step leads to; undefined for an empty lookup, and for a record that the user does not see. */
export function followStep(scope: QueryScope, row: Row, step: Step): Row | undefined {
  const id = row.record[step.field.name] ?? null;
  if (id === null) return undefined;
  const names = step.parent === undefined ? step.field.referenceTo : [step.parent.name];
  for (const name of names) {
    const object = findObject(scope.org.metadata, name);
    const record = object === undefined ? undefined : scope.org.database.get(object.name, String(id));
    if (object === undefined || record === undefined) continue;
    return scope.access.reads(object, record) ? { object, record } : undefined;
  }
  return undefined;
}

/** The value at the end of a path; null when a parent on the way is empty. */
export function readPath(scope: QueryScope, row: Row, path: FieldPath): FieldValue {
  let current: Row | undefined = row;
  for (const step of path.steps) {
    current = followStep(scope, current, step);
    if (current === undefined) return null;
  }
  return valueOf(scope, current, path);
}

function valueOf(scope: QueryScope, row: Row, { field, object }: FieldPath): FieldValue {
  if (object !== undefined) return fieldValue(object, field, row.record, scope.host);
  if (field.name === 'Type') return row.object.name;
  const actual = row.object.field(field.name);
  return actual === undefined ? null : fieldValue(row.object, actual, row.record, scope.host);
}
