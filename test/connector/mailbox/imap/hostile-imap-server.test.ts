import { expect } from 'chai';
import type { Socket } from 'node:net';

import { fieldValue } from '../../../../connector/src/mail/header-field.ts';
import { openImapMailbox } from '../../../../connector/src/mailbox/imap/imap-mailbox.ts';
import type { ImapOptions } from '../../../../connector/src/mailbox/imap/imap-options.ts';
import { MailboxError } from '../../../../connector/src/mailbox/mailbox-error.ts';
import type { Mailbox, Page } from '../../../../connector/src/mailbox/mailbox.ts';
import { freePort } from '../../../servers/free-port.ts';
import { until } from '../../../servers/poll.ts';
import { startScriptedImapServer, type Answer, type ScriptedImapServer } from './scripted-imap-server.ts';

const SECRET = 'correct-horse-battery';
const HEADER = 'Message-ID: <small@x>\r\n\r\n';
const FETCHED = `* 1 FETCH (UID 1 FLAGS () INTERNALDATE "01-Nov-2026 10:00:00 +0000" BODY[HEADER.FIELDS (X)] {${HEADER.length}}\r\n${HEADER})\r\nTAG OK\r\n`;

const LISTED = '* LIST () "/" INBOX\r\nTAG OK\r\n';

/**
 * Lets in by the access tokens that it knows. The refusal of another one is an error in JSON, which the client has to
 * answer before the command ends: with nothing (XOAUTH2, as at Gmail), or with the octet 1 (RFC 7628 section 3.2.3).
 */
function byToken(mechanism: 'XOAUTH2' | 'OAUTHBEARER', known: readonly string[]): Readonly<Record<string, Answer>> {
  let refused: string | undefined;
  const error = Buffer.from('{"status":"invalid_token","schemes":"bearer"}').toString('base64');
  const refuse: Answer = (socket) =>
    void socket.write(`${refused} NO [AUTHENTICATIONFAILED] Invalid credentials (Failure)\r\n`);
  return {
    CAPABILITY: `* CAPABILITY IMAP4rev1 SASL-IR AUTH=${mechanism}\r\nTAG OK\r\n`,
    AUTHENTICATE: (socket, tag, command) => {
      const isKnown = known.includes(bearer(command));
      if (!isKnown) refused = tag;
      socket.write(isKnown ? `${tag} OK\r\n` : `+ ${error}\r\n`);
    },
    [mechanism === 'XOAUTH2' ? '' : 'AQ==']: refuse,
  };
}

/** The access token with which a client logs in. */
function bearer(command: string): string {
  const fields = Buffer.from(command.split(' ')[2] ?? '', 'base64')
    .toString('latin1')
    .split('\x01');
  return fields.find((field) => field.startsWith('auth='))?.replace('auth=Bearer ', '') ?? '';
}

/** Answers, but breaks the connection off once for each call of `break`. */
function breakable(text: string): { readonly answer: Answer; break(): void } {
  let broken = false;
  return {
    break: () => void (broken = true),
    answer(socket, tag) {
      if (broken) socket.destroy();
      else socket.write(text.replaceAll('TAG', tag));
      broken = false;
    },
  };
}

