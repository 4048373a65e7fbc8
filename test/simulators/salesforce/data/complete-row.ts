import type { FlowHost } from '../flow-host.ts';
import { evaluateFormula } from '../formula.ts';
import type { SObjectRecord } from '../record.ts';
import type { OrgObject } from '../schema/org-object.ts';
import { writeDateTime } from './date-time.ts';
import type { Transaction } from './transaction.ts';

/** A new record: the given values, the defaults of the fields that were not given, null for the rest. */
export function applyDefaults(
  transaction: Transaction,
  object: OrgObject,
  values: SObjectRecord,
  host: FlowHost,
): SObjectRecord {
  const record = Object.create(null) as SObjectRecord;
  for (const field of object.fields) record[field.name] = values[field.name] ?? field.defaultValue;
  if (object.field('OwnerId') !== undefined) record['OwnerId'] ??= transaction.user.userId;
  for (const field of object.fields) {
    if (field.defaultFormula === undefined || field.name in values) continue;
    record[field.name] = evaluateFormula(field.defaultFormula, { object, record, host });
  }
  return record;
}

/** Who wrote the record and when. The stamps of a row never go back. */
export function stampRow(
  { org, user }: Transaction,
  object: OrgObject,
  row: SObjectRecord,
  prior: SObjectRecord | undefined,
): void {
  const now = writeDateTime(org.now());
  if (prior === undefined) {
    row['CreatedDate'] = now;
    row['CreatedById'] = user.userId;
    row['IsDeleted'] = false;
  }
  row['LastModifiedDate'] = now;
  row['LastModifiedById'] = user.userId;
  row['SystemModstamp'] = now;
  for (const field of object.fields) if (field.type === 'boolean') row[field.name] ??= false;
}

/** Numbers a new record: `TE-{000000}` and 7 make `TE-000007`. */
export function formatAutoNumber({ org }: Transaction, object: OrgObject, row: SObjectRecord): void {
  for (const { name, autoNumber } of object.fields) {
    if (autoNumber === undefined) continue;
    const number = org.database.nextNumber(object.name, name);
    row[name] = autoNumber.replace(/\{(0+)\}/, (_whole, zeros: string) => String(number).padStart(zeros.length, '0'));
  }
}
