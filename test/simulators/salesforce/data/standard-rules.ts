import type { SObjectRecord } from '../record.ts';
import { writeDateTime } from './date-time.ts';
import { RowError } from './row-error.ts';
import type { Transaction } from './transaction.ts';

type Rule = (transaction: Transaction, row: SObjectRecord, prior: SObjectRecord | undefined) => void;

/** What standard objects compute or refuse when a record is saved, by object. Changes the row in place. */
const RULES: Readonly<Record<string, readonly Rule[]>> = {
  Task: [setTaskStatus, checkWhoAndWhat, setActivityAccount],
  Event: [checkWhoAndWhat, setActivityAccount],
  Contact: [setFullName],
  Lead: [setFullName],
  User: [setFullName],
  Opportunity: [setStage],
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
function setActivityAccount(transaction: Transaction, row: SObjectRecord): void {
  const { database } = transaction.org;
  const what = String(row['WhatId']);
  const who = String(row['WhoId']);
  row['AccountId'] = what.startsWith('001')
    ? what
    : (database.get('Opportunity', what)?.['AccountId'] ?? database.get('Contact', who)?.['AccountId'] ?? null);
}

function setFullName(_transaction: Transaction, row: SObjectRecord): void {
  row['Name'] = [row['FirstName'], row['LastName']].filter((part) => part !== null && part !== undefined).join(' ');
}

function setStage(_transaction: Transaction, row: SObjectRecord): void {
  row['IsClosed'] = String(row['StageName']).startsWith('Closed');
  row['IsWon'] = row['StageName'] === 'Closed Won';
}
