import type { CheckResult, MailboxStatus } from '../facade.ts';
import { MailboxError } from '../mailbox/mailbox-error.ts';
import type { GrantedScopes } from '../mailbox/mailbox.ts';
import { failure, ok, warning, wordsOf } from './check-result.ts';

const HOUR_MS = 3_600_000;
/** A mailbox is looked into every five minutes at least, so one that is an hour behind is not being read. */
const LAG_SECONDS = 3600;
/** Renewed every day, so that a promise with less left was not; Gmail's is a week, and several tries have failed by then. */
const TOLD_HOURS = { gmail: 48, graph: 24, imap: 0, ews: 0 };
const CERTIFICATE_HOURS = 30 * 24;

/** What a look into a mailbox found. */
export interface MailboxFacts {
  readonly status: MailboxStatus;
  /** True while a service is there to read it. */
  readonly isServed: boolean;
  /** Why the mailbox could not be asked; undefined when it answered. */
  readonly error: unknown;
  /** What the credential may; undefined where the provider does not tell. */
  readonly scopes: GrantedScopes | undefined;
}

/** How one mailbox stands: its reading, its grant, what the grant is wider than, and what ends soon. */
export function checkMailbox(facts: MailboxFacts, at: Date): CheckResult[] {
  const { status, error, scopes } = facts;
  return [
    checkReading(facts),
    checkGrant(status, error),
    ...(scopes === undefined || scopes.granted.length === 0 ? [] : [checkScopes(status, scopes)]),
    ...(status.pushError === null ? [] : [checkPushError(status, status.pushError)]),
    ...(status.toldUntil === null ? [] : [checkPush(status, status.toldUntil, at)]),
    ...(status.credentialEndsAt === null ? [] : [checkCertificate(status, status.credentialEndsAt, at)]),
  ];
}

function checkReading({ status, isServed }: MailboxFacts): CheckResult {
  const { address, state, lastError, lagSeconds } = status;
  const reason = lastError ?? 'No reason is known.';
  if (state === 'reconnect') return failure('mailbox', reason, reconnect(address), address);
  if (state === 'failing') {
    return warning('mailbox', reason, ['It is tried again by itself; to try it now: sf reply sync.'], address);
  }
  if (state === 'reading') return ok('mailbox', 'The first read is under way.', address);
  if (isServed && lagSeconds !== null && lagSeconds > LAG_SECONDS) {
    const found = `It has not been read to its end for ${Math.floor(lagSeconds / 60)} minutes.`;
    return warning('mailbox', found, ['See in the log of the service what it waits for.'], address);
  }
  return ok('mailbox', `Read to its end ${lagSeconds ?? 0} seconds ago.`, address);
}

function checkGrant({ address }: MailboxStatus, error: unknown): CheckResult {
  if (error === undefined) return ok('grant', 'The credential opens the mailbox.', address);
  const { message, actions } = wordsOf(error);
  if (error instanceof MailboxError && error.code !== 'reconnect') {
    const steps = ['Correct what is named, or look again in a moment if it is a passing fault.'];
    return warning('grant', message, steps, address);
  }
  return failure('grant', message, actions.length > 0 ? actions : reconnect(address), address);
}

function checkScopes({ address }: MailboxStatus, { granted, wider }: GrantedScopes): CheckResult {
  if (wider.length === 0) return ok('scopes', `No more than needed: ${granted.join(', ')}.`, address);
  return warning(
    'scopes',
    `The credential may do more than read header fields: ${wider.join(', ')}.`,
    ['Take these scopes away where the credential was granted, and connect the mailbox again with --replace.'],
    address,
  );
}

function checkPush({ address, provider }: MailboxStatus, toldUntil: string, at: Date): CheckResult {
  if (hoursUntil(toldUntil, at) >= TOLD_HOURS[provider]) {
    return ok('push', `The provider tells of changes until ${toldUntil}.`, address);
  }
  return warning(
    'push',
    `The provider tells of changes until ${toldUntil}, and that was not renewed. Then the mailbox is only looked into.`,
    ['See in the log of the service why renewing failed; while no service runs nothing is renewed: sf reply serve.'],
    address,
  );
}

function checkPushError({ address }: MailboxStatus, pushError: string): CheckResult {
  const found = `The provider was asked to tell of changes and refused. ${pushError}`;
  return warning('push', found, ['Correct what is named; it is asked again by itself.'], address);
}

function checkCertificate({ address }: MailboxStatus, endsAt: string, at: Date): CheckResult {
  const hours = hoursUntil(endsAt, at);
  const actions = [
    'Make a new certificate, upload it to the application, and connect the mailbox with it and --replace.',
  ];
  if (hours < 0) return failure('certificate', `The certificate ended at ${endsAt}.`, actions, address);
  if (hours < CERTIFICATE_HOURS) return warning('certificate', `The certificate ends at ${endsAt}.`, actions, address);
  return ok('certificate', `The certificate ends at ${endsAt}.`, address);
}

function hoursUntil(instant: string, at: Date): number {
  return (Date.parse(instant) - at.getTime()) / HOUR_MS;
}

function reconnect(address: string): string[] {
  return [`Connect it again: sf reply mailbox connect --address ${address} --replace, with the flags of before.`];
}
