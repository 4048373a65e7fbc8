import { ApiError } from '../api-error.ts';
import { normalizeId } from '../record-id.ts';
import type { FieldValue, SObjectRecord } from '../record.ts';
import { findObject } from '../schema/org-metadata.ts';
import type { OrgField, OrgObject } from '../schema/org-object.ts';
import { readValue } from './read-value.ts';
import { RowError } from './row-error.ts';
import type { Transaction } from './transaction.ts';

export type Operation = 'create' | 'update';

/**
 * The fields that a request or a flow wants to write, in stored form. Unknown and hidden fields throw an ApiError (the
 * platform refuses the whole body); a parent named by external id is looked up and becomes its id.
 */
export function readRow(
  transaction: Transaction,
  object: OrgObject,
  operation: Operation,
  given: Readonly<Record<string, unknown>>,
): SObjectRecord {
  const row = Object.create(null) as SObjectRecord;
  for (const [name, value] of Object.entries(given)) {
    const lower = name.toLowerCase();
    if (lower === 'attributes') continue;
    if (lower === 'id') continue;
    const [field, stored] = readMember(transaction, object, name, value);
    checkWritable(transaction, object, operation, field);
    row[field.name] = stored;
  }
  return row;
}

function readMember(transaction: Transaction, object: OrgObject, name: string, value: unknown): [OrgField, FieldValue] {
  const field = object.field(name);
  if (field !== undefined && transaction.access.sees(object, field)) return [field, readValue(field, value)];
  const parent = object.fields.find((each) => each.relationshipName?.toLowerCase() === name.toLowerCase());
  if (parent !== undefined && transaction.access.sees(object, parent) && typeof value === 'object') {
    return [parent, value === null ? null : parentId(transaction, parent, value as Record<string, unknown>)];
  }
  throw noSuchColumn(name, object.name);
}

/** What the platform says of a field that is not there, or not visible to the user. */
function noSuchColumn(name: string, objectName: string): ApiError {
  return new ApiError(400, 'INVALID_FIELD', `No such column '${name}' on sobject of type ${objectName}`);
}

function checkWritable(transaction: Transaction, object: OrgObject, operation: Operation, field: OrgField): void {
  const possible = operation === 'create' ? field.createable : field.updateable;
  if (possible && transaction.access.writes(object, field)) return;
  const verb = transaction.user.system ? operation : 'create/update';
  throw new RowError(
    'INVALID_FIELD_FOR_INSERT_UPDATE',
    `Unable to ${verb} fields: ${field.name}. Please check the security settings of this field and verify that it is read/write for your profile or permission set.`,
    [field.name],
  );
}

/** `"TrackedEmail__r": {"MessageKey__c": "..."}`: the id of the one parent with that external id. */
function parentId(transaction: Transaction, reference: OrgField, given: Record<string, unknown>): string {
  const { org } = transaction;
  const type = (given['attributes'] as { type?: unknown } | undefined)?.type;
  const parentName =
    typeof type === 'string' ? type : reference.referenceTo.length === 1 ? reference.referenceTo[0]! : '';
  const parent = findObject(org.metadata, parentName);
  const [name, value] = Object.entries(given).filter(([key]) => key !== 'attributes')[0] ?? ['', null];
  const key = parent?.field(name);
  if (parent === undefined || key === undefined || !(key.externalId || key.name === 'Id')) {
    throw new ApiError(
      400,
      'INVALID_FIELD',
      `${name} is not an External ID or indexed field for ${parentName || reference.name}`,
    );
  }
  const stored = readValue(key, value);
  if (key.name === 'Id') return normalizeId(String(stored)) ?? '';
  const ids = stored === null ? [] : org.database.idsByKey(parent.name, key, stored);
  if (ids.length === 1) return ids[0]!;
  const found = ids.length === 0 ? 'not found' : 'matches more than one record';
  throw new RowError(
    'INVALID_FIELD',
    `Foreign key external ID: ${String(stored)} ${found} for field ${key.name} in entity ${parent.name}`,
  );
}
