import { randomUUID } from 'node:crypto';

import { openImapMailbox } from '../../../../connector/src/mailbox/imap/imap-mailbox.ts';
import type { Ability, MailboxHarness, Place } from '../../../contract/mailbox-harness.ts';
import { startDovecot } from '../../../servers/dovecot.ts';
import { openImapAccount, type StoredAt } from '../../../servers/imap-account.ts';
import { requireServer } from '../../../servers/require-server.ts';

const FOLDERS: Readonly<Record<Place, string>> = {
  inbox: 'INBOX',
  sent: 'Sent',
  filed: 'Kunden/Köln & Bonn',
  archive: 'Archive',
  junk: 'Junk',
  trash: 'Trash',
};

/** What is left out by what it is for, whatever it is called, or with a folder above it. */
const EXCLUDED: Partial<Record<Place, string>> = { junk: '\\Junk', filed: 'Kunden' };

/** What the harness can do beyond what every one can. */
export const DOVECOT_ABILITIES = ['archive', 'move', 'rename', 'fill'] as const satisfies readonly Ability[];

/** A new mail account on a real Dovecot. */
export async function openDovecotHarness(context: Mocha.Context): Promise<MailboxHarness> {
  requireServer(context, 'dovecot');
  const dovecot = await startDovecot();
  const user = `rep-${randomUUID().slice(0, 8)}@example.test`;
  const account = await openImapAccount(dovecot, user);
  let password = dovecot.password;
  let { filed } = FOLDERS;
  const folderOf = (place: Place): string => (place === 'filed' ? filed : FOLDERS[place]);
  const stored = (handle: string): StoredAt => JSON.parse(handle) as StoredAt;
  return {
    openMailbox: ({ excluded, credentialFault } = {}) =>
      openImapMailbox({
        host: dovecot.host,
        port: dovecot.port,
        secure: false,
        user,
        credential: () => (credentialFault ? Promise.reject(credentialFault) : Promise.resolve({ password })),
        ...(excluded && { excludedFolders: [EXCLUDED[excluded] ?? folderOf(excluded)] }),
      }),
    async store({ raw, place = 'inbox', receivedAt, read = false }) {
      const flags = read ? ['\\Seen'] : [];
      const at = { folder: folderOf(place), flags, ...(receivedAt ? { receivedAt } : {}) };
      return JSON.stringify(await account.append(raw, at));
    },
    // As many files; large-folder.test.ts reads 100,000 from a server that makes them up.
    many: 20_000,
    fill: (count, write) =>
      dovecot.fillInbox(
        user,
        Array.from({ length: count }, (_, number) => write(number)),
      ),
    remove: (handle) => account.remove(stored(handle)),
    isRead: (handle) => account.isRead(stored(handle)),
    move: async (handle, place) => JSON.stringify(await account.move(stored(handle), folderOf(place))),
    async rename() {
      await account.rename(filed, 'Kunden/Aachen & Bonn');
      filed = 'Kunden/Aachen & Bonn';
    },
    forget: () => account.renumberInbox(),
    revoke: () => {
      password = 'no longer valid';
      return Promise.resolve();
    },
    forgottenPlace: 'rereads',
    readsReports: true,
    stop: () => account.close(),
  };
}
