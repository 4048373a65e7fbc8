import { expect } from 'chai';
import { randomUUID } from 'node:crypto';

import { createConnectionSlots } from '../../../../connector/src/mailbox/connection-slots.ts';
import { openImapMailbox } from '../../../../connector/src/mailbox/imap/imap-mailbox.ts';
import type { ImapOptions } from '../../../../connector/src/mailbox/imap/imap-options.ts';
import type { MailboxError } from '../../../../connector/src/mailbox/mailbox-error.ts';
import type { Cursor, Mailbox, MailboxMessage, Page } from '../../../../connector/src/mailbox/mailbox.ts';
import { fieldValue } from '../../../../connector/src/mail/header-field.ts';
import { mail } from '../../../contract/sample-mail.ts';
import { countedImapPort, type CountedImapPort } from '../../../servers/counted-imap-port.ts';
import { startDovecotLike, type Dovecot } from '../../../servers/dovecot.ts';
import { openImapAccount, type ImapAccount } from '../../../servers/imap-account.ts';
import { requireServer } from '../../../servers/require-server.ts';
import { startScriptedImapServer, type Answer, type ScriptedImapServer } from './scripted-imap-server.ts';

const ALL = '[Gmail]/Alle Nachrichten';
const SENT = '[Gmail]/Gesendet';

/**
 * What Gmail shows by IMAP, in an account whose language is German: developers.google.com/workspace/gmail/imap/imap-extensions
 * (X-GM-EXT-1, special uses, labels as folders). Dovecot keeps the copies of a message apart, which Gmail does not; to a
 * reader both look alike. It does not know X-GM-MSGID, which the client asks for beside the header fields, so that is taken
 * out of the commands on their way.
 */
const GMAIL = {
  settings: 'imap_capability = +X-GM-EXT-1',
  folders: {
    [ALL]: '\\All',
    [SENT]: '\\Sent',
    '[Gmail]/Entwürfe': '\\Drafts',
    '[Gmail]/Markiert': '\\Flagged',
    '[Gmail]/Wichtig': '\\Important',
    '[Gmail]/Spam': '\\Junk',
    '[Gmail]/Papierkorb': '\\Trash',
    Kunden: undefined,
  },
};

describe('the IMAP adapter on a Dovecot that shows mail as Gmail does', () => {
  let dovecot: Dovecot;
  let gmail: CountedImapPort | undefined;
  let account: ImapAccount;
  let mailbox: Mailbox;

  before(async function () {
    requireServer(this, 'dovecot');
    dovecot = await startDovecotLike(GMAIL);
    gmail = await countedImapPort(dovecot.port, (text) => text.replaceAll('X-GM-MSGID ', ''));
  });

  after(() => gmail?.close());

  beforeEach(async () => {
    account = await openImapAccount(dovecot, `rep-${randomUUID().slice(0, 8)}@example.test`);
    mailbox = open();
  });

  afterEach(async () => {
    await mailbox?.close();
    await account?.close();
  });

  function open(options: Partial<ImapOptions> = {}): Mailbox {
    const { host, password } = dovecot;
    const credential = (): Promise<{ password: string }> => Promise.resolve({ password });
    return openImapMailbox({ host, port: gmail!.port, secure: false, user: account.user, credential, ...options });
  }

  /** Files a message under all mail and under each of its labels, as Gmail shows it. */
  async function file(raw: string, ...labels: string[]): Promise<void> {
    for (const folder of [...labels, ALL]) await account.append(raw, { folder });
  }

  async function readOn(cursor: Cursor): Promise<Page> {
    const messages: MailboxMessage[] = [];
    for (;;) {
      const page = await mailbox.changesSince(cursor, 1000);
      messages.push(...page.messages);
      cursor = page.cursor;
      if (page.caughtUp) return { ...page, messages };
    }
  }

  const readAll = async (): Promise<Page> => readOn(await mailbox.openingCursor(new Date(0)));
  const shown = ({ messages }: Page): string[] =>
    messages.map(({ fields, folder }) => `${fieldValue(fields, 'Message-ID')} ${folder}`);

  it('reads a message once that lies in the inbox, under a label, among the starred and the important', async () => {
    await file(mail({ id: '<labelled@x>' }), 'INBOX', 'Kunden', '[Gmail]/Markiert', '[Gmail]/Wichtig');
    await file(mail({ id: '<archived@x>' }));
    const first = await readAll();
    expect(shown(first)).to.deep.equal(['<labelled@x> other', '<archived@x> other']);
    expect((await readOn(first.cursor)).messages).to.deep.equal([]);
  });

  it('reads what was sent as sent, before its answer', async () => {
    await file(mail({ id: '<answer@x>' }), 'INBOX');
    await file(mail({ id: '<sent@x>' }), SENT);
    expect(shown(await readAll()).slice(0, 2)).to.deep.equal(['<sent@x> sent', '<answer@x> other']);
  });

  it('reads junk and trash, which all mail does not show, and no draft, which it does', async () => {
    await account.append(mail({ id: '<junk@x>' }), { folder: '[Gmail]/Spam' });
    await account.append(mail({ id: '<trash@x>' }), { folder: '[Gmail]/Papierkorb' });
    for (const folder of ['[Gmail]/Entwürfe', ALL]) {
      await account.append(mail({ id: '<draft@x>' }), { folder, flags: ['\\Draft'] });
    }
    expect(shown(await readAll())).to.deep.equal(['<junk@x> junk', '<trash@x> other']);
  });

  it('is told at once of an answer that a filter files under a label and not in the inbox', async () => {
    // Nobody looks before the test is over.
    mailbox = open({ timeouts: { lookMs: 3_600_000, idleMs: 3_600_000 } });
    const { cursor } = await readAll();
    const waiting = mailbox.waitForChange(new AbortController().signal);
    await file(mail({ id: '<filtered@x>' }), 'Kunden');
    await waiting;
    expect(shown(await readOn(cursor))).to.deep.equal(['<filtered@x> other']);
  });

  it('reads a message again, once, that was put under another label', async () => {
    await file(mail({ id: '<moved@x>' }), 'INBOX');
    const { cursor } = await readAll();
    await account.append(mail({ id: '<moved@x>' }), { folder: 'Kunden' });
    expect((await readOn(cursor)).messages).to.deep.equal([]);
  });

  it('reads the labels where the owner hides all mail', async () => {
    mailbox = open({ excludedFolders: ['\\All'] });
    await file(mail({ id: '<labelled@x>' }), 'INBOX');
    await account.append(mail({ id: '<filed@x>' }), { folder: 'Kunden' });
    expect(shown(await readAll())).to.deep.equal(['<labelled@x> other', '<filed@x> other']);
  });
});

