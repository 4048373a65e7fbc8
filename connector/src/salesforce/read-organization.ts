import type { AskedOnce } from './ask-once.ts';
import { foreignText, type ForeignObject } from './foreign-json.ts';
import type { OrgCall } from './org-call.ts';
import { passing, type CalledOrg } from './org-fault.ts';
import { organizationId, sessionOrgId } from './org-identity.ts';
import { queryAll } from './query-rows.ts';
import type { SalesforceSession } from './salesforce-login.ts';
import type { OrgIdentity } from './salesforce.ts';
import { ORGANIZATION_QUERY } from './soql.ts';

/** The one row about the org itself. */
export interface Organization {
  readonly id: string;
  readonly name: string;
}

/** Id and name of the org, in one call. */
export async function askOrganization(call: OrgCall, org: CalledOrg): Promise<Organization> {
  const organization = organizationOf(await queryAll(call, org, ORGANIZATION_QUERY));
  if (organization === undefined) throw passing('The org did not tell its id.', org);
  return organization;
}

/** The org that the answer to `ORGANIZATION_QUERY` tells of. */
export function organizationOf([row]: readonly ForeignObject[]): Organization | undefined {
  const id = organizationId(foreignText(row?.['Id']));
  return id === undefined ? undefined : { id, name: foreignText(row?.['Name']) ?? id };
}

/** The login or the token tells the id of the org as a rule; only a token of an unknown form costs a call. */
export async function orgIdentity(
  session: SalesforceSession,
  organization: AskedOnce<Organization>,
): Promise<OrgIdentity> {
  const id = sessionOrgId(session) ?? (await organization.get()).id;
  const name = organization.value?.name;
  const { instanceUrl, userId, username } = session;
  return {
    id,
    instanceUrl,
    ...(name === undefined ? {} : { name }),
    ...(userId === undefined ? {} : { userId }),
    ...(username === undefined ? {} : { username }),
  };
}
