/** A service as a sign of life of another shows it. */
export interface SeenService {
  readonly id: string;
  /** Its signs of life, counted. */
  readonly beats: number;
  /** Mailboxes that it watches. */
  readonly watched: number;
}

/** At which count of beats a service was seen first, by a clock that only runs forward, in milliseconds. */
export type Sightings = ReadonlyMap<string, { readonly beats: number; readonly since: number }>;

/** What a service does about its share of the mailboxes. */
export interface Share {
  /** Services that have given no sign of life for too long; what they watch becomes free. */
  readonly dead: readonly SeenService[];
  /** Mailboxes to take, as far as some are free, and to let go. */
  readonly take: number;
  readonly release: number;
}

/** What has been seen of the services by now; a count that stands still keeps the instant at which it was seen first. */
export function sight(services: readonly SeenService[], before: Sightings, now: number): Sightings {
  return new Map(
    services.map(({ id, beats }) => {
      const seen = before.get(id);
      return [id, seen?.beats === beats ? seen : { beats, since: now }];
    }),
  );
}

/**
 * The share of one of several services: as many mailboxes as each of the living ones would have. A service is dead when
 * its count of beats has stood still for `lapseMs`; no clock of another machine is believed.
 */
export function decideShare(
  own: string,
  seen: { readonly services: readonly SeenService[]; readonly mailboxes: number },
  sightings: Sightings,
  { now, lapseMs }: { readonly now: number; readonly lapseMs: number },
): Share {
  const isDead = ({ id }: SeenService): boolean => id !== own && now - (sightings.get(id)?.since ?? now) > lapseMs;
  const dead = seen.services.filter(isDead);
  const fair = Math.ceil(seen.mailboxes / Math.max(1, seen.services.length - dead.length));
  const watched = seen.services.find(({ id }) => id === own)?.watched ?? 0;
  return { dead, take: Math.max(0, fair - watched), release: Math.max(0, watched - fair) };
}
