import { expect } from 'chai';
import type { Socket } from 'node:net';

import { createConnectionSlots, type ConnectionSlots } from '../../../../connector/src/mailbox/connection-slots.ts';
import { openImapMailbox } from '../../../../connector/src/mailbox/imap/imap-mailbox.ts';
import type { MailboxError } from '../../../../connector/src/mailbox/mailbox-error.ts';
import type { Mailbox, Page } from '../../../../connector/src/mailbox/mailbox.ts';
import { until } from '../../../servers/poll.ts';
import { startScriptedImapServer, type Answer, type ScriptedImapServer } from './scripted-imap-server.ts';

const HEADER = 'Message-ID: <small@x>\r\n\r\n';
const FETCHED = `* 1 FETCH (UID 1 FLAGS () INTERNALDATE "01-Nov-2026 10:00:00 +0000" BODY[HEADER.FIELDS (X)] {${HEADER.length}}\r\n${HEADER})\r\nTAG OK\r\n`;

describe('many IMAP mailboxes on one server', () => {
  let server: ScriptedImapServer;
  let mailboxes: Mailbox[] = [];

  afterEach(async () => {
    await Promise.all(mailboxes.map((mailbox) => mailbox.close()));
    mailboxes = [];
    await server.stop();
  });

  const start = async (answers: Readonly<Record<string, Answer>> = {}): Promise<void> => {
    server = await startScriptedImapServer({ 'UID FETCH': FETCHED, ...answers });
  };

  function open(count: number, slots: ConnectionSlots): Mailbox[] {
    mailboxes = Array.from({ length: count }, (_, index) =>
      openImapMailbox({
        host: '127.0.0.1',
        port: server.port,
        secure: false,
        user: `rep-${index}`,
        credential: () => Promise.resolve({ password: 'secret' }),
        timeouts: { connectMs: 5_000, silenceMs: 5_000 },
        slots,
      }),
    );
    return mailboxes;
  }

  const read = async (mailbox: Mailbox): Promise<Page> =>
    mailbox.changesSince(await mailbox.openingCursor(new Date(0)), 10);
  const logins = (user: string): number =>
    server.commands.filter((command) => command.startsWith(`LOGIN "${user}"`) || command.startsWith(`LOGIN ${user} `))
      .length;

  it('are all read, by no more connections than there are slots', async () => {
    await start();
    const pages = await Promise.all(open(7, createConnectionSlots({ open: 2, restMs: 1 })).map(read));
    expect(pages.map(({ messages }) => messages.length)).to.deep.equal(Array(7).fill(1));
    expect(server.mostOpen).to.be.at.most(2);
  });

  it('all get to wait, in turn, and to be read while others wait', async () => {
    await start();
    const end = new AbortController();
    const all = open(5, createConnectionSlots({ open: 2, restMs: 1, turnMs: 5 }));
    const waits = all.map((mailbox) => mailbox.waitForChange(end.signal));
    await until('each to have had a turn', () => Promise.resolve(all.every((_, index) => logins(`rep-${index}`) > 0)));
    const pages = await Promise.all(all.map(read));
    expect(pages.map(({ messages }) => messages.length)).to.deep.equal(Array(5).fill(1));
    end.abort();
    await Promise.all(waits);
    expect(server.mostOpen).to.be.at.most(2);
  });

  it('keep their connections to wait when nobody else wants them', async () => {
    await start();
    const end = new AbortController();
    const waits = open(3, createConnectionSlots({ open: 3, restMs: 0, turnMs: 0 })).map(async (mailbox) => {
      await read(mailbox);
      await mailbox.waitForChange(end.signal);
    });
    const idling = (): number => server.commands.filter((command) => command === 'IDLE').length;
    await until('all to wait', () => Promise.resolve(idling() === 3));
    end.abort();
    await Promise.all(waits);
    expect(server.commands.filter((command) => command.startsWith('LOGIN'))).to.have.length(3);
  });

  it('leave their slot to the others when they are closed', async () => {
    await start();
    const [first, second] = open(2, createConnectionSlots({ open: 1, restMs: 600_000, turnMs: 600_000 }));
    await read(first!);
    const reading = read(second!);
    await first!.close();
    expect((await reading).messages).to.have.length(1);
  });

  it('leave their slot to the others when they cannot log in', async () => {
    await start({ LOGIN: (socket, tag) => socket.write(`${tag} NO [AUTHENTICATIONFAILED] no\r\n`) });
    const outcomes = await Promise.allSettled(open(3, createConnectionSlots({ open: 1 })).map(read));
    const codes = outcomes.map((outcome) => (outcome as { reason?: MailboxError }).reason?.code);
    expect(codes).to.deep.equal(['reconnect', 'reconnect', 'reconnect']);
  });

  it('end a call that waits for a slot when they are closed', async () => {
    await start();
    const [first, second] = open(2, createConnectionSlots({ open: 1, restMs: 600_000 }));
    await read(first!);
    const reading = read(second!).catch((error: MailboxError) => error.code);
    await second!.close();
    expect(await reading).to.equal('retry');
  });

  const full: Readonly<Record<string, (socket: Socket, tag: string) => void>> = {
    'refuses the login': (socket, tag) =>
      void socket.write(`${tag} NO [LIMIT] Maximum number of connections reached\r\n`),
    'refuses the login in words': (socket, tag) =>
      void socket.write(`${tag} NO [ALERT] Too many simultaneous connections\r\n`),
    'ends the connection': (socket) => socket.end('* BYE Too many connections from your address\r\n'),
  };
  for (const [way, refuse] of Object.entries(full)) {
    it(`learn how many a server takes that ${way}, and are read in turn`, async () => {
      await start({
        LOGIN: (socket, tag) => (server.open > 1 ? refuse(socket, tag) : void socket.write(`${tag} OK\r\n`)),
      });
      const end = new AbortController();
      const [first, second] = open(2, createConnectionSlots({ open: 5, restMs: 0 }));
      await read(first!);
      const waiting = first!.waitForChange(end.signal);
      await until('the first to wait', () => Promise.resolve(server.commands.includes('IDLE')));
      const error = await read(second!).catch((reason: MailboxError) => reason);
      expect(error).to.have.property('code', 'retry');
      expect(error).to.have.property('message').that.contains('too many connections');
      expect((await read(second!)).messages).to.have.length(1);
      end.abort();
      await waiting;
    });
  }
});
