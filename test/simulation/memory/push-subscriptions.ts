import type { Store } from '../../../connector/src/store/store.ts';
import { rows } from './mailboxes.ts';
import type { Statements } from './statements.ts';

/** By what notifications of a provider are recognised, one for each mailbox. */
export function pushSubscriptionsOn({
  tables,
  statement,
  read,
}: Statements): Pick<
  Store,
  'pushSubscription' | 'pushSubscriptions' | 'savePushSubscription' | 'removePushSubscription'
> {
  return {
    pushSubscription: (mailboxId) => read('push subscription', () => tables.subscriptions.get(mailboxId)),
    pushSubscriptions: (ids) =>
      read('push subscriptions', () =>
        [...tables.subscriptions.values()].filter(({ subscriptionId }) => ids.includes(subscriptionId)),
      ),
    savePushSubscription: (subscription) =>
      statement('save subscription', rows(`subscription ${subscription.mailboxId}`), (tx) => {
        const { mailboxId } = subscription;
        if (tables.mailboxes.has(mailboxId)) tx.set(tables.subscriptions, mailboxId, subscription);
      }),
    removePushSubscription: (id) =>
      statement('remove subscription', rows(`subscription id ${id}`), (tx) => {
        for (const [key, { subscriptionId }] of tables.subscriptions) {
          if (subscriptionId === id) tx.delete(tables.subscriptions, key);
        }
      }),
  };
}
