import type { FieldValue, SObjectRecord } from '../record.ts';
import type { OrgField, OrgObject } from '../schema/org-object.ts';
import { checkValue } from './check-value.ts';
import { RowError } from './row-error.ts';
import type { Transaction } from './transaction.ts';

/** Refuses references to records that are not there, are deleted, or are of another type. */
export function checkReferences(
  transaction: Transaction,
  object: OrgObject,
  row: SObjectRecord,
  prior: SObjectRecord | undefined,
): void {
  for (const field of object.fields) {
    const value = row[field.name] ?? null;
    if (field.type !== 'reference' || value === null || value === (prior?.[field.name] ?? null)) continue;
    checkReference(transaction, field, String(value));
  }
}

function checkReference(transaction: Transaction, field: OrgField, id: string): void {
  const { database, metadata } = transaction.org;
  const parent = [...metadata.objects.values()].find(({ keyPrefix }) => id.startsWith(keyPrefix));
  if (parent === undefined || !field.referenceTo.some((name) => name.toLowerCase() === parent.name.toLowerCase())) {
    const code = field.custom ? 'FIELD_INTEGRITY_EXCEPTION' : 'MALFORMED_ID';
    throw new RowError(code, `${field.label}: id value of incorrect type: ${id}`, [field.name]);
  }
  const row = database.get(parent.name, id);
  if (row === undefined) throw new RowError('INVALID_CROSS_REFERENCE_KEY', 'invalid cross reference id', []);
  if (row['IsDeleted'] === true) throw new RowError('ENTITY_IS_DELETED', 'entity is deleted', []);
  if (row['IsConverted'] === true) {
    throw new RowError('CANNOT_UPDATE_CONVERTED_LEAD', 'cannot reference converted lead', []);
  }
  if (field.name === 'OwnerId' && row['IsActive'] !== true) {
    throw new RowError(
      'INACTIVE_OWNER_OR_USER',
      `operation performed with inactive user [${id}] as owner of ${transaction.user.system ? 'record' : 'entity'}`,
      [],
    );
  }
}

/** Refuses missing required values, and values that their field cannot hold. */
export function checkRow(object: OrgObject, row: SObjectRecord, changed: (field: OrgField) => boolean): void {
  const missing = object.fields.filter((field) => isRequired(field) && isEmpty(row[field.name] ?? null));
  if (missing.length > 0) {
    const names = missing.map(({ name }) => name);
    throw new RowError('REQUIRED_FIELD_MISSING', `Required fields are missing: [${names.join(', ')}]`, names);
  }
  for (const field of object.fields) if (changed(field)) checkValue(field, row[field.name] ?? null);
}

function isRequired(field: OrgField): boolean {
  return field.required || (!field.nillable && field.createable);
}

function isEmpty(value: FieldValue): boolean {
  return value === null || (typeof value === 'string' && value.trim() === '');
}

/** Refuses a value of a unique field that another undeleted record carries; the message names that record. */
export function checkUnique(transaction: Transaction, object: OrgObject, row: SObjectRecord): void {
  for (const field of object.fields) {
    const value = row[field.name] ?? null;
    if (!field.unique || value === null) continue;
    const other = transaction.org.database.idsByKey(object.name, field, value).find((id) => id !== row['Id']);
    if (other === undefined) continue;
    throw new RowError(
      'DUPLICATE_VALUE',
      `duplicate value found: ${field.name} duplicates value on record with id: ${other.slice(0, 15)}`,
    );
  }
}
