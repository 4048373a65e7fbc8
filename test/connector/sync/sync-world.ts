import { rm } from 'node:fs/promises';
import type { Database } from '../../../connector/src/store/database.ts';
import { openPgliteDatabase } from '../../../connector/src/store/pglite-database.ts';
import { openStore } from '../../../connector/src/store/postgres-store.ts';
import type { Enrolment, OutboxItem, Store } from '../../../connector/src/store/store.ts';
import type { Reply } from '../../../connector/src/match/reply.ts';
import { ownSideOf } from '../../../connector/src/sync/own-side.ts';
import { syncMailbox, type SyncSummary } from '../../../connector/src/sync/sync-mailbox.ts';
import type { SyncOptions } from '../../../connector/src/sync/sync-options.ts';
import { emptyTables } from '../../contract/store-contract.ts';
import { daysLater, ENROLMENT, NOW, REP, sampleRegistration, STATUS } from '../../contract/store-samples.ts';
import { memoryMailbox, type MemoryMailbox } from './memory-mailbox.ts';
import { newDataFolder } from '../../fixtures/data-folder.ts';
import { stopAfterTests } from '../../servers/server-process.ts';

let opened: Promise<Database> | undefined;

/** The embedded database, one for all suites that ask: opening one takes seconds. */
function openOnce(): Promise<Database> {
  opened ??= open();
  return opened;
}

async function open(): Promise<Database> {
  const folder = await newDataFolder('sync-');
  const database = await openPgliteDatabase(folder);
  stopAfterTests(async () => {
    await database.close();
    await rm(folder, { recursive: true });
  });
  return database;
}

/** The real store and the mailbox of one rep, read since a day before NOW. */
export interface SyncWorld {
  readonly database: Database;
  readonly store: Store;
  readonly mailbox: MemoryMailbox;
  readonly mailboxId: string;
  readonly options: SyncOptions;
  sync(changes?: Partial<SyncOptions>): Promise<SyncSummary>;
  /** Connects the mailbox of another rep; `options` know it from then on. */
  connect(address: string): Promise<{ id: string; mailbox: MemoryMailbox }>;
  enrol(...enrolments: Enrolment[]): Promise<void>;
  /** Registers a mail that Salesforce knows. */
  register(messageId: string): Promise<void>;
  outbox(): Promise<OutboxItem[]>;
  replies(): Promise<Reply[]>;
}

/** A world without any mail in it. */
export async function newWorld(): Promise<SyncWorld> {
  const database = await openOnce();
  const store = await openStore(database);
  await emptyTables(database);
  const mailboxes = new Map<string, MemoryMailbox>();
  const connect = async (address: string): Promise<{ id: string; mailbox: MemoryMailbox }> => {
    const settings = { provider: 'imap', address };
    const { id } = await store.connectMailbox({ ...settings, settings, ownerId: REP, readSince: daysLater(-1) });
    const mailbox = memoryMailbox();
    mailboxes.set(id, mailbox);
    return { id, mailbox };
  };
  const { id: mailboxId, mailbox } = await connect('rep@seller.example');
  const options: SyncOptions = {
    store,
    ownSide: ownSideOf([{ address: 'rep@seller.example' }, { address: 'second@seller.example' }]),
    mailboxOf: (id) => mailboxes.get(id),
    now: () => NOW,
  };
  const outbox = (): Promise<OutboxItem[]> => store.outboxDue(NOW, 1000);
  return {
    ...{ database, store, mailbox, mailboxId, options, connect, outbox },
    sync: (changes) => syncMailbox(mailboxId, { ...options, ...changes }),
    enrol: (...enrolments) =>
      store.saveEnrolments(
        enrolments.length === 0 ? [ENROLMENT] : enrolments,
        { systemModstamp: NOW.toISOString(), id: STATUS },
        NOW,
      ),
    register: (messageId) => store.register([sampleRegistration(store, messageId)], NOW),
    replies: async () => (await outbox()).flatMap((item) => (item.type === 'Task' ? [item.reply] : [])),
  };
}
