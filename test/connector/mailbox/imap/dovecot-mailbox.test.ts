import { expect } from 'chai';
import { randomUUID } from 'node:crypto';

import { fieldValue } from '../../../../connector/src/mail/header-field.ts';
import { openImapMailbox } from '../../../../connector/src/mailbox/imap/imap-mailbox.ts';
import type { ImapCursor, ImapFolderPlace } from '../../../../connector/src/mailbox/imap/imap-cursor.ts';
import type { ImapOptions } from '../../../../connector/src/mailbox/imap/imap-options.ts';
import type { Cursor, Mailbox, MailboxMessage } from '../../../../connector/src/mailbox/mailbox.ts';
import { mail } from '../../../contract/sample-mail.ts';
import { startDovecot, type Dovecot } from '../../../servers/dovecot.ts';
import { openImapAccount, type ImapAccount } from '../../../servers/imap-account.ts';
import { requireServer } from '../../../servers/require-server.ts';

const DAY = 24 * 3_600_000;

describe('the IMAP adapter on a real Dovecot', () => {
  let dovecot: Dovecot;
  let account: ImapAccount;
  let mailbox: Mailbox;

  before(async function () {
    requireServer(this, 'dovecot');
    dovecot = await startDovecot();
  });

  beforeEach(async () => {
    account = await openImapAccount(dovecot, `rep-${randomUUID().slice(0, 8)}@example.test`);
    mailbox = open();
  });

  afterEach(async () => {
    await mailbox?.close();
    await account?.close();
  });

  function open(options: Partial<ImapOptions> = {}): Mailbox {
    const { host, port, password } = dovecot;
    const credential = (): Promise<{ password: string }> => Promise.resolve({ password });
    return openImapMailbox({ host, port, secure: false, user: account.user, credential, ...options });
  }

  const idsOf = (messages: readonly MailboxMessage[]): string[] =>
    messages.map(({ fields }) => fieldValue(fields, 'Message-ID') ?? '(none)');

  async function readOn(cursor: Cursor, limit = 1000): Promise<{ messages: MailboxMessage[]; cursor: Cursor }> {
    const messages: MailboxMessage[] = [];
    for (;;) {
      const page = await mailbox.changesSince(cursor, limit);
      messages.push(...page.messages);
      cursor = page.cursor;
      if (page.caughtUp) return { messages, cursor };
    }
  }

  const readAll = async (since = new Date(0)): ReturnType<typeof readOn> => readOn(await mailbox.openingCursor(since));

  it('surveys what a first read would cover, folder by folder in reading order, without reading it', async () => {
    const since = new Date(Date.now() - 10 * DAY);
    const old = new Date(since.getTime() - 2 * DAY);
    await account.append(mail({ id: '<old@x>' }), { receivedAt: old });
    for (const id of ['<new-1@x>', '<new-2@x>']) await account.append(mail({ id }));
    await account.append(mail({ id: '<draft@x>' }), { flags: ['\\Draft'] });
    await account.append(mail({ id: '<filed@x>' }), { folder: 'Clients' });
    await account.append(mail({ id: '<sent@x>' }), { folder: 'Sent', receivedAt: old });
    expect((await mailbox.survey(since)).folders).to.deep.equal([
      { name: 'Sent', kind: 'sent', messages: 0 },
      { name: 'INBOX', kind: 'other', messages: 2 },
      { name: 'Clients', kind: 'other', messages: 1 },
      { name: 'Junk', kind: 'junk', messages: 0 },
      { name: 'Trash', kind: 'other', messages: 0 },
    ]);
  });

  it('reads only the folder again whose UIDVALIDITY changed', async () => {
    await account.append(mail({ id: '<sent@x>' }), { folder: 'Sent' });
    await account.append(mail({ id: '<inbox@x>' }));
    const { cursor } = await readAll();
    await account.renumberInbox();
    expect(idsOf((await readOn(cursor)).messages)).to.deep.equal(['<inbox@x>']);
  });

  it('reads a renamed folder again from the date of the first read, and once only', async () => {
    const since = new Date(Date.now() - 10 * DAY);
    await account.append(mail({ id: '<old@x>' }), { folder: 'Clients', receivedAt: new Date(since.getTime() - DAY) });
    await account.append(mail({ id: '<new@x>' }), { folder: 'Clients' });
    const { cursor } = await readAll(since);
    await account.rename('Clients', 'Customers');
    const after = await readOn(cursor);
    expect(idsOf(after.messages)).to.deep.equal(['<new@x>']);
    expect((await readOn(after.cursor)).messages).to.deep.equal([]);
  });

  it('forgets a folder that was deleted', async () => {
    await account.append(mail({ id: '<filed@x>' }), { folder: 'Short-lived' });
    const { cursor } = await readAll();
    await account.removeFolder('Short-lived');
    const after = await readOn(cursor);
    expect(after.messages).to.deep.equal([]);
    expect(JSON.stringify(after.cursor)).not.to.contain('Short-lived');
  });

  it('hands out a message again that was moved, under a reference that can be read', async () => {
    const at = await account.append(mail({ id: '<moved@x>' }));
    const { cursor, messages: before } = await readAll();
    await account.append(mail({ id: '<other@x>' }), { folder: 'Clients' });
    await account.move(at, 'Clients');
    const { messages } = await readOn(cursor);
    expect(idsOf(messages)).to.have.members(['<moved@x>', '<other@x>']);
    expect(idsOf(await mailbox.read(messages.map(({ reference }) => reference)))).to.have.members(idsOf(messages));
    expect(await mailbox.read(before.map(({ reference }) => reference))).to.deep.equal([]);
  });

  it('hands out a message that comes later although its date is before the first read', async () => {
    const since = new Date(Date.now() - DAY);
    const { cursor } = await readAll(since);
    await account.append(mail({ id: '<delayed@x>' }), { receivedAt: new Date(since.getTime() - 5 * DAY) });
    expect(idsOf((await readOn(cursor)).messages)).to.deep.equal(['<delayed@x>']);
  });

  it('reads what was sent first, also from a Sent folder that only its German name shows', async () => {
    await account.append(mail({ id: '<answer@x>' }));
    await account.append(mail({ id: '<sent-1@x>' }), { folder: 'Gesendete Objekte' });
    await account.append(mail({ id: '<sent-2@x>' }), { folder: 'Sent' });
    const { messages } = await readAll();
    expect(messages.map(({ folder }) => folder)).to.deep.equal(['sent', 'sent', 'other']);
  });

  it('leaves drafts out, in their folder and elsewhere', async () => {
    await account.append(mail({ id: '<draft-1@x>' }), { folder: 'Drafts' });
    await account.append(mail({ id: '<draft-2@x>' }), { folder: 'Sent', flags: ['\\Draft'] });
    await account.append(mail({ id: '<mail@x>' }));
    expect(idsOf((await readAll()).messages)).to.deep.equal(['<mail@x>']);
  });

  it('hands out a mail that was sent where its draft lay, once, when the mark is taken away', async () => {
    const draft = await account.append(mail({ id: '<sent-in-place@x>' }), { folder: 'Sent', flags: ['\\Draft'] });
    await account.append(mail({ id: '<still-a-draft@x>' }), { folder: 'Sent', flags: ['\\Draft'] });
    await account.append(mail({ id: '<mail@x>' }));
    const before = await readAll();
    expect(idsOf((await readOn(before.cursor)).messages)).to.deep.equal([]);
    await account.unmark(draft, '\\Draft');
    const after = await readOn(before.cursor);
    expect(idsOf(after.messages)).to.deep.equal(['<sent-in-place@x>']);
    expect((await readOn(after.cursor)).messages).to.deep.equal([]);
  });

  it('goes on from a place that an older version stored, which knew of no drafts', async () => {
    const draft = await account.append(mail({ id: '<draft@x>' }), { folder: 'Sent', flags: ['\\Draft'] });
    await account.append(mail({ id: '<old@x>' }));
    const { INBOX, Sent } = ((await readAll()).cursor as ImapCursor).folders;
    const place = ({ uidValidity }: ImapFolderPlace): ImapFolderPlace => ({ uidValidity, lastUid: 1, datedUpTo: 1 });
    const folders = { INBOX: place(INBOX!), Sent: place(Sent!) };
    await account.append(mail({ id: '<new@x>' }));
    await account.unmark(draft, '\\Draft');
    const stored = { provider: 'imap', version: 1, since: new Date(0).toISOString(), folders } as const;
    expect(idsOf((await readOn(stored)).messages)).to.deep.equal(['<new@x>']);
  });

  it('finds a message once that a filter moved before it was seen', async () => {
    const { cursor } = await readAll();
    const at = await account.append(mail({ id: '<moved-at-once@x>' }));
    await account.append(mail({ id: '<other@x>' }), { folder: 'Clients' });
    await account.move(at, 'Clients');
    const after = await readOn(cursor);
    expect(idsOf(after.messages)).to.have.members(['<moved-at-once@x>', '<other@x>']);
    expect((await readOn(after.cursor)).messages).to.deep.equal([]);
  });

  it('never reads an excluded folder, nor what lies below it', async () => {
    const remarks: string[] = [];
    mailbox = open({ excludedFolders: ['Persönlich', 'Nowhere'], log: (remark) => remarks.push(remark) });
    await account.append(mail({ id: '<private@x>' }), { folder: 'Persönlich' });
    await account.append(mail({ id: '<family@x>' }), { folder: 'Persönlich/Familie' });
    await account.append(mail({ id: '<work@x>' }), { folder: 'Kundschaft' });
    const { messages, cursor } = await readAll();
    expect(idsOf(messages)).to.deep.equal(['<work@x>']);
    expect(JSON.stringify(cursor)).not.to.contain('Pers');
    expect((await mailbox.survey(new Date(0))).folders.map(({ name }) => name)).not.to.include('Persönlich');
    expect(remarks.join('\n')).to.contain('"Nowhere"').and.not.to.contain('Persönlich');
  });

  it('reads nothing while the inbox is excluded, and says why', async () => {
    mailbox = open({ excludedFolders: ['Inbox'] });
    const error = await readAll().catch((reason: unknown) => reason);
    expect(error).to.have.property('code', 'reconnect');
    expect(error).to.have.property('message').that.contains('inbox').and.contains('exclud');
  });

  it('reads a folder in several ranges without loss', async () => {
    const ids = Array.from({ length: 620 }, (_, index) => `<many-${index}@x>`);
    await dovecot.fillInbox(
      account.user,
      ids.map((id) => mail({ id })),
    );
    expect(idsOf((await readAll()).messages)).to.deep.equal(ids);
  });

  it('neither stops at a monstrous header nor loses it or its neighbours', async () => {
    const ids = Array.from({ length: 100_000 }, (_, index) => ` <${index}@x>`);
    const monster = `Message-ID: <monster@x>\r\nIn-Reply-To: <offer@x>\r\nReferences:${ids.join('\r\n')}\r\n\r\n`;
    await account.append(mail({ id: '<before@x>' }));
    await account.append(monster);
    await account.append(mail({ id: '<after@x>', inReplyTo: '<offer@x>' }));
    const { messages } = await readAll();
    expect(idsOf(messages)).to.deep.equal(['<before@x>', '<monster@x>', '<after@x>']);
    expect(messages.map(({ fields }) => fieldValue(fields, 'In-Reply-To'))).to.deep.equal([
      undefined,
      '<offer@x>',
      '<offer@x>',
    ]);
  });

  it('takes a message without any header field as it is', async () => {
    await account.append('\r\nNothing but a body.\r\n');
    expect((await readAll()).messages.map(({ fields }) => fields)).to.deep.equal([[]]);
  });

  it('keeps waiting when IDLE is begun anew, and notices what comes after that', async () => {
    mailbox = open({ timeouts: { idleMs: 50 } });
    await readAll();
    const waiting = mailbox.waitForChange(new AbortController().signal);
    for (let turn = 0; turn < 5; turn += 1) await account.count('INBOX');
    await account.append(mail({ id: '<later@x>' }));
    await waiting;
  });

  it('notices a message that is filed into a folder below while it waits', async () => {
    mailbox = open({ timeouts: { lookMs: 50 } });
    await account.append(mail({ id: '<filed-before@x>' }), { folder: 'Clients/Köln' });
    const { cursor } = await readAll();
    const waiting = mailbox.waitForChange(new AbortController().signal);
    await account.append(mail({ id: '<filed@x>' }), { folder: 'Clients/Köln' });
    await waiting;
    expect(idsOf((await readOn(cursor)).messages)).to.deep.equal(['<filed@x>']);
  });

  it('notices a folder that appears with a message while it waits', async () => {
    mailbox = open({ timeouts: { lookMs: 50 } });
    await readAll();
    const waiting = mailbox.waitForChange(new AbortController().signal);
    await account.append(mail({ id: '<filed@x>' }), { folder: 'New clients' });
    await waiting;
  });

  it('keeps waiting while folders are looked at in which nothing arrived', async () => {
    mailbox = open({ timeouts: { lookMs: 10 } });
    const seen = await account.append(mail({ id: '<seen@x>' }), { folder: 'Clients' });
    await readAll();
    const end = new AbortController();
    let ended = false;
    const waiting = mailbox.waitForChange(end.signal).then(() => (ended = true));
    for (let turn = 0; turn < 20; turn += 1) await account.count('Clients');
    await account.remove(seen);
    for (let turn = 0; turn < 20; turn += 1) await account.count('Clients');
    expect(ended).to.equal(false);
    end.abort();
    await waiting;
  });

  it('ends a wait when it is closed, and stays closed', async () => {
    await readAll();
    const waiting = mailbox.waitForChange(new AbortController().signal);
    await mailbox.close();
    await waiting;
    const again = mailbox.changesSince(await mailbox.openingCursor(new Date(0)), 1);
    expect(await again.catch((error: Error) => error.message)).to.contain('closed');
  });
});
