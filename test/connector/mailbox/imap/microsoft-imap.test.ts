import { expect } from 'chai';
import { randomUUID } from 'node:crypto';

import { fieldValue } from '../../../../connector/src/mail/header-field.ts';
import { openImapMailbox } from '../../../../connector/src/mailbox/imap/imap-mailbox.ts';
import type { MailboxError } from '../../../../connector/src/mailbox/mailbox-error.ts';
import type { Cursor, Mailbox, Page } from '../../../../connector/src/mailbox/mailbox.ts';
import { mail } from '../../../contract/sample-mail.ts';
import { startDovecotLike, type Dovecot } from '../../../servers/dovecot.ts';
import { openImapAccount, type ImapAccount } from '../../../servers/imap-account.ts';
import { requireServer } from '../../../servers/require-server.ts';
import { startScriptedImapServer, type Answer, type ScriptedImapServer } from './scripted-imap-server.ts';

/** As outlook.office365.com gives them after a login (github.com/jstedfast/MailKit/issues/1494): much is missing. */
const CAPABILITIES =
  'IMAP4 IMAP4rev1 AUTH=PLAIN AUTH=XOAUTH2 SASL-IR UIDPLUS MOVE ID UNSELECT CHILDREN IDLE NAMESPACE LITERAL+';

const shown = ({ messages }: Page): string[] =>
  messages.map(({ fields, folder }) => `${fieldValue(fields, 'Message-ID')} ${folder}`);

describe('the IMAP adapter on a Dovecot that knows as little as Exchange', () => {
  let dovecot: Dovecot;
  let account: ImapAccount;
  let mailbox: Mailbox;

  before(async function () {
    requireServer(this, 'dovecot');
    dovecot = await startDovecotLike({ settings: `imap_capability = ${CAPABILITIES}`, folders: {} });
  });

  beforeEach(async () => {
    account = await openImapAccount(dovecot, `rep-${randomUUID().slice(0, 8)}@example.test`);
    const { host, port, password } = dovecot;
    const place = { host, port, secure: false, user: account.user };
    mailbox = openImapMailbox({
      ...{ ...place, credential: () => Promise.resolve({ password }), timeouts: { lookMs: 50 } },
    });
  });

  afterEach(async () => {
    await mailbox?.close();
    await account?.close();
  });

  const languages = [
    ['German', 'Gesendete Elemente', 'Entwürfe', 'Junk-E-Mail', 'Gelöschte Elemente'],
    ['French', 'Éléments envoyés', 'Brouillons', 'Courrier indésirable', 'Éléments supprimés'],
    ['Spanish', 'Elementos enviados', 'Borradores', 'Correo no deseado', 'Elementos eliminados'],
    ['Japanese', '送信済みアイテム', '下書き', '迷惑メール', '削除済みアイテム'],
  ] as const;
  for (const [language, sent, drafts, junk, trash] of languages) {
    it(`knows what the folders are for by their ${language} names`, async () => {
      await account.append(mail({ id: '<trash@x>' }), { folder: trash });
      await account.append(mail({ id: '<junk@x>' }), { folder: junk });
      await account.append(mail({ id: '<draft@x>' }), { folder: drafts });
      await account.append(mail({ id: '<inbox@x>' }));
      await account.append(mail({ id: '<sent@x>' }), { folder: sent });
      const page = await mailbox.changesSince(await mailbox.openingCursor(new Date(0)), 10);
      expect(shown(page)).to.deep.equal(['<sent@x> sent', '<inbox@x> other', '<junk@x> junk', '<trash@x> other']);
    });
  }

  it('is told of the inbox and finds what is filed elsewhere, each folder asked by itself', async () => {
    await account.append(mail({ id: '<old@x>' }), { folder: 'Kunden/Köln & Bonn' });
    let { cursor } = await mailbox.changesSince(await mailbox.openingCursor(new Date(0)), 10);
    const news: string[] = [];
    for (const folder of ['INBOX', 'Kunden/Köln & Bonn']) {
      const waiting = mailbox.waitForChange(new AbortController().signal);
      await account.append(mail({ id: `<in ${folder}>` }), { folder });
      await waiting;
      const page = await mailbox.changesSince(cursor, 10);
      news.push(...shown(page));
      ({ cursor } = page);
    }
    expect(news).to.deep.equal(['<in INBOX> other', '<in Kunden/Köln & Bonn> other']);
  });
});

