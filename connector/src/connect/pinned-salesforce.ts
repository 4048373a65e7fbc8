import { SalesforceError } from '../salesforce/salesforce-error.ts';
import type { Salesforce } from '../salesforce/salesforce.ts';
import type { Store } from '../store/store.ts';

/**
 * The org, once it is certain that it is the one that the database belongs to: ids of people, mails and replies mean
 * nothing in another. The first org that is reached becomes that one. Each method rejects with a `SalesforceError`
 * that names both orgs when it is another.
 */
export function pinSalesforce(salesforce: Salesforce, store: Pick<Store, 'pinOrg' | 'pinnedOrg'>): Salesforce {
  let checked: Promise<void> | undefined;
  let named: string | undefined;
  const certain = async (): Promise<void> => {
    checked ??= check(salesforce, store);
    try {
      await checked;
    } catch (error) {
      checked = undefined;
      throw error;
    }
  };
  return {
    write: async (rows) => (await certain(), salesforce.write(rows)),
    changesSince: async (positions) => {
      await certain();
      const changes = await salesforce.changesSince(positions);
      // The name comes along with the first pull, where it costs no call.
      const { id, name } = await salesforce.org();
      if (name !== undefined && name !== named) named = (await store.pinOrg({ id, name })).name;
      return changes;
    },
    trackedMailsSince: async (position) => (await certain(), salesforce.trackedMailsSince(position)),
    enrolmentsSince: async (position) => (await certain(), salesforce.enrolmentsSince(position)),
    usersByEmail: async (addresses) => (await certain(), salesforce.usersByEmail(addresses)),
    org: async () => (await certain(), salesforce.org()),
    orgName: async () => (await certain(), salesforce.orgName()),
    setup: async () => (await certain(), salesforce.setup()),
    get apiCalls() {
      return salesforce.apiCalls;
    },
    get apiUsage() {
      return salesforce.apiUsage;
    },
    get clockSkewMs() {
      return salesforce.clockSkewMs;
    },
  };
}

/** The name of another org costs an API call, which is made for the error alone. */
async function check(salesforce: Salesforce, store: Pick<Store, 'pinOrg' | 'pinnedOrg'>): Promise<void> {
  const { id } = await salesforce.org();
  const pinned = (await store.pinnedOrg()) ?? (await store.pinOrg({ id, name: undefined }));
  if (pinned.id !== id) throw otherOrg(pinned, { id, name: await nameOf(salesforce) });
}

/** Undefined when the connector's user may not see it: then the id has to do. */
function nameOf(salesforce: Salesforce): Promise<string | undefined> {
  return salesforce.orgName().catch(() => undefined);
}

interface NamedOrg {
  readonly id: string;
  readonly name: string | undefined;
}

/** The error of an org that is not the one that a database belongs to. */
export function otherOrg(pinned: NamedOrg, given: NamedOrg): SalesforceError {
  return new SalesforceError(
    'refused',
    `This database belongs to the Salesforce org ${orgWords(pinned)}, and the login is for ${orgWords(given)}.`,
    [
      `Log in to ${pinned.name ?? pinned.id}: check --target-org or the SALESFORCE_ variables.`,
      'For another org use another database: set REPLY_TRACKING_DATA or DATABASE_URL.',
      'A sandbox that was refreshed has a new id: stop the service, run sf reply org rebind, and start it again.',
    ],
  );
}

function orgWords({ id, name }: NamedOrg): string {
  return name === undefined ? id : `${name} (${id})`;
}
