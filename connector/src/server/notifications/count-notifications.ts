import type { Logger } from '../../logger.ts';
import type { NotificationOutcome } from './notification-route.ts';

/** Of what is refused, this one and each so many-th after it is logged: whoever floods the port must not fill the log. */
const LOGGED = 1_000;

const WORDS: Readonly<Record<Exclude<NotificationOutcome, 'accepted'>, string>> = {
  unknown: 'A notification names a subscription or mailbox that is not known here. Nothing was done.',
  forged: 'A notification does not prove that its provider sent it: somebody has made it up. Nothing was done.',
  malformed: 'A notification cannot be read. Nothing was done.',
};

export interface NotificationCounting {
  readonly logger: Logger;
  /** Told of each. */
  readonly notified: (provider: string, outcome: NotificationOutcome) => void;
}

/** Counts what became of the notifications of one provider, and logs what was refused now and then. */
export function countNotifications(
  provider: string,
  { logger, notified }: NotificationCounting,
): (outcome: NotificationOutcome) => void {
  const counts = new Map<NotificationOutcome, number>();
  return (outcome) => {
    notified(provider, outcome);
    const count = (counts.get(outcome) ?? 0) + 1;
    counts.set(outcome, count);
    if (outcome !== 'accepted' && count % LOGGED === 1) logger.warn({ provider, count }, WORDS[outcome]);
  };
}
