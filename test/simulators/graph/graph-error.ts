import { randomUUID } from 'node:crypto';

/** An error as Microsoft Graph words it: a code, a sentence, and what a support engineer asks for. */
export class GraphError extends Error {
  override readonly name = 'GraphError';
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }

  /** The body of the answer ("Microsoft Graph error responses and resource types"). */
  get body(): object {
    const id = randomUUID();
    const innerError = { date: new Date().toISOString().slice(0, 19), 'request-id': id, 'client-request-id': id };
    return { error: { code: this.code, message: this.message, innerError } };
  }
}

export const badRequest = (message: string): GraphError => new GraphError(400, 'BadRequest', message);

export const tokenRefused = (): GraphError =>
  new GraphError(401, 'InvalidAuthenticationToken', 'Lifetime validation failed, the token is expired.');

export const accessDenied = (): GraphError =>
  new GraphError(403, 'ErrorAccessDenied', 'Access is denied. Check credentials and try again.');

export const itemNotFound = (): GraphError =>
  new GraphError(404, 'ErrorItemNotFound', 'The specified object was not found in the store.');

export const invalidId = (): GraphError => new GraphError(400, 'ErrorInvalidIdMalformed', 'Id is malformed.');

export const unknownUser = (address: string): GraphError =>
  new GraphError(404, 'ErrorInvalidUser', `The requested user '${address}' is invalid.`);

export const noMailbox = (): GraphError =>
  new GraphError(
    404,
    'MailboxNotEnabledForRESTAPI',
    'The mailbox is either inactive, soft-deleted, or is hosted on-premise.',
  );

export const syncStateNotFound = (): GraphError =>
  new GraphError(
    410,
    'SyncStateNotFound',
    'The sync state generation is not found; generation=518;[highest=523][523][521][522].',
  );

export const throttled = (): GraphError =>
  new GraphError(429, 'ApplicationThrottled', 'Application is over its MailboxConcurrency limit.');

export const unavailable = (): GraphError =>
  new GraphError(503, 'serviceNotAvailable', 'The service is temporarily unavailable. Retry after some time.');
