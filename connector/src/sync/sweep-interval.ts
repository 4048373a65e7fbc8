import type { PushHealth } from '../store/store.ts';

/** News in a row that a provider has to tell of before it is relied on. */
const PROVEN = 3;
/** Seconds between two looks into a mailbox whose provider has proven that it tells of changes. */
const RELAXED_SECONDS = 1800;
/** A sweep comes up to this share early, so that mailboxes that were connected together drift apart. */
const JITTER = 0.2;
const DAY_MS = 86_400_000;

/**
 * Seconds until a mailbox is looked into again whatever its hints say. A hint may be lost, so this bounds how late a
 * reply is noticed. It is `least` (300 unless configured) and is stretched to half an hour while the provider's promise
 * to tell of changes stands and has been kept three times in a row; the first news that only a sweep finds ends that.
 *
 * @param random a number in [0, 1)
 */
export function sweepSeconds(push: PushHealth, at: Date, least: number, random: number): number {
  const relied = push.until !== undefined && push.until > at && push.told >= PROVEN;
  return (relied ? Math.max(RELAXED_SECONDS, least) : least) * (1 - JITTER * random);
}

/** When a promise that ends at `until` is renewed: a day later, and no later than halfway to its end. */
export function renewalAt(until: Date, at: Date): Date {
  return new Date(at.getTime() + Math.max(0, Math.min(DAY_MS, (until.getTime() - at.getTime()) / 2)));
}

/** Whether the provider of a mailbox has to be asked (again) to tell of changes. */
export function renewalIsDue({ renewAt }: PushHealth, at: Date): boolean {
  return renewAt === undefined || renewAt <= at;
}