describe('the IMAP adapter and a server that is', () => {
  let server: ScriptedImapServer | undefined;
  let mailbox: Mailbox | undefined;

  afterEach(async () => {
    await mailbox?.close();
    await server?.stop();
    [mailbox, server] = [undefined, undefined];
  });

  function openAt(port: number, options: Partial<ImapOptions> = {}): Mailbox {
    const timeouts = { connectMs: 500, silenceMs: 500 };
    const credential = (): Promise<{ password: string }> => Promise.resolve({ password: SECRET });
    mailbox = openImapMailbox({
      host: '127.0.0.1',
      port,
      secure: false,
      user: 'rep',
      credential,
      timeouts,
      ...options,
    });
    return mailbox;
  }

  async function openOn(answers: Readonly<Record<string, Answer>>): Promise<Mailbox> {
    server = await startScriptedImapServer(answers);
    return openAt(server.port);
  }

  const readFrom = async (from: Mailbox): Promise<Page> => from.changesSince(await from.openingCursor(new Date(0)), 10);

  async function failure(attempt: Promise<unknown>): Promise<MailboxError> {
    const error: unknown = await attempt.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).to.be.instanceOf(MailboxError);
    expect((error as MailboxError).message).not.to.contain(SECRET);
    return error as MailboxError;
  }

  it('ordinary is read, by peeking and in folders opened for reading only', async () => {
    const page = await readFrom(await openOn({ 'UID FETCH': FETCHED }));
    expect(page.messages.map(({ fields }) => fieldValue(fields, 'Message-ID'))).to.deep.equal(['<small@x>']);
    expect(
      server!.commands.filter((command) => /^(SELECT|STORE|UID STORE|EXPUNGE)|BODY\[/i.test(command)),
    ).to.deep.equal([]);
    expect(server!.commands.join('\n')).to.contain('BODY.PEEK[HEADER.FIELDS (Message-ID In-Reply-To References');
  });

  it('ordinary and takes access tokens is given a fresh one at each connect', async () => {
    const list = breakable(LISTED);
    server = await startScriptedImapServer({
      CAPABILITY: '* CAPABILITY IMAP4rev1 SASL-IR AUTH=XOAUTH2\r\nTAG OK\r\n',
      AUTHENTICATE: 'TAG OK\r\n',
      LIST: list.answer,
      'UID FETCH': FETCHED,
    });
    let count = 0;
    const opened = openAt(server.port, { credential: () => Promise.resolve({ accessToken: `token-${(count += 1)}` }) });
    const { cursor } = await readFrom(opened);
    list.break();
    await opened.changesSince(cursor, 10);
    const tokens = server.commands.filter((command) => command.startsWith('AUTHENTICATE XOAUTH2 ')).map(bearer);
    expect(tokens).to.deep.equal(['token-1', 'token-2']);
  });

  for (const mechanism of ['XOAUTH2', 'OAUTHBEARER'] as const) {
    const refusals: (string | undefined)[] = [];
    const logins = (): string[] =>
      server!.commands.filter((command) => command.startsWith(`AUTHENTICATE ${mechanism} `)).map(bearer);
    const openWith = (...tokens: string[]): Mailbox => {
      refusals.length = 0;
      return openAt(server!.port, {
        credential: (refused) => {
          refusals.push(refused);
          return Promise.resolve({ accessToken: tokens[Math.min(refusals.length, tokens.length) - 1]! });
        },
      });
    };

    it(`refusing an access token before its time (${mechanism}) is given a newer one, once`, async () => {
      server = await startScriptedImapServer({ ...byToken(mechanism, ['newer']), 'UID FETCH': FETCHED });
      expect((await readFrom(openWith('revoked', 'newer'))).messages).to.have.length(1);
      expect(logins()).to.deep.equal(['revoked', 'newer']);
      expect(refusals).to.deep.equal([undefined, 'revoked']);
    });

    it(`refusing the newer access token as well (${mechanism}) asks for the owner's consent`, async () => {
      server = await startScriptedImapServer(byToken(mechanism, []));
      const error = await failure(readFrom(openWith(`${SECRET}-1`, `${SECRET}-2`, `${SECRET}-3`)));
      expect(error.code).to.equal('reconnect');
      expect(error.message).to.contain('Connect the mailbox again');
      expect(logins()).to.deep.equal([`${SECRET}-1`, `${SECRET}-2`]);
    });

    it(`refusing an access token for which there is no newer one (${mechanism}) is not asked again`, async () => {
      server = await startScriptedImapServer(byToken(mechanism, []));
      expect((await failure(readFrom(openWith('only')))).code).to.equal('reconnect');
      expect(logins()).to.deep.equal(['only']);
    });
  }

  it('asked with a place of another provider is not asked at all', async () => {
    const opened = await openOn({});
    const error = await failure(opened.changesSince({ provider: 'gmail', version: 1, historyId: '7' }, 10));
    expect(error.code).to.equal('cursor_expired');
    expect(server!.commands).to.deep.equal([]);
  });

  it('unknown by name is an error that passes and names host and port', async () => {
    const error = await failure(readFrom(openAt(143, { host: 'no-such-host.invalid' })));
    expect(error.code).to.equal('retry');
    expect(error.message).to.contain('no-such-host.invalid:143');
  });

  it('absent is an error that passes and says that nothing listens', async () => {
    const port = await freePort();
    const error = await failure(readFrom(openAt(port)));
    expect(error.code).to.equal('retry');
    expect(error.message).to.contain(`127.0.0.1:${port}`).and.to.contain('nothing listens');
  });

  it('silent is given up after the time allowed', async () => {
    expect((await failure(readFrom(await openOn({ greeting: () => undefined })))).code).to.equal('retry');
  });

  it('speaking garbage is an error that passes', async () => {
    const garbage = '\x00\xff<html>{99999999999999999999}\r\n((((((((\r\n';
    expect((await failure(readFrom(await openOn({ greeting: garbage })))).code).to.equal('retry');
  });

  it('speaking another protocol is named as what it is not', async () => {
    const error = await failure(readFrom(await openOn({ greeting: '220 mx.example.test ESMTP\r\n' })));
    expect(error.code).to.equal('retry');
    expect(error.message).to.contain(`127.0.0.1:${server!.port}`).and.to.contain('those of an IMAP server');
  });

  const refusals = [
    ['TAG NO [AUTHENTICATIONFAILED] Wrong password', 'reconnect'],
    ['TAG NO Invalid credentials (Failure)', 'reconnect'],
    ['TAG NO [EXPIRED] Password expired', 'reconnect'],
    ['TAG NO [UNAVAILABLE] Temporary authentication failure', 'retry'],
    ['TAG NO [LIMIT] Maximum number of connections', 'retry'],
    ['TAG NO [ALERT] Too many simultaneous connections', 'retry'],
  ] as const;
  for (const [answer, code] of refusals) {
    it(`refusing the login with "${answer.slice(4)}" asks to ${code}`, async () => {
      expect((await failure(readFrom(await openOn({ LOGIN: `${answer}\r\n` })))).code).to.equal(code);
    });
  }

  it('elsewhere and without TLS never sees the credential', async () => {
    server = await startScriptedImapServer({});
    // Another spelling of the loopback address, which counts as a host elsewhere.
    const error = await failure(readFrom(openAt(server.port, { host: '127.1' })));
    expect(error.code).to.equal('reconnect');
    expect(error.message).to.contain(`127.1:${server.port}`).and.to.contain('STARTTLS').and.to.contain('993');
    expect(server.commands.filter((command) => /LOGIN|AUTHENTICATE/.test(command))).to.deep.equal([]);
  });

  it('announcing a literal of 4 GB is cut off before a byte of it is read', async () => {
    const announced = '* 1 FETCH (UID 1 BODY[HEADER.FIELDS (X)] {4294967296}\r\n';
    const flood = (socket: Socket): void => {
      socket.write(announced);
      for (let count = 0; count < 100; count += 1) socket.write(Buffer.alloc(64 * 1024, 'A'));
    };
    const error = await failure(readFrom(await openOn({ 'UID FETCH': flood })));
    expect(error.code).to.equal('retry');
    expect(error.message).to.contain('more');
  });

  it('never ending a line is cut off', async () => {
    const endless = (socket: Socket): void => {
      const write = (): void => void (socket.writable && socket.write(Buffer.alloc(256 * 1024, 'A'), () => write()));
      write();
    };
    expect((await failure(readFrom(await openOn({ LIST: endless })))).code).to.equal('retry');
  });

  it('gone in the middle is an error that passes, and the next call reads from where it was', async () => {
    let broken = true;
    const answer = (socket: Socket, tag: string): void => {
      if (broken) socket.end('* 1 FETCH (UID 1 FLAGS () INTERNALDATE "01-Nov');
      else socket.write(FETCHED.replace('TAG', tag));
    };
    const opened = await openOn({ 'UID FETCH': answer });
    const cursor = await opened.openingCursor(new Date(0));
    expect((await failure(opened.changesSince(cursor, 10))).code).to.equal('retry');
    broken = false;
    expect((await opened.changesSince(cursor, 10)).messages).to.have.length(1);
  });

  it('gone while nobody used the connection is connected to again at once', async () => {
    const list = breakable(LISTED);
    const opened = await openOn({ 'UID FETCH': FETCHED, LIST: list.answer });
    const page = await readFrom(opened);
    list.break();
    expect((await opened.changesSince(page.cursor, 10)).caughtUp).to.equal(true);
    expect(server!.commands.filter((command) => command.startsWith('LOGIN'))).to.have.length(2);
  });

  it('dead behind an open connection is noticed while waiting', async () => {
    server = await startScriptedImapServer({ 'UID FETCH': FETCHED, IDLE: '+ idling\r\n', DONE: () => undefined });
    const opened = openAt(server.port, { timeouts: { connectMs: 500, silenceMs: 500, idleMs: 100 } });
    await readFrom(opened);
    expect((await failure(opened.waitForChange(new AbortController().signal))).code).to.equal('retry');
  });

  it('ordinary is said to tell of what comes, and not to any more once it lets nobody in', async () => {
    let isDown = false;
    let waiting: Socket | undefined;
    const opened = await openOn({
      'UID FETCH': FETCHED,
      LOGIN: (socket, tag) => void (isDown ? socket.destroy() : socket.write(`${tag} OK\r\n`)),
      IDLE: (socket) => void (waiting = socket).write('+ idling\r\n'),
    });
    await readFrom(opened);
    const told: boolean[] = [];
    const lost = failure(opened.waitForChange(new AbortController().signal, (listens) => told.push(listens)));
    await until('the wait to begin', () => Promise.resolve(waiting !== undefined));
    expect(told).to.deep.equal([true]);
    isDown = true;
    waiting!.destroy();
    await lost;
    expect(told).to.deep.equal([true, false]);
  });

  it('ending a connection after a while is waited on again each time, and what came meanwhile is noticed', async () => {
    let messages = 1;
    const byes = [
      '* BYE Session expired, please login again.',
      '* BYE Connection is closed. 13',
      '* BYE idle for too long',
    ];
    server = await startScriptedImapServer({
      'UID FETCH': FETCHED,
      STATUS: (socket, tag) =>
        socket.write(`* STATUS INBOX (MESSAGES ${messages} UIDNEXT ${messages + 1} UIDVALIDITY 7)\r\n${tag} OK\r\n`),
      EXAMINE: (socket, tag) =>
        socket.write(`* ${messages} EXISTS\r\n* OK [UIDVALIDITY 7]\r\n* OK [UIDNEXT ${messages + 1}]\r\n${tag} OK\r\n`),
      IDLE: (socket) => {
        const bye = byes.shift();
        if (byes.length === 0) messages = 2;
        socket.write('+ idling\r\n');
        if (bye !== undefined) socket.end(`${bye}\r\n`);
      },
    });
    const opened = openAt(server.port, { timeouts: { connectMs: 500, silenceMs: 500, lookMs: 0, idleMs: 60_000 } });
    await readFrom(opened);
    await opened.waitForChange(new AbortController().signal);
    expect(server.commands.filter((command) => command.startsWith('LOGIN'))).to.have.length(4);
  });

  it('swallowing every command from some point on is noticed while the folders are looked at', async () => {
    let silent = false;
    server = await startScriptedImapServer({
      'UID FETCH': FETCHED,
      LIST: (socket, tag) => (silent ? undefined : socket.write(LISTED.replaceAll('TAG', tag))),
    });
    const opened = openAt(server.port, { timeouts: { connectMs: 500, silenceMs: 500, lookMs: 20 } });
    await readFrom(opened);
    const waiting = failure(opened.waitForChange(new AbortController().signal));
    await until('the wait to begin', () => Promise.resolve(server!.commands.includes('IDLE')));
    silent = true;
    expect((await waiting).message).to.contain('no answer in time');
    silent = false;
    expect((await readFrom(opened)).messages).to.have.length(1);
  });

  it('without CONDSTORE is asked for passed drafts at each reading until they are sent', async () => {
    let flags = '\\Draft';
    const opened = await openOn({
      'UID FETCH': (socket, tag) => socket.write(FETCHED.replace('FLAGS ()', `FLAGS (${flags})`).replace('TAG', tag)),
    });
    const first = await readFrom(opened);
    expect(first).to.deep.include({ messages: [], caughtUp: true });
    const second = await opened.changesSince(first.cursor, 10);
    expect(second).to.deep.include({ messages: [], caughtUp: true });
    flags = '';
    const third = await opened.changesSince(second.cursor, 10);
    expect(third.messages).to.have.length(1);
    expect(JSON.stringify(third.cursor)).not.to.contain('drafts');
  });

  it('without ESEARCH counts a large folder stretch by stretch', async () => {
    const many = '* STATUS INBOX (MESSAGES 120000 UIDNEXT 120001 UIDVALIDITY 7)\r\nTAG OK\r\n';
    const opened = await openOn({
      STATUS: many,
      EXAMINE: '* 120000 EXISTS\r\n* OK [UIDVALIDITY 7]\r\n* OK [UIDNEXT 120001]\r\nTAG OK [READ-ONLY]\r\n',
      SEARCH: '* SEARCH 5 6 7\r\nTAG OK\r\n',
    });
    const { folders } = await opened.survey(new Date());
    expect(folders).to.deep.equal([{ name: 'INBOX', kind: 'other', messages: 9 }]);
    expect(server!.commands.join('\n')).to.contain('100001:120000');
  });

  it('with ESEARCH counts a large folder without naming a message', async () => {
    const opened = await openOn({
      CAPABILITY: '* CAPABILITY IMAP4rev1 IDLE ESEARCH\r\nTAG OK\r\n',
      SEARCH: '* ESEARCH (TAG "TAG") COUNT 100000\r\nTAG OK\r\n',
    });
    const { folders } = await opened.survey(new Date());
    expect(folders).to.deep.equal([{ name: 'INBOX', kind: 'other', messages: 100_000 }]);
    expect(server!.commands.filter((command) => command.includes('SEARCH')).join()).to.contain('RETURN (COUNT)');
  });

  it('without the folder that it listed is read without it', async () => {
    const page = await readFrom(await openOn({ EXAMINE: 'TAG NO [NONEXISTENT] gone\r\n' }));
    expect(page).to.deep.include({ messages: [], caughtUp: true });
  });

  it('listing a folder by the name __proto__ is read like any other', async () => {
    const answers = {
      LIST: '* LIST () "/" __proto__\r\nTAG OK\r\n',
      STATUS: '* STATUS __proto__ (MESSAGES 1 UIDNEXT 2 UIDVALIDITY 7)\r\nTAG OK\r\n',
      'UID FETCH': FETCHED,
    };
    const opened = await openOn(answers);
    const page = await readFrom(opened);
    expect(page.messages).to.have.length(1);
    const cursor = JSON.parse(JSON.stringify(page.cursor)) as typeof page.cursor;
    expect((await opened.changesSince(cursor, 10)).messages).to.deep.equal([]);
  });
});
