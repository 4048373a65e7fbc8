import { retryAfterMs } from '../../http/retry-after.ts';
import { MailboxError } from '../mailbox-error.ts';
import type { MicrosoftApplication, MicrosoftConsent } from './microsoft-access-token.ts';

/** An answer of the token endpoint that is not 2xx (RFC 6749 section 5.2; "Microsoft identity platform error codes"). */
export interface TokenRefusal {
  readonly status: number;
  /** For example `invalid_grant`; empty for an answer that is not the endpoint's JSON. */
  readonly error: string;
  /** The number behind `AADSTS`, or undefined. */
  readonly code: number | undefined;
  readonly retryAfterMs: number | undefined;
}

export function readTokenRefusal(
  status: number,
  headers: { get(name: string): string | null },
  body: unknown,
  now: Date,
): TokenRefusal {
  const { error, error_codes: codes } = (typeof body === 'object' && body !== null ? body : {}) as Record<
    string,
    unknown
  >;
  const code: unknown = Array.isArray(codes) ? codes[0] : undefined;
  return {
    status,
    error: typeof error === 'string' && /^[a-z_]{1,40}$/.test(error) ? error : '',
    code: Number.isSafeInteger(code) ? (code as number) : undefined,
    retryAfterMs: retryAfterMs(headers, now),
  };
}

export interface RefusedRequest {
  /** A mailbox, or the application that reads many. */
  readonly who: string;
  readonly tenantId: string;
  readonly credential: MicrosoftApplication | MicrosoftConsent;
}

type Remedy = (request: RefusedRequest) => string;

const wrongTenant: Remedy = ({ tenantId }) =>
  `there is no tenant ${tenantId}. Take the Directory (tenant) ID from the app registration in the Microsoft Entra admin center`;
const wrongClient: Remedy = ({ tenantId, credential: { clientId } }) =>
  `the tenant ${tenantId} knows no application ${clientId}. Take the Application (client) ID from the app registration there`;
const wrongCertificate: Remedy = ({ credential: { clientId } }) =>
  `the certificate is not registered for the application ${clientId}, or has expired. Upload it in the Microsoft Entra ` +
  'admin center, under App registrations > Certificates & secrets';
const noConsent: Remedy = ({ tenantId, credential: { clientId } }) =>
  `nobody has consented to the application. An admin does at ${adminConsentUrl(tenantId, clientId)}`;
const deadGrant: Remedy = () =>
  'it no longer grants access: consent was withdrawn, the password was reset, or the grant lay idle for 90 days';
const signIn: Remedy = () =>
  'the organization asks its owner to sign in again (multi-factor authentication or conditional access)';
const notPublic: Remedy = ({ credential: { clientId } }) =>
  `the application ${clientId} does not allow public client flows. Allow them in the Microsoft Entra admin center, under ` +
  'App registrations > Authentication';

/** By AADSTS number ("Microsoft Entra authentication and authorization error codes"). */
const REMEDIES: ReadonlyMap<number, Remedy> = new Map([
  ...[90002, 900023].map((code) => [code, wrongTenant] as const),
  ...[700016, 7000218].map((code) => [code, code === 700016 ? wrongClient : notPublic] as const),
  ...[700027, 700021, 700023, 7000215, 7000222].map((code) => [code, wrongCertificate] as const),
  ...[65001, 65004, 650052, 650056].map((code) => [code, noConsent] as const),
  ...[70008, 70043, 700082, 50173, 50034, 50057, 700005].map((code) => [code, deadGrant] as const),
  ...[50076, 50079, 53003, 50078, 50158, 70044].map((code) => [code, signIn] as const),
]);

/**
 * What a refused token means for the caller. What a person has to repair holds the mailbox; a wrong clock (AADSTS700024),
 * trouble at Microsoft and a code that nobody has seen are tried again. The endpoint's own sentence is not quoted: it
 * holds ids of requests and may repeat what it was sent.
 */
export function tokenErrorOf(refusal: TokenRefusal, request: RefusedRequest): MailboxError {
  const { who } = request;
  const { code, error, status } = refusal;
  const said = code === undefined ? error : `AADSTS${code}`;
  if (code === 700024) {
    const what = 'the clock of this machine is wrong. Set it, best by turning time synchronisation (NTP) on';
    return new MailboxError('retry', `${who} gets no access token: ${what} (${said}).`);
  }
  const remedy =
    (code === undefined ? undefined : REMEDIES.get(code)) ?? (error === 'invalid_grant' ? deadGrant : undefined);
  if (remedy !== undefined) {
    const what = `${who} gets no access token: ${remedy(request)} (${said}). Then connect the mailbox again.`;
    return new MailboxError('reconnect', what);
  }
  const message = `${who} gets no access token now (HTTP ${status}${said === '' ? '' : `, ${said}`}).`;
  return new MailboxError('retry', message, { ...(refusal.retryAfterMs && { retryAfterMs: refusal.retryAfterMs }) });
}

/** Where an admin of a tenant consents to an application ("Admin consent on the Microsoft identity platform"). */
export function adminConsentUrl(tenantId: string, clientId: string): string {
  return `https://login.microsoftonline.com/${encodeURIComponent(tenantId)}/adminconsent?client_id=${encodeURIComponent(clientId)}`;
}
