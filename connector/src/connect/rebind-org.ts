import type { OrgRebinding } from '../facade.ts';
import type { Salesforce } from '../salesforce/salesforce.ts';
import type { Store } from '../store/store.ts';

/**
 * Makes the org that the login leads to the one of the database. The refresh of a sandbox gives it a new id; ids of
 * records learnt from the one before mean nothing there, so all is pulled anew. For the org that it is already, nothing
 * changes.
 */
export async function rebindOrg(
  salesforce: Pick<Salesforce, 'org' | 'orgName'>,
  store: Pick<Store, 'pinnedOrg' | 'pinOrg' | 'rebindOrg'>,
): Promise<OrgRebinding> {
  const before = await store.pinnedOrg();
  const [{ id }, name] = [await salesforce.org(), await salesforce.orgName().catch(() => undefined)];
  if (before?.id === id) await store.pinOrg({ id, name });
  else await store.rebindOrg({ id, name });
  return {
    before: before === undefined ? null : { id: before.id, name: before.name ?? null },
    org: { id, name: name ?? null },
  };
}
