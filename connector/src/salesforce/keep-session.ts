import { sessionOrgId } from './org-identity.ts';
import { SalesforceError } from './salesforce-error.ts';
import type { SalesforceLogin, SalesforceSession } from './salesforce-login.ts';

/** One session as it is, or a login that gives a new one each time it is called. */
export type SessionSource = SalesforceSession | SalesforceLogin;

/** The session that calls are made with at present. */
export interface KeptSession {
  current(): Promise<SalesforceSession>;
  /** A session to replace one that the org refused, or undefined when there is no way to get another. */
  replace(refused: SalesforceSession): Promise<SalesforceSession | undefined>;
}

/**
 * Keeps the session of a source. However many calls want a new one at a time, the login is called once. A login that
 * suddenly leads to another org is refused: what was read from one org must not be written to another.
 */
export function keepSession(source: SessionSource): KeptSession {
  if (typeof source !== 'function') {
    return { current: () => Promise.resolve(source), replace: () => Promise.resolve(undefined) };
  }
  const login = ofOneOrg(source);
  let session: Promise<SalesforceSession> | undefined;
  const logIn = (): Promise<SalesforceSession> => {
    const asked = login();
    session = asked;
    asked.catch(() => {
      if (session === asked) session = undefined;
    });
    return asked;
  };
  const current = (): Promise<SalesforceSession> => session ?? logIn();
  const replace = async (refused: SalesforceSession): Promise<SalesforceSession | undefined> => {
    const before = session;
    const held = await current();
    if (held.accessToken !== refused.accessToken) return held;
    const next = await (session === before ? logIn() : current());
    return next.accessToken === refused.accessToken ? undefined : next;
  };
  return { current, replace };
}

function ofOneOrg(login: SalesforceLogin): SalesforceLogin {
  let first: string | undefined;
  return async () => {
    const session = await login();
    const orgId = sessionOrgId(session);
    if (first !== undefined && orgId !== undefined && orgId !== first) throw anotherOrg(first, orgId);
    first ??= orgId;
    return session;
  };
}

function anotherOrg(first: string, now: string): SalesforceError {
  return new SalesforceError('refused', `The login to Salesforce now leads to the org ${now}; it led to ${first}.`, [
    `Let the login lead to the org ${first} again, or start the connector anew with a data folder of its own for ${now}.`,
  ]);
}
