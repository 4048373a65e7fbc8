import { messageKey } from '../mail/message-id.ts';
import type { TrackedMail } from '../match/tracked-mail.ts';
import type {
  Digest,
  Enrolment,
  KnownId,
  MailboxRow,
  MatchedMessage,
  PageCommit,
  PageOutcome,
  PullPosition,
  Registration,
  ResolvedMessage,
  Store,
} from '../store/store.ts';
import { wasInSequence } from '../track/sent-mail.ts';
import type { SyncStore } from './sync-options.ts';

/** What a rehearsal writes to: as much of a store as pulling and reading need. */
export type RehearsalStore = SyncStore &
  Pick<Store, 'pullPosition' | 'saveEnrolments' | 'saveTrackedMails' | 'beginReadBack' | 'endReadBack'>;

/** As much of the real store as is read. */
export type RehearsedStore = Pick<
  Store,
  | 'digest'
  | 'addressDigest'
  | 'mailbox'
  | 'knownIds'
  | 'trackedMailsTo'
  | 'enrolmentsByAddress'
  | 'matchedBefore'
  | 'taskStates'
  | 'waitingFor'
  | 'pullPosition'
>;

/**
 * A store that reads the real one and keeps in memory whatever is written, so that a dry run goes the same way as a
 * real one and leaves nothing behind. It holds what one run finds: about a kilobyte for each new mail and each message
 * that waits.
 */
export function openRehearsal(base: RehearsedStore): RehearsalStore {
  const learned = learnedIds(base);
  const mailboxes = new Map<string, MailboxRow>();
  const people = learnedPeople(base);
  const positions = new Map<string, PullPosition>();
  const waiting = new Map<Digest, ResolvedMessage>();
  const settled = new Set<Digest>();
  const matched = new Set<Digest>();
  const queued = new Set<string>();

  const mailbox = async (id: string): Promise<MailboxRow | undefined> => mailboxes.get(id) ?? base.mailbox(id);

  async function moveCursor({ mailboxId, cursor, at }: PageCommit): Promise<boolean> {
    const row = cursor && (await mailbox(mailboxId));
    if (cursor === undefined || row === undefined) return cursor === undefined;
    if (row.cursorVersion !== cursor.expectedVersion) return false;
    const caughtUpAt = cursor.caughtUp ? at : row.caughtUpAt;
    mailboxes.set(mailboxId, { ...row, cursor: cursor.next, cursorVersion: row.cursorVersion + 1, caughtUpAt });
    return true;
  }

  /** The keys of replies that are new: of messages that were not matched before. */
  async function newReplyKeys(messages: readonly MatchedMessage[]): Promise<string[]> {
    const answers = messages.filter(({ digest, replies }) => replies.length > 0 && !matched.has(digest));
    const before = await base.matchedBefore(answers.map(({ digest }) => digest));
    const fresh = answers.filter(({ digest }) => !before.has(digest) && !matched.has(digest));
    for (const { digest } of fresh) matched.add(digest);
    const keys = fresh.flatMap(({ replies }) => replies.map(({ replyKey }) => replyKey));
    const known = new Set((await base.taskStates(keys)).map(({ key }) => key));
    return [...new Set(keys)].filter((key) => !known.has(key) && !queued.has(key));
  }

  async function commitPage(page: PageCommit): Promise<PageOutcome> {
    if (!(await moveCursor(page))) return { committed: false };
    learned.register(page.registrations);
    learned.addAliases(page.matched);
    const keys = await newReplyKeys(page.matched);
    for (const key of keys) queued.add(key);
    for (const digest of page.settled) {
      settled.add(digest);
      waiting.delete(digest);
    }
    for (const message of page.waiting) waiting.set(message.digest, message);
    return { committed: true, newReplies: keys.length, newReplyKeys: keys };
  }

  return {
    digest: (messageId) => base.digest(messageId),
    addressDigest: (address) => base.addressDigest(address),
    mailbox,
    setMailboxState: () => Promise.resolve(),
    knownIds: (digests) => learned.read(digests),
    trackedMailsTo: async (addresses, ownerId, since) => {
      const stored = await base.trackedMailsTo(addresses, ownerId, since);
      const known = new Set(stored.map(({ messageId }) => messageId));
      const added = learned.mails(addresses, ownerId, since).filter(({ messageId }) => !known.has(messageId));
      return [...stored, ...added].sort((a, b) => b.sentAt.getTime() - a.sentAt.getTime());
    },
    commitPage,
    enrolmentsByAddress: (addresses) => people.byAddress(addresses),
    resolvedMessages: async (limit, except = []) => {
      const stored = await base.waitingFor([...learned.fresh, ...people.digests()]);
      const others = stored.filter(({ digest }) => !settled.has(digest) && !waiting.has(digest));
      const wereInSequence = people.inSequence();
      const isKnown = (cite: Digest, at: Date): boolean => learned.fresh.has(cite) || wereInSequence(cite, at);
      return [...waiting.values(), ...others]
        .filter(({ cites, receivedAt }) => cites.some((cite) => isKnown(cite, receivedAt)))
        .filter(({ mailboxId }) => !except.includes(mailboxId))
        .sort((a, b) => a.receivedAt.getTime() - b.receivedAt.getTime())
        .slice(0, limit);
    },
    beginReadBack: () => Promise.resolve(''),
    endReadBack: () => Promise.resolve([]),
    pullPosition: async (source) => positions.get(source) ?? base.pullPosition(source),
    saveEnrolments: (rows, position) => {
      positions.set('CampaignStatus', position);
      people.learn(rows);
      return Promise.resolve();
    },
    saveTrackedMails: (registrations, position) => {
      positions.set('TrackedEmail', position);
      learned.register(registrations);
      return Promise.resolve();
    },
  };
}

