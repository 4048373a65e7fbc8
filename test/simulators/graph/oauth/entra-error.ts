import { randomUUID } from 'node:crypto';

/** An error of the Microsoft identity platform: an OAuth code, and a sentence that begins with an AADSTS code. */
export class EntraError extends Error {
  override readonly name = 'EntraError';
  readonly status: number;
  readonly error: string;
  readonly code: number;

  constructor(status: number, error: string, code: number, message: string) {
    super(message);
    this.status = status;
    this.error = error;
    this.code = code;
  }

  /** "Microsoft identity platform error codes": the body of a refused token request. */
  get body(): object {
    const timestamp = new Date().toISOString().slice(0, 19).replace('T', ' ') + 'Z';
    const [trace, correlation] = [randomUUID(), randomUUID()];
    return {
      error: this.error,
      error_description: `AADSTS${this.code}: ${this.message} Trace ID: ${trace} Correlation ID: ${correlation} Timestamp: ${timestamp}`,
      error_codes: [this.code],
      ...{ timestamp, trace_id: trace, correlation_id: correlation },
      error_uri: `https://login.microsoftonline.com/error?code=${this.code}`,
    };
  }
}

export const invalidRequest = (message: string): EntraError => new EntraError(400, 'invalid_request', 900144, message);

export const unknownTenant = (tenant: string): EntraError =>
  new EntraError(
    400,
    'invalid_request',
    90002,
    `Tenant '${tenant}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud.`,
  );

export const unknownClient = (id: string, tenant: string): EntraError =>
  new EntraError(
    400,
    'unauthorized_client',
    700016,
    `Application with identifier '${id}' was not found in the directory '${tenant}'.`,
  );

export const badAssertion = (why: string): EntraError =>
  new EntraError(
    401,
    'invalid_client',
    700027,
    `The certificate with identifier used to sign the client assertion is not registered on application. [Reason - ${why}]`,
  );

export const expiredAssertion = (): EntraError =>
  new EntraError(401, 'invalid_client', 700024, 'Client assertion is not within its valid time range.');

export const deadGrant = (): EntraError =>
  new EntraError(
    400,
    'invalid_grant',
    70008,
    'The provided authorization code or refresh token has expired due to inactivity.',
  );

export const consentNeeded = (client: string): EntraError =>
  new EntraError(
    400,
    'invalid_grant',
    65001,
    `The user or administrator has not consented to use the application with ID '${client}'. Send an interactive authorization request for this user and resource.`,
  );
