import type { CheckResult, ConnectorStatus, WritingStatus } from '../facade.ts';
import type { OrgIdentity } from '../salesforce/salesforce.ts';
import { failure, ok, skipped, warning, wordsOf } from './check-result.ts';

/** Salesforce refuses a login by JWT whose clock is more than three minutes off. */
const CLOCK_SECONDS = 120;
/** Of the org's API calls within 24 hours. */
const API_SHARE = 0.8;

/** The org can be reached and is the one of this database; undefined when none was named. */
export function checkOrg(org: OrgIdentity | Error | undefined): CheckResult {
  if (org === undefined) {
    return skipped('org', 'No Salesforce org is named, so that nothing of it was checked.', [
      'Name it: --target-org ALIAS, or the SALESFORCE_ variables.',
    ]);
  }
  if (org instanceof Error) return failure('org', wordsOf(org).message, wordsOf(org).actions);
  return ok('org', `${org.name ?? org.id} at ${org.instanceUrl} answers.`);
}

/** The clocks of this machine and of Salesforce agree. */
export function checkClock(skewMs: number | undefined): CheckResult {
  if (skewMs === undefined) return skipped('clock', 'Salesforce has not answered, and with it nothing told the time.');
  const seconds = Math.round(Math.abs(skewMs) / 1000);
  const side = skewMs > 0 ? 'ahead of' : 'behind';
  if (seconds <= CLOCK_SECONDS) return ok('clock', `This machine is ${seconds} seconds off Salesforce's clock.`);
  return failure('clock', `The clock of this machine is ${seconds} seconds ${side} Salesforce's.`, [
    'Set the clock, best by NTP: logins by JWT fail, and times are wrong.',
  ]);
}

/** There are API calls left, of the org and of those that writing may take; how these stand the database knows. */
export function checkApiBudget(
  apiUsage: ConnectorStatus['salesforce']['apiUsage'],
  writing: WritingStatus | undefined,
): CheckResult {
  if (apiUsage === null) return skipped('apiBudget', 'Salesforce has not told how many API calls are used.');
  const { used, limit } = apiUsage;
  const share = writing === undefined ? '' : `, writing ${writing.callsInDay} of ${writing.dailyCalls}`;
  const found = `The org has used ${used} of its ${limit} API calls within 24 hours${share}.`;
  const actions = ['Look for what else calls the API. Replies are kept and written later; nothing is lost.'];
  if (used >= limit) return failure('apiBudget', found, actions);
  if (used >= API_SHARE * limit) return warning('apiBudget', found, actions);
  if (writing === undefined || writing.budget === 'ample') return ok('apiBudget', found);
  return warning('apiBudget', found, ['To have replies written sooner, raise REPLY_TRACKING_DAILY_CALLS.']);
}
