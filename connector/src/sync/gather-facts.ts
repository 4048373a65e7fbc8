import type { OwnSide } from '../match/replier.ts';
import type { Digest, MailboxRow, Store } from '../store/store.ts';
import type { PageFacts } from './decide-page.ts';
import type { ReadMessage } from './read-message.ts';

export type FactStore = Pick<Store, 'digest' | 'addressDigest' | 'knownIds' | 'enrolmentsByAddress'>;

/** Looks up, in two queries for a whole page, everything that the decision about its messages needs. */
export async function gatherFacts(
  messages: readonly ReadMessage[],
  mailbox: Pick<MailboxRow, 'id' | 'ownerId'>,
  { store, ownSide, at }: { store: FactStore; ownSide: OwnSide; at: Date },
): Promise<PageFacts> {
  const digest = remembered((id) => store.digest(id));
  const sent = messages.filter(({ message }) => message.folder === 'sent');
  const ids = [
    ...messages.flatMap(({ cited }) => cited.map(({ id }) => id)),
    ...sent.map(({ messageId }) => messageId),
  ];
  return {
    mailboxId: mailbox.id,
    ownerId: mailbox.ownerId,
    digest,
    addressDigest: (address) => store.addressDigest(address),
    known: await store.knownIds([...new Set(ids)].map(digest)),
    enrolments: await store.enrolmentsByAddress([...new Set(sent.flatMap(({ sentTo }) => sentTo))]),
    ownSide,
    at,
  };
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
