import type { Config } from './config.ts';
import type { OpenMailboxes } from './connect/open-mailboxes.ts';
import { openPushTokenVerifier } from './mailbox/gmail/verify-push-token.ts';
import { countNotifications, type NotificationCounting } from './server/notifications/count-notifications.ts';
import { gmailNotifications } from './server/notifications/gmail-notifications.ts';
import { graphNotifications } from './server/notifications/graph-notifications.ts';
import type { NotificationRoute, WakeMailbox } from './server/notifications/notification-route.ts';
import type { Store } from './store/store.ts';

interface NotificationParts extends NotificationCounting {
  readonly config: Pick<Config, 'notifications'>;
  readonly store: Pick<Store, 'pushSubscriptions' | 'removePushSubscription'>;
  readonly mailboxes: Pick<OpenMailboxes, 'rows'>;
}

/** The addresses at which providers tell of changes. */
export function notificationRoutes({
  config: { notifications },
  store,
  mailboxes,
  ...counting
}: NotificationParts): (wake: WakeMailbox) => NotificationRoute[] {
  const verifyGmail = notifications?.gmail && openPushTokenVerifier(notifications.gmail);
  return (wake) => [
    graphNotifications({
      find: async (ids) =>
        (await store.pushSubscriptions(ids)).map(({ subscriptionId: id, mailboxId, secretHash }) => {
          return { id, mailboxId, clientStateHash: secretHash };
        }),
      forget: (id) => store.removePushSubscription(id),
      ...{ wake, count: countNotifications('graph', counting) },
    }),
    ...(verifyGmail === undefined
      ? []
      : [
          gmailNotifications({
            verify: verifyGmail,
            find: (address) =>
              mailboxes.rows
                .filter((row) => row.provider === 'gmail' && row.address.toLowerCase() === address.toLowerCase())
                .map(({ id }) => id),
            ...{ wake, count: countNotifications('gmail', counting) },
          }),
        ]),
  ];
}
