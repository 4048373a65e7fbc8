import type { OpenMailboxes } from './connect/open-mailboxes.ts';
import type { Delivery } from './deliver/deliver.ts';
import { createDeliveries, type Deliveries } from './deliver/deliveries.ts';
import type { MailboxSettings } from './facade.ts';
import type { Salesforce } from './salesforce/salesforce.ts';
import type { Store } from './store/store.ts';
import { ownSideOf } from './sync/own-side.ts';
import { resolveWaiting } from './sync/resolve-waiting.ts';
import type { SyncOptions } from './sync/sync-options.ts';
import { pullSalesforce, type Pull } from './track/pull-salesforce.ts';

/** What the work is done with. No clock is read but `now`. */
export interface WorkParts {
  readonly store: Store;
  readonly mailboxes: Pick<OpenMailboxes, 'rows' | 'get'>;
  /** Undefined when nobody has named an org. */
  readonly salesforce: Salesforce | undefined;
  readonly now: () => Date;
  /** A number in [0, 1) at each call. */
  readonly random: () => number;
  /** Names this process among those that write into the org. */
  readonly holder: string;
  /** API calls that writing may take in 24 hours; undefined for a share of what the org may make. */
  readonly dailyCalls: number | undefined;
  /** Between two writes while calls are plenty, in milliseconds. */
  readonly shortestMs?: number;
  /** Domains whose mail is passed over. */
  readonly excludedDomains?: ReadonlySet<string>;
  readonly report: Pick<SyncOptions, 'onPage' | 'onUndecided'> &
    Pick<Delivery, 'onDelivered'> &
    Pick<Pull, 'onUnhalted'>;
}

/** The use cases put together: what a process does, whoever wakes it. */
export interface ComposedWork {
  readonly syncOptions: SyncOptions;
  /** Learns from Salesforce, and settles what has been waiting for it. */
  readonly pull: () => Promise<void>;
  /** Write into Salesforce what is due. */
  readonly deliveries: Deliveries;
}

/** Puts together what reads mailboxes, what learns from Salesforce and what writes there. */
export function composeWork(parts: WorkParts): ComposedWork {
  const {
    store,
    mailboxes,
    salesforce,
    now,
    random,
    holder,
    dailyCalls,
    shortestMs,
    excludedDomains = new Set<string>(),
    report: { onDelivered, onUnhalted, ...report },
  } = parts;
  const syncOptions: SyncOptions = {
    ...{ store, now, excludedDomains },
    get ownSide() {
      return ownSideOf(mailboxes.rows.map(({ settings }) => settings as MailboxSettings));
    },
    mailboxOf: (id) => mailboxes.get(id),
    ...report,
  };
  return {
    syncOptions,
    deliveries: createDeliveries(
      salesforce && {
        store,
        salesforce,
        now,
        random,
        holder,
        dailyCalls,
        ...(shortestMs !== undefined && { shortestMs }),
        ...(onDelivered && { onDelivered }),
      },
    ),
    pull: async () => {
      if (salesforce === undefined) return;
      await pullSalesforce({ store, salesforce, now, excludedDomains, ...(onUnhalted && { onUnhalted }) });
      await resolveWaiting(syncOptions);
    },
  };
}
