import type { FlowHost } from '../flow-host.ts';
import { evaluateFormula } from '../formula.ts';
import type { FieldValue, SObjectRecord } from '../record.ts';
import type { OrgField, OrgObject } from '../schema/org-object.ts';

/** The value of a field of a stored row; a formula is evaluated, an absent value is null. */
export function fieldValue(object: OrgObject, field: OrgField, row: SObjectRecord, host: FlowHost): FieldValue {
  if (field.formula === undefined) return row[field.name] ?? null;
  return evaluateFormula(field.formula, { object, record: row, host });
}

/** A copy of a stored row with every field of its object: formulas evaluated, absent values null. */
export function wholeRecord(object: OrgObject, row: SObjectRecord, host: FlowHost): SObjectRecord {
  const record = Object.create(null) as SObjectRecord;
  for (const field of object.fields) record[field.name] = row[field.name] ?? null;
  for (const field of object.fields) {
    if (field.formula !== undefined) record[field.name] = fieldValue(object, field, record, host);
  }
  return record;
}
