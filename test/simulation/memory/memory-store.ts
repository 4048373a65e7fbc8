import { messageKey } from '../../../connector/src/mail/message-id.ts';
import { addressDigestOf, digestOf } from '../../../connector/src/store/digest.ts';
import type {
  Enrolment,
  PageCommit,
  PageOutcome,
  PullPosition,
  Store,
  StoreCounts,
} from '../../../connector/src/store/store.ts';
import { deadLettersOn } from './dead-letters.ts';
import { turnOn } from './delivery-turn.ts';
import { readKnownIds, readMailsTo } from './known-mails.ts';
import { latchesOn } from './latches.ts';
import { forgetOld } from './lives.ts';
import { connectMailbox, disconnectMailbox, mailboxOf, moveCursor, rows, sumOf, type Context } from './mailboxes.ts';
import { saveMatches } from './matched-messages.ts';
import { MemoryDatabase, type Session, type Table, type Transaction } from './memory-database.ts';
import { addCounts, countMessages } from './message-counts.ts';
import { readDue, readStaleTallies, recordDeliveries, settleTallies } from './outbox.ts';
import { pushSubscriptionsOn } from './push-subscriptions.ts';
import { saveRegistrations } from './registrations.ts';
import { NOTHING, Tables } from './rows.ts';
import { servicesOn } from './services.ts';
import type { Statements } from './statements.ts';
import { storable } from './storable.ts';
import { sweepsOn } from './sweeps.ts';
import {
  addWaiting,
  digestsOf,
  oldestFirst,
  readResolved,
  resolvedOf,
  sentUntil,
  settleWaiting,
} from './waiting-messages.ts';

/** The database of one installation, for any number of sessions. */
export class Installation {
  readonly database = new MemoryDatabase();
  readonly tables = new Tables();
  /** What its digests are keyed with. */
  readonly key: Buffer;

  constructor(key: Buffer) {
    this.key = key;
  }
}

/**
 * A store whose tables lie in memory, for one session of any number that share an installation. It keeps the contract
 * of the store on Postgres, transactions that run at the same time included; nothing of it outlives the process.
 */
