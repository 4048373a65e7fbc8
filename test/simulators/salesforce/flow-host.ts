import type { Flow } from './flow-elements.ts';
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

/** What a Get Records element, or an Update or Delete by conditions, asks for. */
export interface FlowQuery {
  readonly object: string;
  readonly conditions: readonly Condition[];
  /** `and`, `or` or a numbered expression such as `1 AND (2 OR 3)`. */
  readonly logic: string;
  readonly sort?: { readonly field: string; readonly descending: boolean };
  readonly limit?: number;
}

/**
 * What the database offers a running flow. Everything happens inside the transaction of the save that started the
 * flow and is counted against its limits. A refused row is an outcome, not an exception. Whatever a member throws (a
 * limit of the transaction is passed) ends the whole transaction: no fault path catches it, as on the platform.
 */
export interface FlowHost {
  schema(objectName: string): ObjectSchema | undefined;
  /** Rows that satisfy the query. One call is one SOQL query of the transaction. */
  find(query: FlowQuery): SObjectRecord[];
  /**
   * The merged query of all interviews that wait at one element: the rows of each query, in the order asked. One call
   * is one SOQL query of the transaction, however many queries it holds; the rows of all of them count.
   */
  findMany(queries: readonly FlowQuery[]): SObjectRecord[][];
  /** One stored record by id, for a field reached through a lookup. Counts as no query, as on the platform in formulas. */
  read(object: string, id: string): SObjectRecord | undefined;
  /**
   * Marks the state of the data. The returned function takes every change since then back; what was used up of the
   * limits stays used. An element that is refused for one row of an interview loses that interview's other rows by it.
   */
  savepoint(): () => void;
  /** Whether the user who started the transaction holds this custom permission (`$Permission.Name` in a formula). */
  hasPermission(name: string): boolean;
  /** One call is one DML statement; triggers, flows and validation rules of those records run inside it. */
  insert(object: string, records: readonly SObjectRecord[]): readonly RowOutcome[];
  update(object: string, records: readonly SObjectRecord[]): readonly RowOutcome[];
  delete(object: string, ids: readonly string[]): readonly RowOutcome[];
  /** The newest version of the flow of this API name, whatever its status. */
  flow(name: string): Flow | undefined;
  /** One record of custom metadata by its DeveloperName, for `$CustomMetadata` in a formula: it costs no query. */
  customMetadata(object: string, developerName: string): SObjectRecord | undefined;
  /** Sends a custom notification when the transaction is committed. */
  notify(notification: CustomNotification): void;
  /** The clock of the local org. */
  now(): Date;
  /** The user whose request started the transaction. */
  readonly userId: string;
}

/** What the action customNotificationAction sends. */
export interface CustomNotification {
  /** Id of the CustomNotificationType. */
  readonly typeId: string;
  readonly recipientIds: readonly string[];
  readonly title: string;
  readonly body: string;
  readonly targetId: string;
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
