import { stampRow } from '../data/complete-row.ts';
import { beginTransaction } from '../data/transaction.ts';
import type { Org } from '../org.ts';
import type { SObjectRecord } from '../record.ts';
import { findObject } from '../schema/org-metadata.ts';
import { textOf } from './xml-children.ts';

/** Makes the record of each deployed type of custom notification, by which flows find its id. */
export function publishNotificationTypes(org: Org): void {
  const object = findObject(org.metadata, 'CustomNotificationType')!;
  const rows = org.database.rows(object.name);
  const [administrator] = org.database.rows('User');
  const transaction = beginTransaction(org, { userId: String(administrator?.['Id']), system: true });
  for (const { type, fullName, content } of org.metadata.components.values()) {
    if (type !== 'CustomNotificationType') continue;
    const before = rows.find((row) => row['DeveloperName'] === fullName);
    const row = Object.create(null) as SObjectRecord;
    Object.assign(row, {
      Id: before?.['Id'] ?? org.database.nextId(object.keyPrefix),
      DeveloperName: fullName,
      MasterLabel: textOf(content, 'masterLabel') ?? fullName,
      CustomNotifTypeName: textOf(content, 'customNotifTypeName') ?? fullName,
      NamespacePrefix: null,
    });
    stampRow(transaction, object, row, before);
    org.database.put(object.name, row);
  }
}
