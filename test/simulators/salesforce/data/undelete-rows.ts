import type { RowOutcome } from '../flow-host.ts';
import type { SObjectRecord } from '../record.ts';
import { normalizeId } from '../record-id.ts';
import type { OrgObject } from '../schema/org-object.ts';
import { checkUnique } from './check-row.ts';
import { writeDateTime } from './date-time.ts';
import { DELETED_WITH } from './delete-rows.ts';
import { RowError, saveError } from './row-error.ts';
import type { Transaction } from './transaction.ts';

/**
 * Takes a record out of the recycle bin, with the details that were deleted with it (SOAP API Developer Guide,
 * "undelete()"). Lookups that the deletion cleared stay empty; the platform would restore them.
 */
export function undeleteRow(transaction: Transaction, given: string): RowOutcome {
  const undo = transaction.org.database.savepoint();
  try {
    const id = normalizeId(given);
    if (id === undefined) throw new RowError('MALFORMED_ID', `malformed id ${given.slice(0, 80)}`);
    const [object, row] = deletedRow(transaction, id);
    if (!transaction.access.may('delete', object) || !transaction.access.controls(object, row)) {
      throw new RowError('INSUFFICIENT_ACCESS_OR_READONLY', 'insufficient access rights on object id');
    }
    restore(transaction, object, row);
    restoreDetails(transaction, id);
    return { id };
  } catch (error) {
    if (!(error instanceof RowError)) throw error;
    undo();
    return { errors: [saveError(error)] };
  }
}

function deletedRow({ org }: Transaction, id: string): [OrgObject, SObjectRecord] {
  const object = [...org.metadata.objects.values()].find(({ keyPrefix }) => id.startsWith(keyPrefix));
  const row = object === undefined ? undefined : org.database.get(object.name, id);
  if (object === undefined || row === undefined) {
    throw new RowError('INVALID_CROSS_REFERENCE_KEY', 'invalid cross reference id');
  }
  if (row['IsDeleted'] !== true) throw new RowError('UNDELETE_FAILED', 'Entity is not in the recycle bin');
  if ((row['MasterRecordId'] ?? null) !== null) throw new RowError('UNDELETE_FAILED', 'Entity has been merged');
  return [object, row];
}

function restoreDetails(transaction: Transaction, root: string): void {
  const { database, metadata } = transaction.org;
  for (const object of metadata.objects.values()) {
    for (const row of database.rows(object.name)) if (row[DELETED_WITH] === root) restore(transaction, object, row);
  }
}

function restore(transaction: Transaction, object: OrgObject, row: SObjectRecord): void {
  const { database, now } = transaction.org;
  const { [DELETED_WITH]: _root, ...fields } = row;
  const values = { IsDeleted: false, SystemModstamp: writeDateTime(now()) };
  const restored = Object.assign(Object.create(null) as SObjectRecord, fields, values);
  checkUnique(transaction, object, restored);
  database.put(object.name, restored);
}