const HEADER = 'Message-ID: <small@x>\r\nDate: Sun, 01 Nov 2026 10:00:00 +0000\r\n\r\n';
const DATED = 'INTERNALDATE "01-Nov-2026 10:00:00 +0000"';
const fetched = (uid: number, items: string): string => `* ${uid} FETCH (UID ${uid} FLAGS ()${items})\r\n`;
const withHeader = `BODY[HEADER.FIELDS (X)] {${HEADER.length}}\r\n${HEADER}`;

describe('the IMAP adapter and a server that answers as Exchange does', () => {
  let server: ScriptedImapServer;
  let mailbox: Mailbox;
  let remarks: string[];

  afterEach(async () => {
    await mailbox.close();
    await server.stop();
  });

  async function openOn(answers: Readonly<Record<string, Answer>>): Promise<Cursor> {
    server = await startScriptedImapServer(answers);
    remarks = [];
    mailbox = openImapMailbox({
      ...{ host: '127.0.0.1', port: server.port, secure: false, user: 'rep', log: (remark) => remarks.push(remark) },
      credential: () => Promise.resolve({ password: 'secret' }),
      timeouts: { connectMs: 5_000, silenceMs: 5_000 },
    });
    return mailbox.openingCursor(new Date('2026-10-01'));
  }

  const failure = (reading: Promise<Page>): Promise<MailboxError> =>
    reading.then(
      () => expect.fail('It was read.'),
      (error: MailboxError) => error,
    );

  // github.com/mscdex/node-imap/issues/523 and 689: it comes and goes, or lasts.
  const unconnected = {
    'at once': { CAPABILITY: '* CAPABILITY IMAP4rev1 IDLE NAMESPACE\r\nTAG OK\r\n', NAMESPACE: 'TAG BAD %\r\n' },
    'as the folders are listed': { LIST: 'TAG BAD %\r\n' },
    'as a folder is opened': { EXAMINE: 'TAG BAD %\r\n' },
  };
  for (const [when, answers] of Object.entries(unconnected)) {
    it(`is asked again later when it has let the account in without a mailbox, which shows ${when}`, async () => {
      const words = 'User is authenticated but not connected.';
      const entries = Object.entries(answers).map(([name, answer]) => [name, answer.replace('%', words)] as const);
      const error = await failure(read(await openOn(Object.fromEntries(entries))));
      expect(error.code).to.equal('retry');
      expect(error.message).to.contain('gives it no mailbox').and.to.contain('IMAP is turned off');
    });
  }

  const read = (cursor: Cursor): Promise<Page> => mailbox.changesSince(cursor, 10);

  // github.com/simonrob/email-oauth2-proxy/issues/191 (BAD), github.com/ikvk/imap_tools/issues/135 (NO).
  for (const [command, refusal] of [
    ['LIST', 'BAD'],
    ['STATUS', 'NO'],
    ['EXAMINE', 'NO'],
    ['UID SEARCH', 'BAD'],
    ['UID FETCH', 'NO'],
  ] as const) {
    it(`is left alone for as long as it asks that throttles ${command} with ${refusal}, and keeps its place`, async () => {
      let throttles = true;
      const ordinary: Readonly<Record<string, string>> = {
        LIST: '* LIST () "/" INBOX\r\n',
        STATUS: '* STATUS INBOX (MESSAGES 1 UIDNEXT 2 UIDVALIDITY 7)\r\n',
        EXAMINE: '* 1 EXISTS\r\n* OK [UIDVALIDITY 7]\r\n* OK [UIDNEXT 2]\r\n',
        'UID SEARCH': '* SEARCH 1\r\n',
        'UID FETCH': fetched(1, ` ${DATED} ${withHeader}`),
      };
      const cursor = await openOn({
        'UID FETCH': `${ordinary['UID FETCH']}TAG OK\r\n`,
        [command]: (socket, tag) =>
          void socket.write(
            throttles
              ? `${tag} ${refusal} Request is throttled. Suggested Backoff Time: 299910 milliseconds\r\n`
              : `${ordinary[command]}${tag} OK\r\n`,
          ),
      });
      expect(await failure(read(cursor))).to.include({ code: 'retry', retryAfterMs: 299_910 });
      throttles = false;
      expect(shown(await read(cursor))).to.deep.equal(['<small@x> other']);
    });
  }

  const TWO = {
    STATUS: '* STATUS INBOX (MESSAGES 2 UIDNEXT 3 UIDVALIDITY 7)\r\nTAG OK\r\n',
    EXAMINE: '* 2 EXISTS\r\n* OK [UIDVALIDITY 7]\r\n* OK [UIDNEXT 3]\r\nTAG OK\r\n',
    'UID SEARCH': '* SEARCH 1 2\r\nTAG OK\r\n',
  };

  it('is read past a message that it cannot convert, which is handed out without fields and told of', async () => {
    const cursor = await openOn({
      ...TWO,
      'UID FETCH': (socket, tag, command) => {
        const isBroken = /FETCH (2|1:2|1,2) .*BODY/.test(command);
        const answer = /FETCH 2 /.test(command) ? fetched(2, ` ${DATED}`) : fetched(1, ` ${DATED} ${withHeader}`);
        const refusal = 'NO The requested message could not be converted to an RFC-822 compatible format.';
        socket.write(isBroken ? `${tag} ${refusal}\r\n` : `${answer}${tag} OK\r\n`);
      },
    });
    const page = await read(cursor);
    expect(shown(page)).to.deep.equal(['<small@x> other', 'undefined other']);
    expect(page.caughtUp).to.equal(true);
    expect(remarks.join('\n')).to.contain('UID 2').and.to.contain('without header fields');
  });

  it('answers NIL for the header of a message, which is handed out without fields and told of', async () => {
    const nil = ` ${DATED} BODY[HEADER.FIELDS (X)] NIL`;
    const cursor = await openOn({
      ...TWO,
      'UID FETCH': `${fetched(1, nil)}${fetched(2, ` ${DATED} ${withHeader}`)}TAG OK\r\n`,
    });
    const page = await read(cursor);
    expect(shown(page)).to.deep.equal(['undefined other', '<small@x> other']);
    expect(remarks.filter((remark) => remark.includes('without header fields'))).to.deep.equal([
      'The server cannot give the message of UID 1; it is read without header fields.',
    ]);
    expect(await read(page.cursor)).to.deep.include({ messages: [], caughtUp: true });
  });

  it('is not read past messages while it refuses for a reason that passes', async () => {
    const cursor = await openOn({ ...TWO, 'UID FETCH': 'TAG NO [UNAVAILABLE] Server Unavailable. 15\r\n' });
    expect((await failure(read(cursor))).code).to.equal('retry');
  });

  it('is not read past messages while it refuses even what says that they are there', async () => {
    const cursor = await openOn({ ...TWO, 'UID FETCH': 'TAG NO Server Unavailable. 15\r\n' });
    expect((await failure(read(cursor))).code).to.equal('retry');
  });

  it('gives no INTERNALDATE, so that the message itself says when it was written', async () => {
    const page = await read(await openOn({ 'UID FETCH': `${fetched(1, ` ${withHeader}`)}TAG OK\r\n` }));
    expect(page.messages.map(({ receivedAt }) => receivedAt.toISOString())).to.deep.equal(['2026-11-01T10:00:00.000Z']);
  });

  it('tells of a new mark in the middle of its answer, which is no message', async () => {
    const answer = `${fetched(1, '')}${fetched(1, ` ${DATED} ${withHeader}`)}TAG OK\r\n`;
    expect(shown(await read(await openOn({ 'UID FETCH': answer })))).to.deep.equal(['<small@x> other']);
  });

  it('refuses the status of one folder, whose place is kept until it does not', async () => {
    let refuses = false;
    const cursor = await openOn({
      LIST: '* LIST () "/" INBOX\r\n* LIST () "/" Kunden\r\nTAG OK\r\n',
      STATUS: (socket, tag, command) => {
        const folder = command.includes('Kunden') ? 'Kunden' : 'INBOX';
        if (refuses && folder === 'Kunden') socket.write(`${tag} NO Server Unavailable. 15\r\n`);
        else socket.write(`* STATUS ${folder} (MESSAGES 1 UIDNEXT 2 UIDVALIDITY 7)\r\n${tag} OK\r\n`);
      },
      'UID FETCH': `${fetched(1, ` ${DATED} ${withHeader}`)}TAG OK\r\n`,
    });
    const first = await read(cursor);
    expect(first.messages).to.have.length(2);
    refuses = true;
    const second = await read(first.cursor);
    refuses = false;
    expect([second, await read(second.cursor)].map(({ messages }) => messages)).to.deep.equal([[], []]);
  });

  it('refuses the status of the inbox, and is asked again later', async () => {
    const error = await failure(read(await openOn({ STATUS: 'TAG NO Server Unavailable. 15\r\n' })));
    expect(error.code).to.equal('retry');
    expect(error.message).to.contain('INBOX');
  });
});
