import { stampRow } from '../data/complete-row.ts';
import { beginTransaction } from '../data/transaction.ts';
import type { Org } from '../org.ts';
import type { SObjectRecord } from '../record.ts';
import { findObject } from '../schema/org-metadata.ts';
import { textOf } from './xml-children.ts';

/** The prefix of the ids of flow versions. */
const FLOW_VERSION = '301';

/** Makes the row of each deployed flow by which can be asked whether it is active. There is one version of each. */
export function publishFlowDefinitions(org: Org): void {
  const object = findObject(org.metadata, 'FlowDefinitionView')!;
  const rows = org.database.rows(object.name);
  const [administrator] = org.database.rows('User');
  const transaction = beginTransaction(org, { userId: String(administrator?.['Id']), system: true });
  for (const { type, fullName, content } of org.metadata.components.values()) {
    if (type !== 'Flow') continue;
    const before = rows.find((row) => row['ApiName'] === fullName);
    const isActive = textOf(content, 'status') === 'Active';
    const id = before?.['Id'] ?? org.database.nextId(object.keyPrefix);
    const row = Object.create(null) as SObjectRecord;
    Object.assign(row, {
      Id: id,
      ApiName: fullName,
      Label: textOf(content, 'label') ?? fullName,
      NamespacePrefix: null,
      IsActive: isActive,
      ActiveVersionId: isActive ? `${FLOW_VERSION}${String(id).slice(3)}` : null,
    });
    stampRow(transaction, object, row, before);
    org.database.put(object.name, row);
  }
}
