/** A value as the REST API carries it: dates and ids are strings, an empty field is null. */
export type FieldValue = string | number | boolean | null;

/** A record by field API name; a null prototype, because field names come from requests. `Id` is 18 characters. */
export type SObjectRecord = Record<string, FieldValue>;

/** One error of one row, as every data API reports it. */
export interface SaveError {
  readonly statusCode: string;
  readonly message: string;
  readonly fields: readonly string[];
}
