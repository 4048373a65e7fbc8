import { rm, readdir } from 'node:fs/promises';
import { join } from 'node:path';

import { ImapFlow } from 'imapflow';

import type { Dovecot } from './dovecot.ts';

/** One message of an account, by the folder's name and the UID. */
export interface StoredAt {
  readonly folder: string;
  readonly uid: number;
}

export interface AppendOptions {
  /** Default INBOX. A folder that does not exist is created. */
  readonly folder?: string;
  /** INTERNALDATE; default: now. */
  readonly receivedAt?: Date;
  /** For example `\Seen` or `\Draft`. */
  readonly flags?: readonly string[];
}

/** What the owner of a mailbox and other mail programs do in it. */
export interface ImapAccount {
  readonly user: string;
  append(raw: string, options?: AppendOptions): Promise<StoredAt>;
  remove(message: StoredAt): Promise<void>;
  isRead(message: StoredAt): Promise<boolean>;
  /** Takes a mark away, for example `\Draft`. */
  unmark(message: StoredAt, flag: string): Promise<void>;
  /** Gives where it is now. A folder that does not exist is created. */
  move(message: StoredAt, folder: string): Promise<StoredAt>;
  rename(folder: string, to: string): Promise<void>;
  removeFolder(folder: string): Promise<void>;
  count(folder: string): Promise<number>;
  /** Gives the inbox a new UIDVALIDITY and its messages new UIDs, as a restored backup does. */
  renumberInbox(): Promise<void>;
  close(): Promise<void>;
}

/** Logs in to an account of the Dovecot of the tests; every user name has one, empty at first. */
export async function openImapAccount(dovecot: Dovecot, user: string): Promise<ImapAccount> {
  let client = await connect(dovecot, user);
  const inFolder = async <T>(folder: string, task: () => Promise<T>): Promise<T> => {
    const lock = await client.getMailboxLock(folder);
    try {
      return await task();
    } finally {
      lock.release();
    }
  };
  return {
    user,
    async append(raw, { folder = 'INBOX', receivedAt, flags = [] } = {}) {
      if (folder !== 'INBOX') await client.mailboxCreate(folder);
      const stored = await client.append(folder, raw, [...flags], receivedAt);
      if (!stored || stored.uid === undefined) throw new Error(`APPEND to ${folder} gave no UID`);
      return { folder, uid: stored.uid };
    },
    remove: ({ folder, uid }) =>
      inFolder(folder, async () => void (await client.messageDelete(String(uid), { uid: true }))),
    isRead: ({ folder, uid }) =>
      inFolder(folder, async () => {
        const message = await client.fetchOne(String(uid), { flags: true }, { uid: true });
        return message !== false && (message.flags?.has('\\Seen') ?? false);
      }),
    unmark: ({ folder, uid }, flag) =>
      inFolder(folder, async () => void (await client.messageFlagsRemove(String(uid), [flag], { uid: true }))),
    async move({ folder, uid }, to) {
      await client.mailboxCreate(to);
      const moved = await inFolder(folder, () => client.messageMove(String(uid), to, { uid: true }));
      const now = moved ? moved.uidMap?.get(uid) : undefined;
      if (now === undefined) throw new Error(`MOVE to ${to} gave no UID`);
      return { folder: to, uid: now };
    },
    rename: async (folder, to) => void (await client.mailboxRename(folder, to)),
    removeFolder: async (folder) => void (await client.mailboxDelete(folder)),
    async count(folder) {
      const status = await client.status(folder, { messages: true });
      return status ? (status.messages ?? 0) : 0;
    },
    async renumberInbox() {
      await client.logout();
      const folder = dovecot.mailFolder(user);
      const numbering = (await readdir(folder)).filter((name) => /^dovecot[.-](uidlist|index)/.test(name));
      await Promise.all(numbering.map((name) => rm(join(folder, name))));
      client = await connect(dovecot, user);
    },
    close: () => client.logout(),
  };
}

async function connect({ host, port, password }: Dovecot, user: string): Promise<ImapFlow> {
  const client = new ImapFlow({ host, port, secure: false, auth: { user, pass: password }, logger: false });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}