export function openMemoryStore(installation: Installation, session: Session): Store {
  const { tables, database, key } = installation;
  const transaction = <T>(work: (context: Context) => Promise<T>): Promise<T> =>
    database.transaction(session, (tx: Transaction) => work({ tx, tables, database }));
  const read = async <T>(name: string, work: () => T): Promise<T> => {
    await session.turn(name);
    const found = work();
    await session.turn(`${name} answered`);
    return found;
  };
  /** As on Postgres, who asks for nothing does not ask. */
  const readSome = <Key, T>(name: string, keys: readonly Key[], nothing: T, work: () => T): Promise<T> =>
    keys.length === 0 ? Promise.resolve(nothing) : read(name, work);
  const statement: Statements['statement'] = (name, locks, work) =>
    transaction(({ tx }) => tx.statement(name, locks, () => work(tx)));
  const statements = { tables, statement, read };
  const saved = async (context: Context, source: string, position: PullPosition): Promise<void> =>
    context.tx.statement('save position', rows(`position ${source}`), () =>
      context.tx.set(tables.positions, source, position),
    );
  const addressDigest = (address: string): string => addressDigestOf(key, address);

  return {
    digest: (messageId) => digestOf(key, messageKey(messageId)),
    addressDigest,
    installationId: digestOf(key, 'installation'),
    pinOrg: ({ id, name }) =>
      statement('pin org', rows('org'), (tx) => {
        const before = tx.get(tables.orgs, '');
        if (before !== undefined && before.id !== id) return before;
        const org = { id, name: name ?? before?.name };
        tx.set(tables.orgs, '', org);
        return org;
      }),
    rebindOrg: (org) =>
      statement('rebind org', rows('org'), (tx) => {
        tx.set(tables.orgs, '', org);
        const learnt: Table<unknown>[] = [tables.positions, tables.enrolments, tables.staleTallies, tables.turns];
        for (const table of learnt) for (const [row] of tx.entries(table)) tx.delete(table, row);
        for (const [row, { trackedEmailId: _gone, ...mail }] of tx.entries(tables.mails))
          tx.set(tables.mails, row, mail);
      }),
    pinnedOrg: () => read('pinned org', () => tables.orgs.get('')),
    connectMailbox: (mailbox) => transaction((context) => connectMailbox(context, mailbox)),
    disconnectMailbox: (id) => transaction((context) => disconnectMailbox(context, id)),
    credential: (mailboxId) => read('credential', () => tables.credentials.get(mailboxId)),
    mailboxesSealedOtherwise: (keyId) =>
      read('sealed otherwise', () => [...tables.credentials].flatMap(([id, row]) => (row.keyId === keyId ? [] : [id]))),
    replaceCredential: (mailboxId, before, after) =>
      statement('replace credential', rows(`credential ${mailboxId}`), (tx) => {
        if (tx.get(tables.credentials, mailboxId)?.sealed !== before.sealed) return false;
        tx.set(tables.credentials, mailboxId, after);
        return true;
      }),
    mailboxes: () => read('mailboxes', () => [...tables.mailboxes.values()].map(mailboxOf)),
    mailbox: (id) =>
      read('mailbox', () => [tables.mailboxes.get(id)].flatMap((row) => (row ? [mailboxOf(row)] : []))[0]),
    setMailboxState: (id, state, lastError) =>
      statement('mailbox state', rows(`mailbox ${id}`), (tx) => {
        const row = tx.get(tables.mailboxes, id);
        if (row !== undefined) tx.set(tables.mailboxes, id, { ...row, state, lastError });
      }),
    ...servicesOn(statements),
    ...sweepsOn(statements),
    ...pushSubscriptionsOn(statements),
    ...turnOn(statements),
    ...deadLettersOn(statements),
    ...latchesOn(statements, (sequence) => database.next(sequence)),
    knownIds: (digests) => readSome('known ids', digests, new Map(), () => readKnownIds(tables, digestsOf(digests))),
    trackedMailsTo: (addresses, ownerId, since) =>
      readSome('mails to', addresses, [], () => readMailsTo(tables, addresses, { ownerId, since })),
    register: (registrations, at) => transaction((context) => saveRegistrations(context, registrations, at)),
    commitPage: (page) => transaction((context) => commitPage(context, page)),
    resolvedMessages: (limit, except = []) => transaction((context) => readResolved(context, limit, except)),
    expire: (at) => transaction((context) => expire(context, at)),
    enrolmentsByAddress: (addresses) => readSome('enrolments', addresses, [], () => readEnrolments(tables, addresses)),
    saveEnrolments: (enrolments, position) =>
      transaction(async (context) => {
        await saveEnrolments(context, enrolments, addressDigest);
        await saved(context, 'CampaignStatus', position);
      }),
    saveTrackedMails: (registrations, position, at) =>
      transaction(async (context) => {
        await saveRegistrations(context, registrations, at);
        await saved(context, 'TrackedEmail', position);
      }),
    pullPosition: (source) => read('pull position', () => tables.positions.get(source)),
    outboxDue: (at, limit) => read('outbox', () => readDue(tables, at, limit)),
    recordDeliveries: async (outcomes, at) => {
      if (outcomes.length > 0) await transaction((context) => recordDeliveries(context, outcomes, at));
      return [];
    },
    // What mailboxes are told of in Salesforce, and how long replies took, is no part of what this store is for.
    dueMailboxReports: () => Promise.resolve([]),
    settleMailboxReports: () => Promise.resolve(),
    staleTallies: (at, limit) => read('stale tallies', () => readStaleTallies(tables, at, limit)),
    settleTallies: async (outcomes, at) => {
      if (outcomes.length > 0) await transaction((context) => settleTallies(context, outcomes, at));
    },
    nextOutboxDue: () => read('next due', () => nextDue(tables)),
    messageFate: (digest) =>
      read('message fate', () => {
        const [matched, waiting] = [tables.matched.get(digest), tables.waiting.get(digest)];
        return { matchedAt: matched?.at, place: matched?.place, waiting: waiting && resolvedOf(waiting) };
      }),
    taskStates: (replyKeys) =>
      read('task states', () =>
        replyKeys.flatMap((replyKey) => {
          const row = tables.outbox.get(`Task ${replyKey}`);
          if (row === undefined) return [];
          const { key: own, state, recordId, reason } = row;
          return [{ key: own, state, recordId, reason }];
        }),
      ),
    matchedBefore: (digests) => read('matched', () => new Set(digests.filter((digest) => tables.matched.has(digest)))),
    waitingFor: (digests) =>
      read('waiting', () =>
        [...tables.waiting.values()]
          .filter(({ cites }) => cites.some((cited) => digests.includes(cited)))
          .sort(oldestFirst)
          .map(resolvedOf),
      ),
    counts: () => read('counts', () => readCounts(tables)),
    close: () => Promise.resolve(),
  };
}

async function commitPage(context: Context, page: PageCommit): Promise<PageOutcome> {
  if (!(await moveCursor(context, storable(page)))) return { committed: false };
  await saveRegistrations(context, page.registrations, page.at);
  const matches = await saveMatches(context, page.matched, page.at);
  const removed = await settleWaiting(context, page.settled);
  const waitingAdded = await addWaiting(context, page.waiting);
  await countMessages(context, page, { matches, waitingAdded, removed });
  return { committed: true, newReplies: matches.replies.length, newReplyKeys: matches.replies };
}

