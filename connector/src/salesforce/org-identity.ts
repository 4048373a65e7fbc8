import { longRecordId, recordId } from './record-id.ts';
import type { SalesforceSession } from './salesforce-login.ts';

const ORGANIZATION = '00D';
const USER = '005';

/** A session id and an opaque access token begin with the id of their org, 15 characters, and an exclamation mark. */
const TOKEN_PREFIX = /^(00D[A-Za-z0-9]{12})!/;

/** The last two parts of the identity URL of an OAuth answer: `https://login.salesforce.com/id/<org>/<user>`. */
const IDENTITY_PATH = /^\/id\/([A-Za-z0-9]{15,18})\/([A-Za-z0-9]{15,18})$/;

/** The id of the org that a session belongs to, 18 characters, or undefined when neither login nor token tells it. */
export function sessionOrgId({ orgId, accessToken }: SalesforceSession): string | undefined {
  return organizationId(orgId) ?? organizationId(TOKEN_PREFIX.exec(accessToken)?.[1]);
}

/** The id of an org in its long form, or undefined when it is none. */
export function organizationId(id: string | undefined): string | undefined {
  return longIdOf(ORGANIZATION, id);
}

/** Org and user of an identity URL (Salesforce Help, "Identity URLs"); undefined when it is not one. */
export function readIdentityUrl(url: string): { readonly orgId: string; readonly userId: string } | undefined {
  const [, org, user] = IDENTITY_PATH.exec(URL.parse(url)?.pathname ?? '') ?? [];
  const orgId = organizationId(org);
  const userId = longIdOf(USER, user);
  return orgId === undefined || userId === undefined ? undefined : { orgId, userId };
}

function longIdOf(prefix: string, id: string | undefined): string | undefined {
  const known = id?.startsWith(prefix) ? recordId(id) : undefined;
  return known === undefined ? undefined : longRecordId(known);
}
