/** What calls to an org are made with. */
export interface SalesforceSession {
  /** The bearer token. It stands in no log and no error. */
  readonly accessToken: string;
  /** The org's own address, for example `https://acme.my.salesforce.com`. */
  readonly instanceUrl: string;
  /** Id of the org, 15 or 18 characters, when the login tells it; otherwise the token itself usually does. */
  readonly orgId?: string;
  readonly userId?: string;
  readonly username?: string;
}

/**
 * Logs in and gives a new session each time it is called. It is called when a session is needed for the first time, and
 * again when the org has refused the last one; giving the refused token again means that there is no other.
 *
 * Rejects with a `SalesforceError` that says what to do; any other error counts as a fault that passes.
 */
export type SalesforceLogin = () => Promise<SalesforceSession>;
