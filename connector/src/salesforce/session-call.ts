import { HttpError } from '../http/http-error.ts';
import type { KeptSession } from './keep-session.ts';
import { networkFault } from './network-fault.ts';
import type { OrgAnswer, OrgCall, OrgRequest } from './org-call.ts';
import { notThePlatform, orgFault, passing, type CalledOrg } from './org-fault.ts';
import { SalesforceError } from './salesforce-error.ts';
import type { SalesforceSession } from './salesforce-login.ts';

/** Sends one request with one session; rejects when there was no answer of the platform. */
export type Attempt = (request: OrgRequest, session: SalesforceSession) => Promise<OrgAnswer>;

const SESSION_REFUSED: ReadonlySet<string> = new Set(['INVALID_SESSION_ID', 'ERROR_HTTP_401']);

/** A new session that is refused at once may be the doing of another login; one refused three times is not. */
const MOST_SESSIONS = 3;

/**
 * Calls that log in when they need to: a request whose session the org refuses is sent again with a new one, when there
 * is a new one, three times at most. Every failure leaves as a `SalesforceError`.
 */
export function callWithSession(kept: KeptSession, attempt: Attempt, org: CalledOrg): OrgCall {
  return async (request) => {
    try {
      let session = await obtained(org, kept.current());
      for (let tries = 1; ; tries += 1) {
        const answer = await attempt(request, session);
        if (!isSessionRefused(answer) || tries === MOST_SESSIONS) return answerOrFault(answer, org);
        const next = await obtained(org, kept.replace(session));
        if (next === undefined) return answerOrFault(answer, org);
        session = next;
      }
    } catch (error) {
      throw callFault(error, org);
    }
  };
}

/** The session of a login, whose errors without advice of their own count as faults that pass. */
export async function obtained<Session>(org: CalledOrg, session: Promise<Session>): Promise<Session> {
  try {
    return await session;
  } catch (error) {
    if (error instanceof SalesforceError) throw error;
    throw passing('No access token could be obtained.', org, error);
  }
}

function isSessionRefused(answer: OrgAnswer): boolean {
  return !answer.accepted && SESSION_REFUSED.has(answer.errorCode);
}

function answerOrFault(answer: OrgAnswer, org: CalledOrg): OrgAnswer {
  if (!answer.accepted) {
    const fault = orgFault(answer.errorCode, answer.message, org);
    if (fault !== undefined) throw fault;
    return answer;
  }
  // jsforce hands back plain text when an answer is not JSON: a login or maintenance page, or JSON that was cut.
  if (typeof answer.body !== 'object') throw notThePlatform(org);
  return answer;
}

function callFault(error: unknown, org: CalledOrg): SalesforceError {
  if (error instanceof SalesforceError) return error;
  return error instanceof HttpError ? networkFault(error, org.host) : passing('The call failed.', org, error);
}