/** Enrolments that became known in a rehearsal, over those that are stored. */
function learnedPeople(base: RehearsedStore) {
  const enrolments = new Map<string, Enrolment & { readonly digest: Digest }>();
  return {
    /** Of the addresses. */
    digests: () => [...enrolments.values()].map(({ digest }) => digest),
    byAddress: async (addresses: readonly string[]): Promise<Enrolment[]> => {
      const stored = await base.enrolmentsByAddress(addresses);
      const wanted = new Set(addresses);
      const pulled = [...enrolments.values()].filter(({ address }) => wanted.has(address));
      return [...stored.filter(({ campaignStatusId }) => !enrolments.has(campaignStatusId)), ...pulled];
    },
    learn: (rows: readonly Enrolment[]): void => {
      for (const row of rows) {
        enrolments.set(row.campaignStatusId, { ...row, digest: base.addressDigest(row.address) });
      }
    },
    /** Tells whether a digest is that of a person who was in a sequence until after an instant. */
    inSequence: () => {
      const byDigest = Map.groupBy(enrolments.values(), ({ digest }) => digest);
      return (digest: Digest, at: Date): boolean =>
        byDigest.get(digest)?.some((enrolment) => wasInSequence(enrolment, at)) === true;
    },
  };
}

/** Ids that became known in a rehearsal, over those that are stored. */
function learnedIds(base: RehearsedStore) {
  const ids = new Map<Digest, KnownId[]>();
  const mails = new Map<string, TrackedMail>();
  const fresh = new Set<Digest>();
  const learn = (digest: Digest, known: KnownId): void => {
    const before = ids.get(digest) ?? [];
    if (before.some(({ mail }) => mail.messageId === known.mail.messageId)) return;
    ids.set(digest, [...before, known]);
    fresh.add(digest);
  };
  const remember = (mail: TrackedMail): void => void mails.set(messageKey(mail.messageId), mail);
  return {
    /** Digests of what has become known: what waits for one of them can be settled. */
    fresh,
    read: async (digests: readonly Digest[]): Promise<Map<Digest, KnownId[]>> => {
      const found = await base.knownIds(digests);
      for (const { mail } of [...found.values()].flat()) remember(mail);
      for (const digest of digests) {
        const stored = found.get(digest) ?? [];
        const added = (ids.get(digest) ?? []).filter(
          ({ mail }) => !stored.some((known) => known.mail.messageId === mail.messageId),
        );
        if (added.length > 0) found.set(digest, [...stored, ...added]);
      }
      return found;
    },
    register: (registrations: readonly Registration[]): void => {
      for (const { mail, ids: own } of registrations) {
        remember(mail);
        for (const { digest, role } of own) learn(digest, { role, mail });
      }
    },
    mails: (addresses: readonly string[], ownerId: string, since: Date): TrackedMail[] => {
      const wanted = new Set(addresses);
      return [...mails.values()]
        .filter((mail) => mail.ownerId === ownerId && mail.sentAt >= since)
        .filter(({ recipients }) => recipients.some(({ address }) => wanted.has(address)));
    },
    addAliases: (messages: readonly MatchedMessage[]): void => {
      for (const { digest, aliasOf } of messages) {
        for (const mail of aliasOf.flatMap((key) => mails.get(key) ?? [])) learn(digest, { role: 'alias', mail });
      }
    },
  };
}
