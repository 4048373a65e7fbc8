import { deploy } from './deploy.ts';
import type { TargetOrg } from './find-org.ts';
import { querySf, runSf } from './sf.ts';

/** What a person needs who looks after the package and uses it. */
const OWN = ['ReplyTrackingAdmin', 'ReplyTrackingUser'];
/** Lies apart from the package, in the format of the Metadata API: it is no part of what is installed. */
const IMPORT_FOLDER = 'scripts/org/import-permission';
const IMPORT = 'ReplyTrackingSampleData';

/** Gives the user of the org the permission sets of a person; gives their names. */
export async function assignOwn({ alias }: TargetOrg): Promise<readonly string[]> {
  await assign(alias, OWN);
  return OWN;
}

async function assign(alias: string, names: readonly string[]): Promise<void> {
  const flags = names.flatMap((name) => ['--name', name]);
  await runSf('org', 'assign', 'permset', '--target-org', alias, ...flags);
}

/**
 * Does work that writes replies, which people may not: the permission set of the connector is for its own user alone,
 * and who held on to it could forge halts. So the import has one of its own, which is taken back whatever happens.
 */
export async function withImportPermission(org: TargetOrg, work: () => Promise<void>): Promise<void> {
  await deploy(org, '--metadata-dir', IMPORT_FOLDER);
  await assign(org.alias, [IMPORT]);
  try {
    await work();
  } finally {
    await takeBack(org);
  }
}

async function takeBack({ alias, username }: TargetOrg): Promise<void> {
  const rows = await querySf<{ Id: string }>(
    alias,
    `SELECT Id FROM PermissionSetAssignment WHERE PermissionSet.Name = '${IMPORT}' AND Assignee.Username = '${username}'`,
  );
  const record = ['--sobject', 'PermissionSetAssignment', '--target-org', alias];
  for (const { Id } of rows) await runSf('data', 'delete', 'record', ...record, '--record-id', Id);
}
