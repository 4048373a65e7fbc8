import type { SaveError } from '../record.ts';

/** One refusal of one row; becomes an entry of the row's `errors`. */
export class RowError extends Error {
  override readonly name = 'RowError';
  readonly statusCode: string;
  readonly fields: readonly string[];

  constructor(statusCode: string, message: string, fields: readonly string[] = []) {
    super(message);
    this.statusCode = statusCode;
    this.fields = fields;
  }
}

/** The error as the data APIs report it. */
export function saveError({ statusCode, message, fields }: RowError): SaveError {
  return { statusCode, message, fields };
}
