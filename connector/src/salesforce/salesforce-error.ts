import { ActionableError } from '../errors.ts';

/**
 * - `retry`: a passing fault of the whole call (timeout, 5xx, lock, a login page instead of JSON, request limit).
 * - `refused`: the org refuses the connector itself (login, permission, missing object); a person has to act.
 */
export type SalesforceErrorCode = 'retry' | 'refused';

/** The one error that leaves the Salesforce adapter. */
export class SalesforceError extends ActionableError {
  override readonly name = 'SalesforceError';
  readonly code: SalesforceErrorCode;

  constructor(
    code: SalesforceErrorCode,
    message: string,
    actions: readonly string[],
    options: { cause?: unknown } = {},
  ) {
    super(message, actions, options);
    this.code = code;
  }
}
