import type { RowOutcome } from '../flow-host.ts';
import type { SObjectRecord } from '../record.ts';
import { normalizeId } from '../record-id.ts';
import type { OrgObject } from '../schema/org-object.ts';
import { checkDeleteAccess } from './check-access.ts';
import { writeDateTime } from './date-time.ts';
import { lockError } from './record-locks.ts';
import { RowError, saveError } from './row-error.ts';
import type { Transaction } from './transaction.ts';

/** Under this name, which is no field, a detail keeps the id of the record with which it was deleted. */
export const DELETED_WITH = '#deletedWith';

/** Deletes records into the recycle bin, each with its details; a row that cannot be deleted is an outcome. */
export function deleteRows(transaction: Transaction, object: OrgObject, ids: readonly string[]): RowOutcome[] {
  transaction.use('rowsWritten', ids.length);
  return ids.map((id) => {
    const undo = transaction.org.database.savepoint();
    try {
      return { id: deleteRow(transaction, object, id) };
    } catch (error) {
      if (!(error instanceof RowError)) throw error;
      undo();
      return { errors: [saveError(error)] };
    }
  });
}

function deleteRow(transaction: Transaction, object: OrgObject, given: string, root?: string): string {
  const { database, refusals } = transaction.org;
  const id = normalizeId(given);
  if (id === undefined) throw new RowError('MALFORMED_ID', `malformed id ${given.slice(0, 80)}`);
  const row = database.get(object.name, id);
  if (row === undefined) throw new RowError('INVALID_CROSS_REFERENCE_KEY', 'invalid cross reference id');
  if (row['IsDeleted'] === true) throw new RowError('ENTITY_IS_DELETED', 'entity is deleted');
  checkDeleteAccess(transaction, object, row);
  if (object.name === 'User') throw new RowError('DELETE_FAILED', 'a user cannot be deleted, only deactivated');
  for (const refuse of refusals) {
    const error = refuse({ object: object.name, operation: 'delete', record: row });
    if (error !== undefined) throw new RowError(error.statusCode, error.message, error.fields);
  }
  const locked = lockError(transaction, object, [{ record: row, prior: row }]);
  if (locked !== undefined) throw locked;
  releaseReferences(transaction, id, root ?? id);
  const values = { IsDeleted: true, ...(root === undefined ? {} : { [DELETED_WITH]: root }) };
  database.put(object.name, changed(transaction, row, values));
  return id;
}

/** What points at a deleted record is cleared, deleted with it, or forbids the deletion (Metadata API, `deleteConstraint`). */
function releaseReferences(transaction: Transaction, id: string, root: string): void {
  const { database, metadata } = transaction.org;
  for (const object of metadata.objects.values()) {
    const references = object.fields.filter(({ type }) => type === 'reference');
    for (const row of references.length === 0 ? [] : database.rows(object.name)) {
      if (row['IsDeleted'] === true) continue;
      for (const field of references) if (row[field.name] === id) release(transaction, object, field.name, row, root);
    }
  }
}

function release(transaction: Transaction, object: OrgObject, name: string, row: SObjectRecord, root: string): void {
  const constraint = object.field(name)?.deleteConstraint;
  if (constraint === 'Cascade') transaction.nested((inner) => deleteRow(inner, object, String(row['Id']), root));
  else if (constraint === 'SetNull')
    transaction.org.database.put(object.name, changed(transaction, row, { [name]: null }));
  else {
    throw new RowError(
      'DELETE_FAILED',
      `Your attempt to delete the record could not be completed because it is associated with: ${String(row['Id'])}`,
    );
  }
}

function changed({ org }: Transaction, row: SObjectRecord, values: SObjectRecord): SObjectRecord {
  return Object.assign(Object.create(null) as SObjectRecord, row, values, { SystemModstamp: writeDateTime(org.now()) });
}
