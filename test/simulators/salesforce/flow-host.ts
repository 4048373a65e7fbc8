import type { FieldValue, SaveError, SObjectRecord } from './record.ts';

/** What a flow, a formula or a validation rule may know of a field. Names are API names, compared without case. */
export interface FieldSchema {
  readonly name: string;
  readonly label: string;
  /** SOAP type name of the describe call: string, picklist, datetime, date, double, int, boolean, reference, id, ... */
  readonly type: string;
  readonly length: number;
  readonly scale: number;
  readonly nillable: boolean;
  readonly referenceTo: readonly string[];
  /** Name of the parent path in a query, for example `TrackedEmail__r`. */
  readonly relationshipName: string | null;
  readonly picklistValues: readonly string[];
  readonly formula: string | undefined;
}

export interface ObjectSchema {
  readonly name: string;
  readonly label: string;
  readonly keyPrefix: string;
  field(name: string): FieldSchema | undefined;
  readonly fields: readonly FieldSchema[];
}

export interface Condition {
  readonly field: string;
  /** FlowRecordFilterOperator of the Metadata API: EqualTo, NotEqualTo, GreaterThan, IsNull, In, Contains, ... */
  readonly operator: string;
  readonly value: FieldValue | readonly FieldValue[];
}

/**
 * What the database offers a running flow. Everything happens inside the transaction of the save that started the
 * flow and is counted against its limits. A refused row rejects the whole element, as on the platform: a FlowFault.
 */
export interface FlowHost {
  schema(objectName: string): ObjectSchema | undefined;
  /**
   * Rows that satisfy the conditions. `logic` is `and`, `or` or a numbered expression such as `1 AND (2 OR 3)`.
   * One call is one SOQL query of the transaction.
   */
  find(query: {
    readonly object: string;
    readonly conditions: readonly Condition[];
    readonly logic: string;
    readonly sort?: { readonly field: string; readonly descending: boolean };
    readonly limit?: number;
  }): SObjectRecord[];
  /** One call is one DML statement; triggers, flows and validation rules of those records run inside it. */
  insert(object: string, records: readonly SObjectRecord[]): readonly RowOutcome[];
  update(object: string, records: readonly SObjectRecord[]): readonly RowOutcome[];
  delete(object: string, ids: readonly string[]): readonly RowOutcome[];
  /** The clock of the local org. */
  now(): Date;
  /** The user whose request started the transaction. */
  readonly userId: string;
}

export type RowOutcome = { readonly id: string } | { readonly errors: readonly SaveError[] };

/** One record on its way through a save. A before-save flow changes `record` in place. */
export interface TriggerRecord {
  readonly record: SObjectRecord;
  /** The record as stored before this save; undefined on create. */
  readonly prior: SObjectRecord | undefined;
}

/** Why a flow cannot be deployed, in the platform's words; becomes a component failure. */
export interface FlowProblem {
  readonly problem: string;
  readonly lineNumber: number;
  readonly columnNumber: number;
}
