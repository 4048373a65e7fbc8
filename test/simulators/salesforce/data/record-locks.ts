import type { SObjectRecord } from '../record.ts';
import type { OrgObject } from '../schema/org-object.ts';
import { RowError } from './row-error.ts';
import { activityAccount } from './standard-rules.ts';
import type { Transaction } from './transaction.ts';

/** A record on its way into the database, or out of it. */
export interface LockedRow {
  readonly record: SObjectRecord;
  /** The record as stored; undefined when it is new. */
  readonly prior: SObjectRecord | undefined;
}

/**
 * The records that a write of this one locks: itself, its masters, and what an activity is about. A task that is new
 * and either completed or without a date locks nothing of what it is about (Help, "Record Locking" of activities).
 */
export function locksOf(
  transaction: Transaction,
  object: OrgObject,
  record: SObjectRecord,
  prior: SObjectRecord | undefined,
): string[] {
  const names = object.fields.filter(({ masterDetail }) => masterDetail).map(({ name }) => name);
  if (isActivity(object) && !(prior === undefined && isQuiet(transaction, object, record))) {
    names.push('WhoId', 'WhatId', 'AccountId');
  }
  const parents = [record, prior].flatMap((row) => names.map((name) => row?.[name] ?? null));
  if (names.includes('WhoId')) parents.push(activityAccount(transaction, record));
  const ids = [prior?.['Id'] ?? null, ...parents].filter((id) => id !== null);
  return [...new Set(ids.map(String))];
}

function isActivity({ name }: OrgObject): boolean {
  return name === 'Task' || name === 'Event';
}

function isQuiet({ org }: Transaction, { name }: OrgObject, task: SObjectRecord): boolean {
  if (name !== 'Task') return false;
  const status = org.database.rows('TaskStatus').find((row) => row['ApiName'] === task['Status']);
  return status?.['IsClosed'] === true || (task['ActivityDate'] ?? null) === null;
}

/**
 * What the platform says after ten seconds of waiting when another transaction holds a record that one of these rows
 * has to lock; undefined when none is held. That it names the records of all the rows: (unconfirmed).
 */
export function lockError(
  transaction: Transaction,
  object: OrgObject,
  rows: readonly LockedRow[],
): RowError | undefined {
  const { lockedIds } = transaction.org;
  if (lockedIds.size === 0) return undefined;
  const ids = [...new Set(rows.flatMap(({ record, prior }) => locksOf(transaction, object, record, prior)))];
  if (!ids.some((id) => lockedIds.has(id))) return undefined;
  return new RowError(
    'UNABLE_TO_LOCK_ROW',
    `unable to obtain exclusive access to this record or ${ids.length} records: ${ids.join(',')}`,
  );
}
