import { expect } from 'chai';

import { openImapMailbox } from '../../../../connector/src/mailbox/imap/imap-mailbox.ts';
import { bytesHeld } from '../../../fixtures/bytes-held.ts';
import { startScriptedImapServer, type Answer, type ScriptedImapServer } from './scripted-imap-server.ts';

const MESSAGES = 100_000;
const PAGE = 500;
const PADDING = `References:${' <x@example.test>'.repeat(5)}\r\n`;

/** The first and the last number of each range in the sequence set of a command. */
function rangesIn(set: string): [number, number][] {
  return set.split(',').map((range) => {
    const [from = '', to = from] = range.split(':');
    return [Number(from), Number(to)];
  });
}

function numbersIn(set: string): number[] {
  return rangesIn(set).flatMap(([from, to]) => Array.from({ length: to - from + 1 }, (_, index) => from + index));
}

function fetched(uid: number): string {
  const header = `Message-ID: <${uid}@example.org>\r\n${PADDING}\r\n`;
  const about = `UID ${uid} FLAGS () INTERNALDATE "01-Nov-2026 10:00:00 +0000"`;
  return `* ${uid} FETCH (${about} BODY[HEADER.FIELDS (X)] {${header.length}}\r\n${header})\r\n`;
}

/** An inbox of that many messages with the UIDs from 1 on, made up as they are asked for. */
const LARGE: Readonly<Record<string, Answer>> = {
  STATUS: `* STATUS INBOX (MESSAGES ${MESSAGES} UIDNEXT ${MESSAGES + 1} UIDVALIDITY 7)\r\nTAG OK\r\n`,
  EXAMINE: `* ${MESSAGES} EXISTS\r\n* OK [UIDVALIDITY 7]\r\n* OK [UIDNEXT ${MESSAGES + 1}]\r\nTAG OK [READ-ONLY]\r\n`,
  'UID SEARCH': (socket, tag, command) => {
    const [, set = ''] = /UID (\d[\d:,]*)/.exec(command.slice('UID SEARCH'.length)) ?? [];
    socket.write(`* SEARCH ${numbersIn(set).join(' ')}\r\n${tag} OK\r\n`);
  },
  'UID FETCH': (socket, tag, command) => {
    socket.write(`${numbersIn(command.split(' ')[2]!).map(fetched).join('')}${tag} OK\r\n`);
  },
};

describe('an IMAP folder with 100,000 messages', () => {
  let server: ScriptedImapServer;

  before(async () => {
    server = await startScriptedImapServer(LARGE);
  });

  after(() => server.stop());

  it('is read in flat memory, and listed, opened and searched no more often than needed', async () => {
    const mailbox = openImapMailbox({
      host: '127.0.0.1',
      port: server.port,
      secure: false,
      user: 'rep',
      credential: () => Promise.resolve({ password: 'secret' }),
    });
    let cursor = await mailbox.openingCursor(new Date(0));
    let [read, pages, heldEarly, caughtUp] = [0, 0, 0, false];
    while (!caughtUp) {
      const page = await mailbox.changesSince(JSON.parse(JSON.stringify(cursor)) as typeof cursor, PAGE);
      ({ cursor, caughtUp } = page);
      read += page.messages.length;
      pages += 1;
      if (pages === 20) heldEarly = bytesHeld();
    }
    expect(read).to.equal(MESSAGES);
    expect((bytesHeld() - heldEarly) / 1024 / 1024).to.be.lessThan(5);
    const sent = (name: string): number => server.commands.filter((command) => command.startsWith(name)).length;
    expect({ fetches: sent('UID FETCH'), searches: sent('UID SEARCH'), opened: sent('EXAMINE') }).to.deep.equal({
      fetches: MESSAGES / PAGE,
      searches: MESSAGES / 5_000,
      opened: 1,
    });
    expect(sent('STATUS')).to.equal(2);
    await mailbox.close();
  });
});
