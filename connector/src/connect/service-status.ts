import type { ServiceStatus } from '../facade.ts';
import type { Service } from '../store/store.ts';

/** A process gives a sign of life each second; the clocks of two machines may differ by most of a minute. */
const SEEN_WITHIN_MS = 60_000;

/** The services that are alive, as far as their last signs of life tell at an instant. */
export function serviceStatuses(services: readonly Service[], at: Date): ServiceStatus[] {
  return services
    .filter(({ beatAt }) => at.getTime() - beatAt.getTime() < SEEN_WITHIN_MS)
    .map(({ host, pid, version, startedAt, beatAt, watched }) => ({
      ...{ host, pid, version, startedAt: startedAt.toISOString() },
      lastSeenAt: beatAt.toISOString(),
      mailboxes: watched,
    }));
}
