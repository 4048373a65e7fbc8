import type { MailboxCredential, MailboxSettings } from '../facade.ts';
import type { Mailbox } from '../mailbox/mailbox.ts';
import type { MailboxRow, Store } from '../store/store.ts';

/**
 * Makes the way into a mailbox; nothing is sent before it is used. The credential is asked for at each login. `row` is
 * the mailbox as it is stored, undefined for one that is only tried.
 */
export type OpenMailbox = (
  settings: MailboxSettings,
  credential: () => Promise<MailboxCredential>,
  row?: MailboxRow,
) => Mailbox | Promise<Mailbox>;

export interface OpenMailboxesOptions {
  readonly store: Pick<Store, 'mailboxes'>;
  readonly open: OpenMailbox;
  readonly credentialOf: (row: MailboxRow) => Promise<MailboxCredential>;
}

/** What a look at the database changed. */
export interface MailboxChanges {
  /** Opened, or opened anew with other settings or another credential. */
  readonly opened: readonly MailboxRow[];
  /** Ids of mailboxes whose former way in was closed, for good or to be opened anew. */
  readonly closed: readonly string[];
}

/** The ways into the connected mailboxes, kept open by this process. */
export interface OpenMailboxes {
  /** As they stood at the last look. */
  readonly rows: readonly MailboxRow[];
  get(id: string): Mailbox | undefined;
  /** Looks at the database: another process may have connected or disconnected a mailbox. */
  refresh(): Promise<MailboxChanges>;
  /** Told of what each further look changes; returns the end of that. */
  subscribe(listener: (changes: MailboxChanges) => void): () => void;
  close(): Promise<void>;
}

interface Entry {
  readonly mailbox: Mailbox;
  readonly revision: number;
}

/** Opens every mailbox that the database holds settings of. */
export async function openMailboxes({ store, open, credentialOf }: OpenMailboxesOptions): Promise<OpenMailboxes> {
  const entries = new Map<string, Entry>();
  let rows: readonly MailboxRow[] = [];
  const listeners = new Set<(changes: MailboxChanges) => void>();
  let last: Promise<unknown> = Promise.resolve();

  async function look(): Promise<MailboxChanges> {
    rows = (await store.mailboxes()).filter(hasSettings);
    const current = new Map(rows.map(({ id, revision }) => [id, revision]));
    const closed = [...entries].filter(([id, { revision }]) => current.get(id) !== revision).map(([id]) => id);
    const ended = closed.map((id) => entries.get(id)!.mailbox.close());
    for (const id of closed) entries.delete(id);
    const opened = rows.filter(({ id }) => !entries.has(id));
    for (const row of opened) {
      const mailbox = await open(row.settings as MailboxSettings, () => credentialOf(row), row);
      entries.set(row.id, { mailbox, revision: row.revision });
    }
    await Promise.allSettled(ended);
    if (opened.length + closed.length > 0) for (const listener of listeners) listener({ opened, closed });
    return { opened, closed };
  }

  /** One look at a time: two would open a mailbox twice. */
  function refresh(): Promise<MailboxChanges> {
    const turn = last.then(look);
    last = turn.catch(() => undefined);
    return turn;
  }

  await refresh();
  return {
    get rows() {
      return rows;
    },
    get: (id) => entries.get(id)?.mailbox,
    refresh,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    close: async () => {
      await last;
      await Promise.allSettled([...entries.values()].map(({ mailbox }) => mailbox.close()));
      entries.clear();
    },
  };
}

function hasSettings({ settings }: MailboxRow): boolean {
  return typeof settings === 'object' && settings !== null && 'provider' in settings;
}
