import type { FieldValue, SObjectRecord } from '../record.ts';
import { normalizeId } from '../record-id.ts';
import type { OrgObject } from '../schema/org-object.ts';
import { writeDateTime } from './date-time.ts';
import { RowError } from './row-error.ts';
import { saveBatch, type GivenRow } from './save-batch.ts';
import type { Transaction } from './transaction.ts';
import { createHost } from './transaction-host.ts';

/** What `merge` is asked for (SOAP API Developer Guide, "merge()"): at most two records go into the master. */
export interface Merge {
  readonly object: OrgObject;
  /** With its Id, and the fields that it gets. */
  readonly master: GivenRow;
  readonly mergedIds: readonly string[];
}

const MERGEABLE = ['Account', 'Contact', 'Lead'];
const MAX_MERGED = 2;

/**
 * Puts records into a master: whatever points at one of them points at the master from now on, and they are deleted
 * with the master's id in MasterRecordId. Gives the ids of what was pointed elsewhere.
 */
export function mergeRecords(transaction: Transaction, { object, master, mergedIds }: Merge): string[] {
  if (!MERGEABLE.includes(object.name)) throw new RowError('INVALID_OPERATION', `${object.name} cannot be merged`);
  if (mergedIds.length === 0 || mergedIds.length > MAX_MERGED) {
    throw new RowError('INVALID_ARGUMENT', `A merge takes one or ${MAX_MERGED} records besides the master`);
  }
  const kept = String(presentRow(transaction, object, String(master['Id']))['Id']);
  const losers = mergedIds.map((id) => presentRow(transaction, object, id));
  if (losers.some((row) => row['Id'] === kept)) {
    throw new RowError('INVALID_CROSS_REFERENCE_KEY', 'The master record cannot be merged into itself');
  }
  const { access } = transaction;
  if (losers.some((row) => !access.controls(object, row)) || !access.may('delete', object)) {
    throw new RowError('INSUFFICIENT_ACCESS_OR_READONLY', 'insufficient access rights on object id');
  }
  const [outcome] = saveBatch(transaction, createHost(transaction), 'update', object, [master]);
  if (outcome !== undefined && 'errors' in outcome) {
    const { statusCode, message, fields } = outcome.errors[0]!;
    throw new RowError(statusCode, message, fields);
  }
  const moved = losers.flatMap((row) => pointElsewhere(transaction, String(row['Id']), kept));
  for (const { Id } of losers) {
    const row = transaction.org.database.get(object.name, String(Id))!;
    put(transaction, object.name, row, { IsDeleted: true, MasterRecordId: kept });
  }
  return moved;
}

function presentRow({ org }: Transaction, object: OrgObject, given: string): SObjectRecord {
  const row = org.database.get(object.name, normalizeId(given) ?? '');
  if (row === undefined) throw new RowError('INVALID_CROSS_REFERENCE_KEY', 'invalid cross reference id');
  if (row['IsDeleted'] === true) throw new RowError('ENTITY_IS_DELETED', 'entity is deleted');
  return row;
}

function pointElsewhere(transaction: Transaction, from: string, to: string): string[] {
  const { database, metadata } = transaction.org;
  const moved: string[] = [];
  for (const object of metadata.objects.values()) {
    for (const field of object.fields.filter(({ type, name }) => type === 'reference' && name !== 'MasterRecordId')) {
      for (const id of database.idsByKey(object.name, field, from)) {
        put(transaction, object.name, database.get(object.name, id)!, { [field.name]: to });
        moved.push(id);
      }
    }
  }
  return moved;
}

function put({ org }: Transaction, name: string, row: SObjectRecord, values: Record<string, FieldValue>): void {
  const SystemModstamp = writeDateTime(org.now());
  org.database.put(name, Object.assign(Object.create(null) as SObjectRecord, row, values, { SystemModstamp }));
}
