import { ActionableError } from '../errors.ts';
import { askJson, type JsonAnswer } from './ask-json.ts';

/** A code, and everything that has to come with it. */
export interface CodeExchange {
  readonly tokenUrl: string;
  readonly clientId: string;
  readonly clientSecret: string | undefined;
  readonly code: string;
  readonly verifier: string;
  readonly redirectUri: string;
  readonly signal: AbortSignal;
}

export interface RedeemedCode {
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly scopes: readonly string[];
}

/**
 * Redeems an authorization code (RFC 6749 section 4.1.3, with the verifier of RFC 7636 section 4.5).
 *
 * @throws ActionableError
 */
export async function redeemCode(exchange: CodeExchange): Promise<RedeemedCode> {
  const { tokenUrl, clientId, clientSecret, code, verifier, redirectUri, signal } = exchange;
  const body = new URLSearchParams({
    grant_type: 'authorization_code',
    client_id: clientId,
    code,
    code_verifier: verifier,
    redirect_uri: redirectUri,
  });
  if (clientSecret !== undefined) body.set('client_secret', clientSecret);
  const answer = await askJson(tokenUrl, { method: 'POST', body, signal });
  if (answer.status !== 200) throw refusal(answer, clientId);
  const { access_token: accessToken, refresh_token: refreshToken, scope } = answer.fields;
  if (typeof accessToken !== 'string' || !/^[\x21-\x7e]+$/.test(accessToken)) throw unreadable(tokenUrl);
  if (typeof refreshToken !== 'string' || refreshToken === '') throw noRefreshToken();
  return { accessToken, refreshToken, scopes: typeof scope === 'string' ? scope.split(' ').filter(Boolean) : [] };
}

function refusal({ status, fields }: JsonAnswer, clientId: string): ActionableError {
  const { error } = fields;
  if (error === 'invalid_client' || error === 'invalid_request' || error === 'unauthorized_client') {
    return new ActionableError(`Google does not accept the OAuth client ${clientId} (${error}).`, [
      'Compare client id and client secret with the Google Cloud console, under APIs & Services > Credentials.',
      'The client has to be of the type "Desktop app", and it needs its client secret.',
    ]);
  }
  const word = typeof error === 'string' && /^[a-z_]{1,40}$/.test(error) ? error : `HTTP ${status}`;
  return new ActionableError(`Google did not redeem the consent (${word}).`, ['Connect the mailbox again.']);
}

function unreadable(tokenUrl: string): ActionableError {
  return new ActionableError(`The answer of ${new URL(tokenUrl).host} holds no access token.`, [
    'Check that no proxy answers in the place of Google, then connect the mailbox again.',
  ]);
}

function noRefreshToken(): ActionableError {
  return new ActionableError('Google granted access for an hour only: it gave no refresh token.', [
    'Remove this app under https://myaccount.google.com/connections, then connect the mailbox again.',
  ]);
}
