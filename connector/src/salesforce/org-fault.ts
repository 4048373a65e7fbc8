import { fieldText } from './field-value.ts';
import { SalesforceError } from './salesforce-error.ts';

/** The platform's words in an error of ours are cut to this many characters. */
const WORDS = 300;

const CONNECTOR_PERMISSION_SET = 'Reply Tracking: Connector';

/** The call may succeed later without anybody doing anything. */
const PASSING: ReadonlySet<string> = new Set([
  'QUERY_TIMEOUT',
  'REQUEST_RUNNING_TOO_LONG',
  'EXCEEDED_MAX_SEMAPHORE',
  'ERROR_HTTP_408',
  'ERROR_HTTP_420',
  'ERROR_HTTP_429',
]);

/** The instance is being worked on or too busy. */
const UNAVAILABLE: ReadonlySet<string> = new Set(['SERVER_UNAVAILABLE', 'ERROR_HTTP_503']);

/** What the org lacks, or does not let the connector's user see; to a user without rights both look alike. */
const MISSING: ReadonlySet<string> = new Set([
  'INVALID_TYPE',
  'INVALID_FIELD',
  'INSUFFICIENT_ACCESS',
  'INSUFFICIENT_ACCESS_OR_READONLY',
  'FUNCTIONALITY_NOT_ENABLED',
]);

/** The org does not let the connector in at all. */
const LOCKED_OUT: ReadonlySet<string> = new Set([
  'INVALID_SESSION_ID',
  'INVALID_AUTH_HEADER',
  'API_DISABLED_FOR_ORG',
  'API_CURRENTLY_DISABLED',
  'CLIENT_NOT_ACCESSIBLE_FOR_USER',
  'INVALID_LOGIN',
  'FORBIDDEN',
  'ERROR_HTTP_401',
  'ERROR_HTTP_403',
]);

const RETIRED: ReadonlySet<string> = new Set([
  'UNSUPPORTED_API_VERSION',
  'NOT_FOUND',
  'ERROR_HTTP_404',
  'ERROR_HTTP_410',
]);

/** One call to the org, as far as an error has to speak of it. */
export interface CalledOrg {
  readonly host: string;
  readonly apiVersion: string;
}

/**
 * The error for a fault that concerns the org or the whole call, or undefined for one that a single row may have
 * caused. `errorCode` is the platform's, or `ERROR_HTTP_` and the status when it gave none.
 */
export function orgFault(errorCode: string, message: string, org: CalledOrg): SalesforceError | undefined {
  const words = fieldText(`${errorCode}: ${message}`, WORDS);
  if (errorCode === 'REQUEST_LIMIT_EXCEEDED') return usedUp(words, org);
  if (UNAVAILABLE.has(errorCode)) return unavailable(words, org);
  if (PASSING.has(errorCode) || /^ERROR_HTTP_5\d\d$/.test(errorCode)) return passing(words, org);
  if (LOCKED_OUT.has(errorCode)) return lockedOut(words, org);
  if (namesMissingParent(errorCode, message)) return undefined;
  if (MISSING.has(errorCode) || message.includes('xternal ID field')) return missing(words, org);
  if (RETIRED.has(errorCode)) return retired(words, org);
  return undefined;
}

/** True when a row names a parent by an external id that no record has: that row's matter, despite its code. */
export function namesMissingParent(errorCode: string, message: string): boolean {
  return errorCode === 'INVALID_FIELD' && message.includes('oreign key external ID');
}

/** A fault that passes by itself: timeouts, broken connections, answers that are not the platform's. */
export function passing(words: string, { host }: CalledOrg, cause?: unknown): SalesforceError {
  return new SalesforceError(
    'retry',
    `Salesforce (${host}) could not take the call now. ${words}`,
    [
      'Nothing has to be done: the call is repeated.',
      'Look at https://status.salesforce.com and at Setup > Company Information > API Requests if this lasts.',
    ],
    { cause },
  );
}

/** An answer that the platform did not write: a maintenance or sign-on page, or JSON that was cut. */
export function notThePlatform({ host }: CalledOrg): SalesforceError {
  return new SalesforceError(
    'retry',
    `Salesforce (${host}) answers with a page, or with a part of an answer. The answer was not JSON.`,
    [
      'Nothing has to be done during maintenance: the call is repeated. See https://status.salesforce.com.',
      'If this lasts, check for a proxy or a sign-on page of your network, and that the address is that of the org.',
    ],
  );
}

function unavailable(words: string, { host }: CalledOrg): SalesforceError {
  return new SalesforceError('retry', `Salesforce (${host}) is under maintenance or too busy now. ${words}`, [
    'Nothing has to be done: the call is repeated until Salesforce takes it.',
    'Look at https://status.salesforce.com for the instance of the org if this lasts.',
  ]);
}

function usedUp(words: string, { host }: CalledOrg): SalesforceError {
  return new SalesforceError('retry', `Salesforce (${host}) takes no more API calls for now. ${words}`, [
    'Nothing is lost: replies wait, and calls become free as those of 24 hours ago no longer count.',
    'See Setup > Company Information > "API Requests, Last 24 Hours", and look for other programs that make many calls.',
  ]);
}

function lockedOut(words: string, { host }: CalledOrg): SalesforceError {
  return new SalesforceError('refused', `Salesforce (${host}) does not accept the connector's login. ${words}`, [
    'Log in to the org again with the user of the connector. A session ends after some hours; a login with a key (JWT bearer flow) renews itself.',
    'Check that this user is active, may use the API, and that its profile sets no narrower login IP ranges.',
  ]);
}

function missing(words: string, { host }: CalledOrg): SalesforceError {
  return new SalesforceError(
    'refused',
    `Salesforce (${host}) does not have or does not show what is needed. ${words}`,
    [
      `Assign the permission set "${CONNECTOR_PERMISSION_SET}" to the user of the connector.`,
      'Deploy force-app into the org if the object or field named above does not exist there.',
    ],
  );
}

function retired(words: string, { host, apiVersion }: CalledOrg): SalesforceError {
  return new SalesforceError('refused', `Salesforce (${host}) does not offer API version ${apiVersion}. ${words}`, [
    'Check that the address is that of the org itself (Setup > My Domain).',
    'Set an API version that the org offers; the list is at /services/data.',
  ]);
}
