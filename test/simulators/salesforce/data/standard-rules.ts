import type { FieldValue, SObjectRecord } from '../record.ts';
import { writeDateTime } from './date-time.ts';
import { findObject } from '../schema/org-metadata.ts';
import { RowError } from './row-error.ts';
import type { Transaction } from './transaction.ts';

type Rule = (transaction: Transaction, row: SObjectRecord, prior: SObjectRecord | undefined) => void;

/** What standard objects compute or refuse when a record is saved, by object. Changes the row in place. */
const RULES: Readonly<Record<string, readonly Rule[]>> = {
  Task: [setTaskStatus, checkWhoAndWhat, setActivityAccount],
  Event: [checkWhoAndWhat, setActivityAccount],
  Contact: [setFullName],
  Lead: [checkNotConverted, setFullName],
  User: [setFullName],
  Opportunity: [setStage],
  OpportunityContactRole: [keepOnePrimary],
  EmailMessage: [checkSentEmail],
  EmailMessageRelation: [setRelationType],
};

/** Runs the rules of a standard object; custom objects have none. */
export function applyStandardRules(
  transaction: Transaction,
  objectName: string,
  row: SObjectRecord,
  prior: SObjectRecord | undefined,
): void {
  for (const rule of RULES[objectName] ?? []) rule(transaction, row, prior);
}

/** Status has to be a TaskStatus value; IsClosed and CompletedDateTime follow from it (Object Reference, Task). */
function setTaskStatus(transaction: Transaction, row: SObjectRecord, prior: SObjectRecord | undefined): void {
  const statuses = transaction.org.database.rows('TaskStatus');
  row['Status'] ??= statuses.find((status) => status['IsDefault'] === true)?.['ApiName'] ?? null;
  const status = statuses.find((each) => each['ApiName'] === row['Status']);
  if (status === undefined) {
    throw new RowError(
      'INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST',
      `Status: bad value for restricted picklist field: ${String(row['Status'])}`,
      ['Status'],
    );
  }
  const closed = status['IsClosed'] === true;
  row['IsClosed'] = closed;
  row['IsHighPriority'] = row['Priority'] === 'High';
  const completed =
    prior?.['IsClosed'] === true ? (prior['CompletedDateTime'] ?? null) : writeDateTime(transaction.org.now());
  row['CompletedDateTime'] = closed ? completed : null;
}

/** A Lead has no WhatId beside it (Object Reference, Task, WhatId and WhoId). */
function checkWhoAndWhat(_transaction: Transaction, row: SObjectRecord): void {
  if (row['WhatId'] !== null && String(row['WhoId']).startsWith('00Q')) {
    throw new RowError(
      'FIELD_INTEGRITY_EXCEPTION',
      'Related To ID: If WhoId refers to a lead, then WhatId must be empty',
      ['WhatId'],
    );
  }
}

/** AccountId of an activity follows WhatId, then the account of the contact (Object Reference, Task, AccountId). */
export function activityAccount({ org }: Transaction, row: SObjectRecord): FieldValue {
  const { database } = org;
  const what = String(row['WhatId']);
  const who = String(row['WhoId']);
  return what.startsWith('001')
    ? what
    : (database.get('Opportunity', what)?.['AccountId'] ?? database.get('Contact', who)?.['AccountId'] ?? null);
}

function setActivityAccount(transaction: Transaction, row: SObjectRecord): void {
  row['AccountId'] = activityAccount(transaction, row);
}

function setFullName(_transaction: Transaction, row: SObjectRecord): void {
  row['Name'] = [row['FirstName'], row['LastName']].filter((part) => part !== null && part !== undefined).join(' ');
}

/** A converted lead is never changed again (Help, "Considerations for Converting Leads"). */
function checkNotConverted(_transaction: Transaction, _row: SObjectRecord, prior: SObjectRecord | undefined): void {
  if (prior?.['IsConverted'] !== true) return;
  throw new RowError('CANNOT_UPDATE_CONVERTED_LEAD', 'cannot reference converted lead');
}

function setStage(_transaction: Transaction, row: SObjectRecord): void {
  row['IsClosed'] = String(row['StageName']).startsWith('Closed');
  row['IsWon'] = row['StageName'] === 'Closed Won';
}

/** An opportunity has one primary contact: the newest (Help, "Contact Roles"). */
function keepOnePrimary({ org }: Transaction, row: SObjectRecord): void {
  if (row['IsPrimary'] !== true) return;
  for (const other of org.database.rows('OpportunityContactRole')) {
    if (other['OpportunityId'] !== row['OpportunityId'] || other['IsPrimary'] !== true) continue;
    org.database.put(
      'OpportunityContactRole',
      Object.assign(Object.create(null) as SObjectRecord, other, { IsPrimary: false }),
    );
  }
}

const DRAFT = '5';

/** Once sent, a mail changes in IsExternallyVisible and custom fields alone (Object Reference, "EmailMessage"). */
function checkSentEmail({ org }: Transaction, row: SObjectRecord, prior: SObjectRecord | undefined): void {
  if (prior === undefined || prior['Status'] === DRAFT) return;
  const changed = findObject(org.metadata, 'EmailMessage')!
    .fields.filter(({ custom, name, formula }) => !custom && formula === undefined && name !== 'IsExternallyVisible')
    .filter(({ name }) => (row[name] ?? null) !== (prior[name] ?? null))
    .map(({ name }) => name);
  if (changed.length === 0) return;
  throw new RowError(
    'INSUFFICIENT_ACCESS_OR_READONLY',
    `You can update ${changed.join(', ')} only while the status of the email message is Draft`,
    changed,
  );
}

function setRelationType(_transaction: Transaction, row: SObjectRecord): void {
  const types = new Map([
    ['003', 'Contact'],
    ['00Q', 'Lead'],
    ['005', 'User'],
  ]);
  row['RelationObjectType'] = types.get(String(row['RelationId']).slice(0, 3)) ?? null;
}
