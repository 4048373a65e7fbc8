import { stampRow } from '../data/complete-row.ts';
import { beginTransaction } from '../data/transaction.ts';
import type { Org } from '../org.ts';
import type { SObjectRecord } from '../record.ts';
import { findObject } from '../schema/org-metadata.ts';

/** Makes the record of each permission set that was deployed, so that it can be asked for and assigned. */
export function publishPermissionSets(org: Org): void {
  const object = findObject(org.metadata, 'PermissionSet')!;
  const rows = org.database.rows(object.name);
  const [administrator] = org.database.rows('User');
  const transaction = beginTransaction(org, { userId: String(administrator?.['Id']), system: true });
  for (const { name, label } of org.metadata.permissionSets.values()) {
    if (rows.some((row) => row['Name'] === name)) continue;
    const row = Object.create(null) as SObjectRecord;
    Object.assign(row, {
      Id: org.database.nextId(object.keyPrefix),
      Name: name,
      Label: label,
      IsOwnedByProfile: false,
    });
    stampRow(transaction, object, row, undefined);
    org.database.put(object.name, row);
  }
}