async function expire({ tx, tables, database }: Context, at: Date): Promise<number> {
  const waiting = () => tx.entries(tables.waiting).filter(([, { expiresAt }]) => expiresAt <= at);
  const removed = await tx.statement(
    'expire waiting',
    () => ({ exclusive: [...waiting().map(([digest]) => `waiting ${digest}`), 'message count'] }),
    () => {
      const gone = waiting();
      for (const [digest] of gone) tx.delete(tables.waiting, digest);
      const dead = gone.filter(([, { undecided }]) => undecided === true).length;
      addCounts(tx, tables, { ...NOTHING, notReply: gone.length - dead, dead });
      return gone.length;
    },
  );
  const undelivered = (key: string): boolean =>
    (tx.get(tables.outbox, `TrackedEmail ${key}`)?.state ?? 'delivered') !== 'delivered';
  const mails = () => tx.entries(tables.mails).filter(([key, { expiresAt }]) => expiresAt <= at && !undelivered(key));
  const expired = await tx.statement(
    'expire mails',
    () => ({ exclusive: mails().flatMap(([key, { number }]) => [`mail ${key}`, `mail key ${number}`]) }),
    () => {
      const gone = mails();
      const numbers = new Set(gone.map(([, { number }]) => number));
      for (const [key, { number }] of gone) {
        tx.delete(tables.mails, key);
        tx.delete(tables.staleTallies, String(number));
      }
      for (const [place, { mail }] of tx.entries(tables.knownIds)) {
        if (numbers.has(mail)) tx.delete(tables.knownIds, place);
      }
      return gone.length;
    },
  );
  return removed + expired + (await forgetOld({ tx, tables, database }, at));
}

async function saveEnrolments(
  context: Context,
  given: readonly Enrolment[],
  digest: (address: string) => string,
): Promise<void> {
  const { tx, tables, database } = context;
  const latest = new Map(storable(given).map((enrolment) => [enrolment.campaignStatusId, enrolment]));
  await tx.statement('save enrolments', rows(...[...latest.keys()].map((id) => `enrolment ${id}`)), () => {
    const fresh: string[] = [];
    for (const [id, enrolment] of latest) {
      const before = tx.get(tables.enrolments, id);
      const row = { ...enrolment, digest: digest(enrolment.address) };
      if (before !== undefined && JSON.stringify(before) === JSON.stringify(row)) continue;
      tx.set(tables.enrolments, id, row);
      if (sentUntil(row) > -Infinity) fresh.push(row.digest);
    }
    if (fresh.length > 0) tx.set(tables.fresh, String(database.next('fresh')), fresh);
  });
}

function readEnrolments(tables: Tables, addresses: readonly string[]): Enrolment[] {
  return [...tables.enrolments.values()]
    .filter(({ address }) => address !== '' && addresses.includes(address))
    .sort((a, b) => (a.campaignStatusId < b.campaignStatusId ? -1 : 1))
    .map(({ digest: _digest, ...enrolment }) => enrolment);
}

function nextDue(tables: Tables): Date | undefined {
  const times = [...tables.outbox.values()].flatMap(({ state, notBefore }) =>
    state === 'pending' && notBefore !== undefined ? [notBefore.getTime()] : [],
  );
  return times.length === 0 ? undefined : new Date(Math.min(...times));
}

/** What became of every message. */
export function readCounts(tables: Tables): StoreCounts {
  const apart = tables.counts.get('') ?? { ...NOTHING, dead: 0 };
  const tally = [...tables.mailboxes.values()].map((row) => row.tally).reduce(sumOf, apart);
  const outbox = [...tables.outbox.values()];
  const pending = outbox.filter(({ state }) => state === 'pending');
  const dead = outbox.filter(({ state }) => state === 'dead');
  const messages = new Set(dead.flatMap(({ counted }) => counted?.answer ?? [])).size;
  return {
    seen: tally.seen - tally.repeated,
    matched: tally.matched - messages,
    notReply: tally.notReply,
    excluded: tally.excluded,
    waiting: tables.waiting.size,
    dead: apart.dead + messages,
    outboxPending: pending.length,
    outboxDead: dead.filter(({ droppedReason }) => droppedReason === undefined).length,
    outboxPendingSince: pending
      .map(({ createdAt }) => createdAt)
      .reduce<Date | undefined>((first, at) => (first === undefined || at < first ? at : first), undefined),
  };
}
