/** A refusal of the token endpoint (RFC 6749 section 5.2), in the words that Google uses. */
export class OauthError extends Error {
  override readonly name = 'OauthError';
  readonly status: number;
  readonly body: { readonly error: string; readonly error_description: string };

  constructor(status: number, error: string, description: string) {
    super(`${error}: ${description}`);
    this.status = status;
    this.body = { error, error_description: description };
  }
}

export function invalidRequest(description: string): OauthError {
  return new OauthError(400, 'invalid_request', description);
}

export function invalidGrant(description: string): OauthError {
  return new OauthError(400, 'invalid_grant', description);
}

export function invalidClient(description: string): OauthError {
  return new OauthError(401, 'invalid_client', description);
}
