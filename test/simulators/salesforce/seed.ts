import { PROFILE_NAMES } from './data/profiles.ts';
import { applyStandardRules } from './data/standard-rules.ts';
import { stampRow } from './data/complete-row.ts';
import { beginTransaction } from './data/transaction.ts';
import type { Org } from './org.ts';
import type { SObjectRecord } from './record.ts';
import { findObject } from './schema/org-metadata.ts';

const STATUSES = [
  { ApiName: 'Not Started', IsDefault: true, IsClosed: false },
  { ApiName: 'In Progress', IsDefault: false, IsClosed: false },
  { ApiName: 'Completed', IsDefault: false, IsClosed: true },
  { ApiName: 'Waiting on someone else', IsDefault: false, IsClosed: false },
  { ApiName: 'Deferred', IsDefault: false, IsClosed: false },
];

/** Fills a new org with what every org has: itself, an administrator, profiles and task statuses. Returns the user's id. */
export function seedOrg(org: Org): string {
  const userId = org.database.nextId('005');
  const put = (objectName: string, values: SObjectRecord, id?: string): string =>
    putRow(org, userId, objectName, values, id);
  put('Organization', organizationRow(org.url), org.id);
  const profileIds = PROFILE_NAMES.map((Name) => put('Profile', { Name }));
  STATUSES.forEach((status, index) =>
    put('TaskStatus', { ...status, MasterLabel: status.ApiName, SortOrder: index + 1 }),
  );
  put('User', administratorRow(profileIds[0]!), userId);
  return userId;
}

function putRow(org: Org, userId: string, objectName: string, values: SObjectRecord, id?: string): string {
  const object = findObject(org.metadata, objectName)!;
  const transaction = beginTransaction(org, { userId, system: true });
  const row = Object.create(null) as SObjectRecord;
  for (const field of object.fields) row[field.name] = values[field.name] ?? field.defaultValue;
  row['Id'] = id ?? org.database.nextId(object.keyPrefix);
  applyStandardRules(transaction, objectName, row, undefined);
  stampRow(transaction, object, row, undefined);
  org.database.put(objectName, row);
  return row['Id'];
}

function organizationRow(url: string): SObjectRecord {
  return {
    Name: `Local Org at ${url}`.slice(0, 80),
    InstanceName: 'LOCAL',
    IsSandbox: false,
    OrganizationType: 'Developer Edition',
    TimeZoneSidKey: 'GMT',
    DefaultLocaleSidKey: 'en_US',
  };
}

function administratorRow(ProfileId: string): SObjectRecord {
  return {
    Username: 'admin@local.example',
    LastName: 'Admin',
    FirstName: 'Ada',
    Email: 'admin@local.example',
    Alias: 'admin',
    ProfileId,
    TimeZoneSidKey: 'GMT',
    LocaleSidKey: 'en_US',
    EmailEncodingKey: 'UTF-8',
    LanguageLocaleKey: 'en_US',
  };
}
