import type { SalesforceError } from '../salesforce/salesforce-error.ts';
import type { SalesforceWriteResult } from '../salesforce/salesforce.ts';
import type { StaleTally, TallyOutcome } from '../store/store.ts';
import { classifyRefusal } from './refusal.ts';

/** Numbers for reports are tried again after a minute, or an hour where a person has to repair the org first. */
const PASSING_MS = 60_000;
const HELD_MS = 3_600_000;

/**
 * The outcome of numbers that went to Salesforce, given what it said of them, or the fault for which it said nothing.
 * What it will never take, as for a mail that was deleted there, is let go; the next Task of the mail brings it up again.
 */
export function tallyOutcome(
  { mailId, marks }: StaleTally,
  result: SalesforceWriteResult | undefined,
  fault: SalesforceError | undefined,
  at: Date,
): TallyOutcome {
  const wait = waitOf(result, fault);
  return { mailId, marks, ...(wait !== undefined && { notBefore: new Date(at.getTime() + wait) }) };
}

function waitOf(result: SalesforceWriteResult | undefined, fault: SalesforceError | undefined): number | undefined {
  if (result === undefined) return fault?.code === 'refused' ? HELD_MS : PASSING_MS;
  if (result.outcome === 'written') return undefined;
  const refusal = classifyRefusal(result.errorCode, result.message);
  if (refusal === 'permanent' || refusal === 'rule') return undefined;
  return refusal === 'passing' ? PASSING_MS : HELD_MS;
}
