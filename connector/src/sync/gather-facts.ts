import { WINDOW_DAYS } from '../match/match-failed-recipient.ts';
import type { OwnSide } from '../match/replier.ts';
import type { TrackedMail } from '../match/tracked-mail.ts';
import type { Digest, MailboxRow, Store } from '../store/store.ts';
import type { PageFacts } from './decide-page.ts';
import { answeredThread, type ReadMessage } from './read-message.ts';

const DAY_MS = 86_400_000;

/** What facts are gathered with. */
export interface GatherOptions {
  readonly store: FactStore;
  readonly ownSide: OwnSide;
  readonly at: Date;
  readonly excludedDomains?: ReadonlySet<string>;
}

export type FactStore = Pick<Store, 'digest' | 'addressDigest' | 'knownIds' | 'enrolmentsByAddress' | 'trackedMailsTo'>;

/**
 * Looks up, in two queries for a whole page, everything that the decision about its messages needs; a third one where it
 * holds a delivery report that names no message.
 */
export async function gatherFacts(
  messages: readonly ReadMessage[],
  mailbox: Pick<MailboxRow, 'id' | 'ownerId'>,
  { store, ownSide, at, excludedDomains = new Set() }: GatherOptions,
): Promise<PageFacts> {
  const digest = remembered((id) => store.digest(id));
  const sent = messages.filter(({ message }) => message.folder === 'sent');
  const ids = [
    ...messages.flatMap(({ cited }) => cited.map(({ id }) => id)),
    ...messages.flatMap((read) => answeredThread(read, mailbox.id)?.id ?? []),
    ...sent.map(({ messageId }) => messageId),
  ];
  return {
    mailboxId: mailbox.id,
    ownerId: mailbox.ownerId,
    digest,
    addressDigest: (address) => store.addressDigest(address),
    known: await store.knownIds([...new Set(ids)].map(digest)),
    enrolments: await store.enrolmentsByAddress([...new Set(sent.flatMap(({ sentTo }) => sentTo))]),
    mailsToFailed: await mailsToFailed(messages, mailbox.ownerId, store),
    ownSide,
    excludedDomains,
    at,
  };
}

/** A report comes back to whoever sent the mail: that of another rep is not what it is about. */
async function mailsToFailed(
  messages: readonly ReadMessage[],
  ownerId: string,
  store: FactStore,
): Promise<TrackedMail[]> {
  const reports = messages.filter(({ failed }) => failed !== undefined);
  if (reports.length === 0) return [];
  const first = Math.min(...reports.map(({ message }) => message.receivedAt.getTime()));
  const addresses = new Set(reports.flatMap(({ failed }) => failed ?? []));
  return store.trackedMailsTo([...addresses], ownerId, new Date(first - WINDOW_DAYS * DAY_MS));
}

/** Each id of a page is asked for several times, and hashing it is most of what that takes. */
function remembered(digest: (id: string) => Digest): (id: string) => Digest {
  const known = new Map<string, Digest>();
  return (id) => {
    const before = known.get(id);
    if (before !== undefined) return before;
    const found = digest(id);
    known.set(id, found);
    return found;
  };
}
