import type { SObjectRecord } from '../record.ts';
import { findObject } from '../schema/org-metadata.ts';
import type { OrgField, OrgObject } from '../schema/org-object.ts';
import { accessOf } from './access.ts';
import { RowError } from './row-error.ts';
import type { Transaction } from './transaction.ts';

/** Refuses a new record that names records which the user does not reach, or an owner who could not read it. */
export function checkCreateAccess(transaction: Transaction, object: OrgObject, row: SObjectRecord): void {
  if (object.sharingModel === 'ControlledByParent' && !transaction.access.edits(object, row)) throw crossReference('');
  checkReferenceAccess(transaction, object, row, undefined);
  checkNewOwner(transaction, object, row, undefined);
}

/** Refuses a change of a record that the user may not edit, or may not give away. */
export function checkUpdateAccess(
  transaction: Transaction,
  object: OrgObject,
  row: SObjectRecord,
  prior: SObjectRecord,
): void {
  const { access } = transaction;
  if (!access.edits(object, prior)) throw readOnly();
  const given = object.field('OwnerId') !== undefined && row['OwnerId'] !== prior['OwnerId'];
  if (given && !access.controls(object, prior)) throw readOnly();
  checkReferenceAccess(transaction, object, row, prior);
  checkNewOwner(transaction, object, row, prior);
}

/** Refuses to delete a record that the user does not have in full. */
export function checkDeleteAccess({ access }: Transaction, object: OrgObject, row: SObjectRecord): void {
  if (!access.controls(object, row)) throw readOnly();
}

function readOnly(): RowError {
  return new RowError('INSUFFICIENT_ACCESS_OR_READONLY', 'insufficient access rights on object id');
}

function crossReference(id: string): RowError {
  const shown = id === '' ? '' : `: ${id.slice(0, 15)}`;
  return new RowError(
    'INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY',
    `insufficient access rights on cross-reference id${shown}`,
  );
}

/** A record may only be named by who reads it, a master only by who may write its details. */
function checkReferenceAccess(
  { org, access, user }: Transaction,
  object: OrgObject,
  row: SObjectRecord,
  prior: SObjectRecord | undefined,
): void {
  if (user.system) return;
  for (const field of object.fields) {
    const id = row[field.name] ?? null;
    if (field.type !== 'reference' || id === null || id === (prior?.[field.name] ?? null)) continue;
    const parent = field.referenceTo.flatMap((name) => findObject(org.metadata, name) ?? []).find(isOf(String(id)));
    const named = parent === undefined ? undefined : org.database.get(parent.name, String(id));
    if (parent === undefined || named === undefined) continue;
    if (!access.reads(parent, named)) throw crossReference(String(id));
  }
}

function isOf(id: string): (object: OrgObject) => boolean {
  return ({ keyPrefix }) => id.startsWith(keyPrefix);
}

/** Owners read what they own; the rights on activities are asked when they open one (SOAP, TRANSFER_REQUIRES_READ). */
function checkNewOwner(
  { org, user }: Transaction,
  object: OrgObject,
  row: SObjectRecord,
  prior: SObjectRecord | undefined,
): void {
  const owner: OrgField | undefined = object.field('OwnerId');
  const id = owner === undefined ? null : (row['OwnerId'] ?? null);
  if (id === null || id === user.userId || id === prior?.['OwnerId'] || ['Task', 'Event'].includes(object.name)) return;
  if (accessOf(org, { userId: String(id), system: false }).may('read', object)) return;
  throw new RowError('TRANSFER_REQUIRES_READ', 'The new owner must have read permission');
}
