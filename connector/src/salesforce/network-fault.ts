import { HttpError } from '../http/http-error.ts';
import { SalesforceError, type SalesforceErrorCode } from './salesforce-error.ts';

/** What a failure to exchange messages with a host means, and what to do about it. */
interface NetworkFault {
  readonly code: SalesforceErrorCode;
  readonly words: string;
  readonly actions: readonly string[];
}

const REPEATED = 'Nothing has to be done if this passes: the call is repeated.';
const CHECK_ADDRESS = 'Check the address of the org for a typing error (Setup > My Domain shows it).';
const STATUS = 'Look at https://status.salesforce.com for the instance of the org if this lasts.';

const UNKNOWN_HOST: NetworkFault = {
  code: 'retry',
  words: 'no host of this name can be found',
  actions: [CHECK_ADDRESS, 'Check that this machine can look up names on the internet (DNS).'],
};
const REFUSED: NetworkFault = {
  code: 'retry',
  words: 'the host refuses the connection',
  actions: [
    'Check the host and the port of the address, and the firewall between this machine and the host.',
    REPEATED,
  ],
};
const NO_ROUTE: NetworkFault = {
  code: 'retry',
  words: 'there is no way to the host in the network',
  actions: ['Check the network connection of this machine.', REPEATED],
};
const CERTIFICATE: NetworkFault = {
  code: 'refused',
  words: 'the TLS certificate of the host does not verify',
  actions: [
    CHECK_ADDRESS,
    'If a proxy of your network opens TLS connections, name its certificate authority in NODE_EXTRA_CA_CERTS.',
    'Check the clock of this machine: a certificate is valid for a span of time only.',
  ],
};
const NO_TLS: NetworkFault = {
  code: 'refused',
  words: 'the host does not speak TLS as it should',
  actions: ['Check that the port of the address is that of https.', 'Check for a proxy that changes the connection.'],
};
const TOO_SLOW: NetworkFault = {
  code: 'retry',
  words: 'the host did not answer in time',
  actions: [REPEATED, 'Check the network connection and any proxy of this machine.', STATUS],
};
const TOO_LONG: NetworkFault = {
  code: 'retry',
  words: 'the answer is too long',
  actions: [CHECK_ADDRESS, 'Check for a proxy that answers in place of Salesforce.'],
};
const BROKEN: NetworkFault = {
  code: 'retry',
  words: 'the connection broke before the answer was complete',
  actions: [REPEATED, STATUS],
};

/** By the code of the system, of OpenSSL or of the HTTP client. */
const FAULTS: ReadonlyMap<string, NetworkFault> = new Map([
  ...entries(UNKNOWN_HOST, ['ENOTFOUND', 'EAI_AGAIN', 'EAI_NODATA', 'EAI_NONAME']),
  ...entries(REFUSED, ['ECONNREFUSED']),
  ...entries(NO_ROUTE, ['EHOSTUNREACH', 'ENETUNREACH', 'ENETDOWN', 'EADDRNOTAVAIL']),
  ...entries(TOO_SLOW, ['ETIMEDOUT', 'UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT']),
  ...entries(CERTIFICATE, [
    ...['CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID', 'CERT_REVOKED', 'CERT_UNTRUSTED', 'CERT_REJECTED'],
    ...['DEPTH_ZERO_SELF_SIGNED_CERT', 'SELF_SIGNED_CERT_IN_CHAIN', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
    ...['UNABLE_TO_GET_ISSUER_CERT', 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'ERR_TLS_CERT_ALTNAME_INVALID'],
  ]),
]);

function entries(fault: NetworkFault, codes: readonly string[]): [string, NetworkFault][] {
  return codes.map((code) => [code, fault]);
}

/** An error keeps the one it was made of as its cause; deeper than this nothing of ours lies. */
const CAUSES = 5;

/** The error for an exchange with a host that ended without an answer. */
export function networkFault(error: unknown, host: string): SalesforceError {
  if (error instanceof HttpError && error.code === 'host_refused') return refusedHost(error);
  if (error instanceof HttpError && error.code === 'redirect') return redirected(error, host);
  if (error instanceof HttpError && error.code !== 'network') {
    return unreachable(host, { ...(error.code === 'deadline' ? TOO_SLOW : TOO_LONG), words: error.message }, error);
  }
  const systemCode = systemCodeOf(error);
  const { code, words, actions } = faultFor(systemCode);
  return unreachable(host, { code, actions, words: `${words}${systemCode ? ` (${systemCode})` : ''}.` }, error);
}

function faultFor(systemCode: string | undefined): NetworkFault {
  if (systemCode === undefined) return BROKEN;
  const known = FAULTS.get(systemCode);
  if (known !== undefined) return known;
  return systemCode === 'EPROTO' || systemCode.startsWith('ERR_SSL_') ? NO_TLS : BROKEN;
}

/** The code nearest to the root of the failure: a fetch hides it some errors deep. */
function systemCodeOf(error: unknown): string | undefined {
  let found: string | undefined;
  let cause = error;
  for (let depth = 0; depth < CAUSES && cause instanceof Error; depth += 1) {
    const own = !(cause instanceof HttpError) && 'code' in cause ? cause.code : undefined;
    if (typeof own === 'string') found = own;
    cause = cause.cause;
  }
  return found;
}

function unreachable(host: string, { code, words, actions }: NetworkFault, cause: unknown): SalesforceError {
  return new SalesforceError(code, `Salesforce (${host}) cannot be reached: ${words}`, actions, { cause });
}

function refusedHost(error: HttpError): SalesforceError {
  return new SalesforceError('refused', error.message, ['Use the https address of the org itself.'], { cause: error });
}

/** Salesforce redirects from an address that has been renamed, and from pages that are no API. */
function redirected(error: HttpError, host: string): SalesforceError {
  return new SalesforceError(
    'retry',
    `Salesforce (${host}) cannot be reached: ${error.message}`,
    [
      'Set the address that Setup > My Domain shows, if the domain of the org has been renamed.',
      'Check for a proxy or a sign-on page of your network between this machine and Salesforce.',
    ],
    { cause: error },
  );
}
