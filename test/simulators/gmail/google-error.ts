/** An error as Google's APIs answer it: a status, and a JSON body of one documented shape. */
export class GoogleError extends Error {
  override readonly name = 'GoogleError';
  readonly status: number;
  readonly reason: string;
  readonly body: object;

  constructor(
    status: number,
    reason: string,
    message: string,
    extra: { domain?: string; details?: object[]; statusWord?: string } = {},
  ) {
    super(message);
    this.status = status;
    this.reason = reason;
    const errors = [{ message, domain: extra.domain ?? 'global', reason }];
    const details = extra.details === undefined ? {} : { details: extra.details };
    const word = extra.statusWord ?? STATUS_WORDS[status] ?? 'UNKNOWN';
    this.body = { error: { code: status, message, errors, status: word, ...details } };
  }
}

const STATUS_WORDS: Readonly<Record<number, string>> = {
  400: 'INVALID_ARGUMENT',
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  429: 'RESOURCE_EXHAUSTED',
  500: 'INTERNAL',
  503: 'UNAVAILABLE',
};

export function notFound(): GoogleError {
  return new GoogleError(404, 'notFound', 'Requested entity was not found.');
}

export function badRequest(message: string): GoogleError {
  return new GoogleError(400, 'invalidArgument', message);
}

export function unauthenticated(): GoogleError {
  const message =
    'Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid ' +
    'authentication credential.';
  return new GoogleError(401, 'authError', message);
}

export function delegationDenied(address: string): GoogleError {
  return new GoogleError(403, 'forbidden', `Delegation denied for ${address}`);
}

export function metadataScopeRefuses(what: string): GoogleError {
  return new GoogleError(403, 'forbidden', `Metadata scope ${what}`);
}

export function insufficientScope(method: string): GoogleError {
  const info = {
    '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
    reason: 'ACCESS_TOKEN_SCOPE_INSUFFICIENT',
    domain: 'googleapis.com',
    metadata: { service: 'gmail.googleapis.com', method },
  };
  const message = 'Request had insufficient authentication scopes.';
  return new GoogleError(403, 'insufficientPermissions', message, { details: [info] });
}

/** The account exists and has no mailbox. */
export function mailServiceNotEnabled(): GoogleError {
  const extra = { statusWord: 'FAILED_PRECONDITION' };
  return new GoogleError(400, 'failedPrecondition', 'Mail service not enabled', extra);
}

/** The project of the credential has not enabled the Gmail API. */
export function apiNotEnabled(): GoogleError {
  const message =
    'Gmail API has not been used in project 0 before or it is disabled. Enable it by visiting ' +
    'https://console.developers.google.com/apis/api/gmail.googleapis.com/overview?project=0 then retry. If you enabled ' +
    'this API recently, wait a few minutes for the action to propagate to our systems and retry.';
  const info = {
    '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
    reason: 'SERVICE_DISABLED',
    domain: 'googleapis.com',
    metadata: { service: 'gmail.googleapis.com', consumer: 'projects/0' },
  };
  return new GoogleError(403, 'accessNotConfigured', message, { domain: 'usageLimits', details: [info] });
}

export function quotaExceeded(): GoogleError {
  const message =
    "Quota exceeded for quota metric 'Queries' and limit 'Queries per minute per user' of service " +
    "'gmail.googleapis.com' for consumer 'project_number:0'.";
  return new GoogleError(403, 'rateLimitExceeded', message, { domain: 'usageLimits' });
}

/** The per-user limit that Gmail itself sets: its message carries the time at which to come back. */
export function userRateLimited(retryAt: Date): GoogleError {
  const message = `User-rate limit exceeded.  Retry after ${retryAt.toISOString()}`;
  return new GoogleError(429, 'rateLimitExceeded', message, { domain: 'usageLimits' });
}
