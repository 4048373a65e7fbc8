import type { FlowHost, ObjectSchema } from './flow-host.ts';
import type { FieldValue, SObjectRecord } from './record.ts';

/** What a formula of an object (validation rule, formula field, entry condition) sees. */
export interface FormulaContext {
  readonly object: ObjectSchema;
  readonly record: SObjectRecord;
  /** The record as stored before this save; absent on create. */
  readonly prior?: SObjectRecord | undefined;
  readonly host: FlowHost;
}

/** The value of a formula for one record. Throws a FormulaError when the platform would show `#Error!`. */
export function evaluateFormula(_expression: string, _context: FormulaContext): FieldValue {
  throw new Error('not written yet');
}

/** Why the platform would refuse to store this formula, in its words; undefined when it is sound. */
export function checkFormula(
  _expression: string,
  _object: ObjectSchema,
  _schemaOf: (objectName: string) => ObjectSchema | undefined,
): string | undefined {
  throw new Error('not written yet');
}