describe('the IMAP adapter and a server that refuses as Gmail does', () => {
  let server: ScriptedImapServer;
  const opened: Mailbox[] = [];

  afterEach(async () => {
    await Promise.all(opened.splice(0).map((mailbox) => mailbox.close()));
    await server.stop();
  });

  const slots = createConnectionSlots({ open: 5 });
  function open(user: string): Mailbox {
    const credential = (): Promise<{ password: string }> => Promise.resolve({ password: 'secret' });
    const place = { host: '127.0.0.1', port: server.port, secure: false, user };
    opened.push(openImapMailbox({ ...place, credential, slots, timeouts: { connectMs: 5_000, silenceMs: 5_000 } }));
    return opened.at(-1)!;
  }

  const read = async (mailbox: Mailbox): Promise<Page> =>
    mailbox.changesSince(await mailbox.openingCursor(new Date(0)), 10);
  const failure = (reading: Promise<Page>): Promise<MailboxError> =>
    reading.then(
      () => expect.fail('It was read.'),
      (error: MailboxError) => error,
    );

  // support.google.com/a/answer/1071518 names the limit; the words are those that clients show in public reports.
  const EXCEEDED = 'NO [OVERQUOTA] Account exceeded command or bandwidth limits. (Failure)';
  const UNCODED = 'NO [ALERT] Account exceeded command or bandwidth limits. (Failure)';
  for (const [command, words] of [
    ['LOGIN', EXCEEDED],
    ['LOGIN', UNCODED],
    ['LIST', EXCEEDED],
    ['EXAMINE', UNCODED],
    ['UID FETCH', EXCEEDED],
  ] as const) {
    it(`leaves the account alone for a while whose ${command} it answers with "${words}"`, async () => {
      server = await startScriptedImapServer({ [command]: `TAG ${words}\r\n` });
      const error = await failure(read(open('rep')));
      expect(error).to.include({ code: 'retry', retryAfterMs: 900_000 });
      expect(error.message).to.contain('used up');
    });
  }

  it('takes no connection from other accounts because one account has too many', async () => {
    const isFull = (command: string): boolean => command.includes('full');
    const login: Answer = (socket, tag, command) =>
      void socket.write(
        `${tag} ${isFull(command) ? 'NO [ALERT] Too many simultaneous connections. (Failure)' : 'OK'}\r\n`,
      );
    server = await startScriptedImapServer({ LOGIN: login, 'UID SEARCH': '* SEARCH\r\nTAG OK\r\n' });
    const first = open('first');
    await read(first);
    const error = await failure(read(open('full')));
    expect(error).to.have.property('code', 'retry');
    expect(error.message).to.contain('too many connections');
    await read(open('second'));
    await read(first);
    expect(server.commands.filter((command) => command.startsWith('LOGIN')).length, 'nobody gave way').to.equal(3);
  });
});
