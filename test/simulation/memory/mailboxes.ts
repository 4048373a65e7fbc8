import type { MailboxRow, MailboxToConnect, PageCommit } from '../../../connector/src/store/store.ts';
import type { MemoryDatabase, Transaction } from './memory-database.ts';
import { addCounts } from './message-counts.ts';
import { NOTHING, type MailboxRecord, type Tables } from './rows.ts';
import { storable } from './storable.ts';

/** Where rows of a transaction are, and what gives new ones their number. */
export interface Context {
  readonly database: MemoryDatabase;
  readonly tables: Tables;
  readonly tx: Transaction;
}

export async function connectMailbox({ tx, tables, database }: Context, given: MailboxToConnect): Promise<MailboxRow> {
  const mailbox = storable(given);
  const address = `${mailbox.provider} ${mailbox.address.toLowerCase()}`;
  const row = await tx.statement(
    'connect mailbox',
    () => ({
      exclusive: [
        `mailbox-address ${address}`,
        ...(mailbox.movedFrom === undefined ? [] : [`mailbox ${mailbox.movedFrom}`, `sweep ${mailbox.movedFrom}`]),
      ],
    }),
    () => {
      const moved = mailbox.movedFrom === undefined ? undefined : tx.get(tables.mailboxes, mailbox.movedFrom);
      if (moved !== undefined) tx.delete(tables.sweeps, String(moved.number));
      const before = moved
        ? movedTo(moved, mailbox)
        : tx
            .entries(tables.mailboxes)
            .map(([, record]) => record)
            .find(({ provider, address: known }) => `${provider} ${known.toLowerCase()}` === address);
      const record = before === undefined ? newMailbox(mailbox, database.next('mailbox')) : again(before, mailbox);
      tx.set(tables.mailboxes, String(record.number), record);
      return record;
    },
  );
  const { credential } = mailbox;
  if (credential !== undefined) {
    await tx.statement('save credential', rows(`credential ${row.number}`), () =>
      tx.set(tables.credentials, String(row.number), credential),
    );
  }
  return mailboxOf(row);
}

function movedTo(before: MailboxRecord, { provider, address, readSince }: MailboxToConnect): MailboxRecord {
  const anew = { cursor: undefined, cursorVersion: before.cursorVersion + 1, caughtUpAt: undefined };
  return { ...before, provider, address, readSince, ...anew };
}

function newMailbox(mailbox: MailboxToConnect, number: number): MailboxRecord {
  const { provider, address, ownerId, readSince, settings = {}, expectedMessages } = mailbox;
  return {
    ...{ number, provider, address, ownerId, readSince, settings, expectedMessages },
    ...{ cursor: undefined, cursorVersion: 0, caughtUpAt: undefined, state: 'active', lastError: undefined },
    ...{ revision: 1, lastReplyAt: undefined, tally: NOTHING },
  };
}

function again(before: MailboxRecord, { ownerId, settings, credential }: MailboxToConnect): MailboxRecord {
  if (settings === undefined && credential === undefined) return { ...before, ownerId };
  const renewed = { state: 'active', lastError: undefined, revision: before.revision + 1 } as const;
  return { ...before, ownerId, settings: settings ?? before.settings, ...renewed };
}

export async function disconnectMailbox({ tx, tables }: Context, id: string): Promise<number> {
  await tx.statement(
    'delete mailbox',
    rows(`mailbox ${id}`, 'message count', `credential ${id}`, `sweep ${id}`, `watch ${id}`),
    () => {
      const gone = tx.get(tables.mailboxes, id);
      if (gone === undefined) return;
      tx.delete(tables.mailboxes, id);
      tx.delete(tables.credentials, id);
      tx.delete(tables.sweeps, id);
      tx.delete(tables.subscriptions, id);
      tx.delete(tables.watches, id);
      addCounts(tx, tables, { ...gone.tally, dead: 0 });
    },
  );
  const theirs = () => tx.entries(tables.waiting).filter(([, { mailboxId }]) => mailboxId === id);
  return tx.statement(
    'delete waiting',
    () => ({ exclusive: [...theirs().map(([digest]) => `waiting ${digest}`), 'message count'] }),
    () => {
      const gone = theirs();
      for (const [digest] of gone) tx.delete(tables.waiting, digest);
      const dead = gone.filter(([, { undecided }]) => undecided === true).length;
      addCounts(tx, tables, { ...NOTHING, notReply: gone.length - dead, dead });
      return gone.length;
    },
  );
}

/** The fence: moves the cursor and counts what was read, unless somebody else has moved it. */
export function moveCursor({ tx, tables }: Context, page: PageCommit): Promise<boolean> {
  const { mailboxId, cursor, seen, notReplies, excluded, at } = page;
  if (cursor === undefined) return Promise.resolve(true);
  return tx.statement('move cursor', rows(`mailbox ${mailboxId}`), () => {
    const row = tx.get(tables.mailboxes, mailboxId);
    if (row?.cursorVersion !== cursor.expectedVersion) return false;
    tx.set(tables.mailboxes, mailboxId, {
      ...row,
      cursor: cursor.next,
      cursorVersion: row.cursorVersion + 1,
      caughtUpAt: cursor.caughtUp ? at : row.caughtUpAt,
      tally: sumOf(row.tally, { ...NOTHING, seen, notReply: notReplies, excluded }),
    });
    return true;
  });
}

export function sumOf(one: MailboxRecord['tally'], other: MailboxRecord['tally']): MailboxRecord['tally'] {
  return {
    seen: one.seen + other.seen,
    matched: one.matched + other.matched,
    repeated: one.repeated + other.repeated,
    notReply: one.notReply + other.notReply,
    excluded: one.excluded + other.excluded,
  };
}

/** What a statement locks, whatever it finds. */
export function rows(...exclusive: string[]): () => { exclusive: string[] } {
  return () => ({ exclusive });
}

export function mailboxOf({ number, tally, ...row }: MailboxRecord): MailboxRow {
  return { id: String(number), ...row, messagesRead: tally.seen };
}
