import { createHash, randomBytes } from 'node:crypto';

import { parseSubscription, type GraphSubscription } from './graph-answer.ts';
import type { GraphClient } from './graph-client.ts';
import { userPath } from './graph-path.ts';

/** How a mailbox is told of changes (resource type subscription). */
export interface GraphPush {
  /** Public https address of change notifications and of lifecycle notifications. */
  readonly notificationUrl: string;
  /** The id of the subscription that was made last, as long as nobody has heard that it is gone. */
  readonly subscriptionId: () => Promise<string | undefined>;
  readonly save: (subscription: SavedSubscription) => Promise<void>;
}

export interface SavedSubscription extends GraphSubscription {
  /** SHA-256, in base64url, of the clientState that each notification shows. */
  readonly secretHash: string;
}

/**
 * Two texts of Microsoft give 10,080 and 4,230 minutes as the longest life of a subscription to messages: less than both
 * is asked for, what is granted is read back, and it is renewed every day.
 */
const LIFE_MS = 4_200 * 60_000;

/**
 * Has a subscription live on, which reauthorizes it too, or makes a new one where there is none any more. A new one has
 * a secret of its own, of 256 random bits. Its id comes back only once it exists: what is told in between counts as
 * unknown, so that a mailbox is read after its subscription was made.
 */
export async function renewSubscription(
  client: GraphClient,
  address: string,
  push: GraphPush,
  now: Date,
): Promise<Date> {
  const expirationDateTime = new Date(now.getTime() + LIFE_MS).toISOString();
  const known = await push.subscriptionId();
  const renewed =
    known === undefined
      ? undefined
      : await client.ask({
          ...{ method: 'PATCH', path: `subscriptions/${encodeURIComponent(known)}`, body: { expirationDateTime } },
          parse: parseSubscription,
        });
  return (renewed ?? (await createSubscription(client, address, push, expirationDateTime))).expiresAt;
}

async function createSubscription(
  client: GraphClient,
  address: string,
  { notificationUrl, save }: GraphPush,
  expirationDateTime: string,
): Promise<GraphSubscription> {
  const clientState = randomBytes(32).toString('base64url');
  const body = {
    ...{ changeType: 'created', resource: `${userPath(address)}/messages`, expirationDateTime, clientState },
    ...{ notificationUrl, lifecycleNotificationUrl: notificationUrl },
  };
  const created = await client.ask({ method: 'POST', path: 'subscriptions', body, parse: parseSubscription });
  if (created === undefined) throw new Error('A subscription that was just made cannot be gone.');
  await save({ ...created, secretHash: createHash('sha256').update(clientState).digest('base64url') });
  return created;
}
