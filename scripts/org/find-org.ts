import type { Options } from './options.ts';
import { querySf, runSf, SfError } from './sf.ts';

const DEFINITION = 'scripts/org/project-scratch-def.json';
const DAYS = '7';

/** The org that is set up. */
export interface TargetOrg {
  /** How the sf command knows it. */
  readonly alias: string;
  /** Of the user whom the sf command is logged in as. */
  readonly username: string;
  /** Whether this run has made it. */
  readonly made: boolean;
}

/** What an org says of itself. */
export interface Organization {
  readonly Name: string;
  readonly IsSandbox: boolean;
  readonly OrganizationType: string;
}

/** The org that was named, the scratch org of an earlier run, or a new one. `tell` hears what takes its time. */
export async function findOrg({ targetOrg, alias, devHub }: Options, tell: (text: string) => void): Promise<TargetOrg> {
  if (targetOrg !== undefined) return { alias: targetOrg, username: await usernameOf(targetOrg), made: false };
  try {
    return { alias, username: await usernameOf(alias), made: false };
  } catch (error) {
    if (!(error instanceof SfError)) throw error;
  }
  const hub = devHub === undefined ? [] : ['--target-dev-hub', devHub];
  const options = ['--definition-file', DEFINITION, '--alias', alias, '--duration-days', DAYS, '--wait', '20', ...hub];
  tell('asks the Dev Hub for one, which takes some minutes');
  const { username } = await runSf<{ username: string }>('org', 'create', 'scratch', ...options);
  return { alias, username, made: true };
}

async function usernameOf(alias: string): Promise<string> {
  const org = await runSf<{ username: string; connectedStatus?: string; status?: string }>(
    ...['org', 'display', '--target-org', alias],
  );
  const state = org.connectedStatus ?? org.status ?? '';
  if (!['Connected', 'Active'].includes(state)) {
    throw new SfError({ status: 1, message: `The org ${alias} cannot be reached: ${state}` });
  }
  return org.username;
}

/** Refuses an org that people work in: sample data has no business there. */
export async function checkOrgIsForTrying({ alias }: TargetOrg): Promise<void> {
  const [organization] = await querySf<Organization>(
    alias,
    'SELECT Name, IsSandbox, OrganizationType FROM Organization',
  );
  if (organization !== undefined && isForTrying(organization)) return;
  const { Name = alias, OrganizationType = 'unknown edition' } = organization ?? {};
  throw new Error(`${Name} is a production org (${OrganizationType}); this puts invented people into an org.`);
}

/** Whether an org is no production org: scratch orgs say that they are sandboxes. */
export function isForTrying({ IsSandbox, OrganizationType }: Organization): boolean {
  return IsSandbox || OrganizationType === 'Developer Edition';
}
