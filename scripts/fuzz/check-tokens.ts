import { redeemCode } from '../../connector/src/consent/redeem-code.ts';
import { ActionableError } from '../../connector/src/errors.ts';
import { consentAccessToken } from '../../connector/src/mailbox/consent-access-token.ts';
import { requestGoogleToken } from '../../connector/src/mailbox/gmail/request-google-token.ts';
import { requestMicrosoftToken } from '../../connector/src/mailbox/graph/request-microsoft-token.ts';
import type { IssuedToken } from '../../connector/src/mailbox/keep-token.ts';
import { MailboxError } from '../../connector/src/mailbox/mailbox-error.ts';
import { checkMailboxError } from './check-mailbox.ts';
import { demand } from './demand.ts';
import { answerText, readHttpText, statusOf, type HttpText } from './http-text.ts';

const ADDRESS = 'rep@example.com';
/** As long as the secrets of Google and Microsoft are; an answer may repeat it. */
const SECRET = '1//0gSecretSecretSecretSecretSecretSecretSecretSecretSecret';
const CONSENT = { clientId: '1.apps.example.com', clientSecret: SECRET, refreshToken: SECRET };
const GOOGLE = 'https://oauth2.googleapis.com/token';
const MICROSOFT = 'https://login.microsoftonline.com/';
const DEADLINE = { deadlineMs: 30_000 };

/** Sends an answer to everyone who asks a token endpoint. */
export async function checkTokens(bytes: Uint8Array): Promise<void> {
  const answer = readHttpText(bytes);
  const network = globalThis.fetch;
  globalThis.fetch = (input) => Promise.resolve(answered(answer, input));
  try {
    await checkToken(consentAccessToken(CONSENT, { address: ADDRESS, tokenUrl: GOOGLE })().then(bare));
    await checkToken(
      requestGoogleToken({ kind: 'refreshToken', ...CONSENT }, { address: ADDRESS, tokenUrl: GOOGLE, ...DEADLINE }),
    );
    if (answer.headers.has('x-ms-request-id'))
      await checkToken(requestMicrosoftToken({ kind: 'refreshToken', ...CONSENT }, MICROSOFT_REQUEST));
    await checkCode();
  } finally {
    globalThis.fetch = network;
  }
}

const MICROSOFT_REQUEST = {
  who: ADDRESS,
  tenantId: 'example.com',
  loginUrl: MICROSOFT,
  resource: 'https://graph.microsoft.com/',
  ...DEADLINE,
};
const bare = (token: string): IssuedToken => ({ token, lifetimeMs: 0 });

function answered(answer: HttpText, input: Parameters<typeof fetch>[0]): Response {
  const url = input instanceof Request ? input.url : String(input);
  demand(url === GOOGLE || url.startsWith(MICROSOFT), 'nobody is asked for a token but its issuer');
  const status = Math.min(Math.max(statusOf(answer), 200), 599);
  const body = [204, 205, 304].includes(status) ? null : answer.body;
  return new Response(body, { status, headers: answer.headers });
}

async function checkToken(request: Promise<IssuedToken>): Promise<void> {
  try {
    const { token, lifetimeMs } = await request;
    demand(/^[\x21-\x7e]+$/.test(token), 'a token can stand in a header field');
    demand(lifetimeMs >= 0, 'a token lives no shorter than not at all');
  } catch (error) {
    if (!(error instanceof MailboxError)) throw error;
    checkMailboxError(error);
    checkWords(error);
  }
}

async function checkCode(): Promise<void> {
  const exchange = {
    tokenUrl: GOOGLE,
    clientId: CONSENT.clientId,
    clientSecret: SECRET,
    code: SECRET,
    verifier: SECRET,
  };
  try {
    const redeemed = await redeemCode({
      ...exchange,
      redirectUri: 'http://127.0.0.1:1/',
      signal: new AbortController().signal,
    });
    demand(/^[\x21-\x7e]+$/.test(redeemed.accessToken) && redeemed.refreshToken !== '', 'a code gives two tokens');
  } catch (error) {
    if (!(error instanceof ActionableError)) throw error;
    checkWords(error);
  }
}

function checkWords({ message }: Error): void {
  demand(!message.includes(SECRET.slice(4, 40)), 'no secret is told');
}

/** The inputs to begin with: tokens, refusals, and an answer that repeats what it was sent. */
export function tokenSeeds(): string[] {
  const token = {
    access_token: 'ya29.a0AfH6SMBx',
    expires_in: 3599,
    scope: 'https://www.googleapis.com/auth/gmail.metadata',
    token_type: 'Bearer',
  };
  const microsoft = { 'x-ms-request-id': 'x' };
  const client = { client_info: Buffer.from('{"uid":"1","utid":"2"}').toString('base64url') };
  return [
    answerText(200, token),
    answerText(200, { ...token, refresh_token: '1//0gNewer' }),
    answerText(200, { ...token, ...client, ext_expires_in: 3599, refresh_token: '0.Newer' }, microsoft),
    answerText(400, { error: 'invalid_grant', error_description: `Token has been expired or revoked: ${SECRET}` }),
    answerText(401, { error: 'invalid_client', error_description: 'The OAuth client was not found.' }),
    answerText(
      400,
      { error: 'invalid_grant', error_description: 'AADSTS700082: x', error_codes: [700082], suberror: 'x' },
      microsoft,
    ),
    answerText(429, { error: 'temporarily_unavailable' }, { 'retry-after': '30' }),
    answerText(200, '<html>', { 'content-type': 'text/html' }),
  ];
}
