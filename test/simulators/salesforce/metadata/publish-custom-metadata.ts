import { stampRow } from '../data/complete-row.ts';
import { beginTransaction } from '../data/transaction.ts';
import type { Org } from '../org.ts';
import type { SObjectRecord } from '../record.ts';
import { findObject, type StoredComponent } from '../schema/org-metadata.ts';
import { customMetadataName, customMetadataValues } from './check-custom-metadata.ts';
import { textOf } from './xml-children.ts';

/** Makes or changes the row of each record of custom metadata, so that queries and flows read it. */
export function publishCustomMetadata(org: Org): void {
  for (const component of org.metadata.components.values()) {
    if (component.type === 'CustomMetadata') publishRecord(org, component);
  }
}

function publishRecord(org: Org, { fullName, content }: StoredComponent): void {
  const { object: objectName, record } = customMetadataName(fullName);
  const object = findObject(org.metadata, objectName)!;
  const before = org.database.rows(object.name).find((row) => row['DeveloperName'] === record);
  const [administrator] = org.database.rows('User');
  const row = Object.create(null) as SObjectRecord;
  for (const field of object.fields) row[field.name] = field.defaultValue;
  const label = textOf(content, 'label');
  Object.assign(row, {
    Id: before?.['Id'] ?? org.database.nextId(object.keyPrefix),
    DeveloperName: record,
    QualifiedApiName: record,
    MasterLabel: label,
    Label: label,
    Language: 'en_US',
    ...(content === undefined ? {} : customMetadataValues(object, content)),
  });
  const transaction = beginTransaction(org, { userId: String(administrator?.['Id']), system: true });
  stampRow(transaction, object, row, before);
  org.database.put(object.name, row);
}
