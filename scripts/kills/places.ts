import type { Page } from '../../connector/src/mailbox/mailbox.ts';
import type { SalesforceWrite } from '../../connector/src/salesforce/salesforce.ts';
import type { DeliveryOutcome, PageCommit } from '../../connector/src/store/store.ts';

/** A method of a port around which the service can be killed. */
export interface Method {
  readonly port: 'mailbox' | 'store' | 'salesforce';
  readonly member: string;
  readonly name: string;
  /** Whether the arguments hold replies; a kill counts only then. */
  readonly hasWork: (args: readonly unknown[]) => boolean;
  /** Whether the result does. */
  readonly brings?: (result: unknown) => boolean;
  /** Whether a service in which this has succeeded works again. */
  readonly isWork?: boolean;
}

const METHODS: readonly Method[] = [
  {
    port: 'mailbox',
    member: 'changesSince',
    name: 'read',
    hasWork: () => false,
    brings: (page) => (page as Page).messages.length > 0,
  },
  {
    port: 'store',
    member: 'commitPage',
    name: 'commit',
    hasWork: ([commit]) => (commit as PageCommit).matched.length > 0,
    isWork: true,
  },
  {
    port: 'salesforce',
    member: 'write',
    name: 'write',
    hasWork: ([rows]) => (rows as readonly SalesforceWrite[]).some(({ type }) => type === 'Task'),
  },
  {
    port: 'store',
    member: 'recordDeliveries',
    name: 'record',
    hasWork: ([outcomes]) => (outcomes as readonly DeliveryOutcome[]).some(({ outcome }) => outcome === 'delivered'),
  },
];

export const placesOf = (port: Method['port']): readonly Method[] => METHODS.filter((method) => method.port === port);

/** Every place at which the service is killed. */
export const PLACES: readonly string[] = METHODS.flatMap(({ name, brings }) =>
  brings === undefined ? [`${name}:before`, `${name}:during`, `${name}:after`] : [`${name}:after`],
);
