import { Org } from '@salesforce/core';
import type { TargetOrg } from '../connector.ts';

/** Any of these says how the connector itself logs in, and outweighs the default org of the CLI. */
const LOGIN_VARIABLES = /^SALESFORCE_(?!NAMESPACE$|LOGIN_URL$)/;

/** True when the environment says how to log in to Salesforce. */
export function logsInByEnvironment(variables: NodeJS.ProcessEnv): boolean {
  return Object.entries(variables).some(([name, value]) => LOGIN_VARIABLES.test(name) && value !== '');
}

/** The CLI's default org, or undefined when there is none or its login is gone. */
export async function defaultOrg(): Promise<Org | undefined> {
  try {
    return await Org.create({});
  } catch {
    return undefined;
  }
}

/** An org of the CLI's store as a login: its stored session first, then what a refresh of it gives. */
export function targetOrg(org: Org): TargetOrg {
  const connection = org.getConnection();
  let given: string | undefined;
  return {
    instanceUrl: connection.instanceUrl,
    orgId: org.getOrgId(),
    accessToken: async () => {
      if (given !== undefined) await refresh(org);
      given = connection.accessToken ?? '';
      return given;
    },
  };
}

/** A login that cannot be refreshed keeps its session; a network that fails is the caller's to try again. */
async function refresh(org: Org): Promise<void> {
  try {
    await org.refreshAuth();
  } catch (error) {
    if (isNetworkFault(error)) throw error;
  }
}

function isNetworkFault(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if ('code' in cause && typeof cause.code === 'string' && /^(?:E[A-Z_]+|UND_ERR_[A-Z_]+)$/.test(cause.code)) {
      // jsforce speaks of refused sessions as ERROR_HTTP_401 and the like.
      return !cause.code.startsWith('ERROR_HTTP');
    }
  }
  return false;
}
