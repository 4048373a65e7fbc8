import { expect } from 'chai';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { fieldValue } from '../../../../connector/src/mail/header-field.ts';
import { openGmailMailbox } from '../../../../connector/src/mailbox/gmail/gmail-mailbox.ts';
import type { Cursor, Mailbox } from '../../../../connector/src/mailbox/mailbox.ts';
import { freePort } from '../../../servers/free-port.ts';
import { until } from '../../../servers/poll.ts';

const REP = 'rep@example.test';
const EMULATE = join(import.meta.dirname, '../../../../node_modules/emulate/dist/index.js');
const message = (id: string, label: string): string =>
  `    - { id: ${id}, user_email: ${REP}, from: lead@example.org, to: ${REP}, subject: ${id}, body_text: x, label_ids: [${label}] }`;
const SEED = `google:\n  users:\n    - { email: ${REP}, name: Rep }\n  messages:\n${message('first', 'INBOX')}\n${message('second', 'SENT')}\n`;

/** A second opinion on the shapes of list, get and history, by people who do not know this adapter. */
describe('the Gmail mailbox on the Google emulator of the npm package emulate', function () {
  this.timeout(30_000);
  let folder: string;
  let emulator: ChildProcess;
  let mailbox: Mailbox;
  let rootUrl: string;

  before(async function () {
    folder = await mkdtemp(join(tmpdir(), 'emulate-'));
    await writeFile(join(folder, 'seed.yaml'), SEED);
    const port = await freePort();
    rootUrl = `http://127.0.0.1:${port}/`;
    const flags = ['start', '--service', 'google', '--seed', 'seed.yaml', '--port', String(port)];
    emulator = spawn(process.execPath, [EMULATE, ...flags], { cwd: folder, stdio: 'ignore' });
    const answers = (): Promise<boolean> =>
      fetch(rootUrl).then(
        () => true,
        () => false,
      );
    const isUp = await until('the emulator', answers, 15_000).catch(() => false);
    if (!isUp) {
      console.log('      The emulator cannot be started here.');
      this.skip();
    }
    mailbox = openGmailMailbox({ address: REP, accessToken: () => Promise.resolve('any'), rootUrl });
  });

  after(async () => {
    await mailbox?.close();
    if (emulator.exitCode === null && emulator.signalCode === null) {
      emulator.kill('SIGKILL');
      await once(emulator, 'exit');
    }
    await rm(folder, { recursive: true, force: true });
  });

  /** One message a page, because the emulator knows no batches; it has no profile either, so the place is made here. */
  async function readOn(from: Cursor): Promise<{ subjects: (string | undefined)[]; cursor: Cursor }> {
    const subjects: (string | undefined)[] = [];
    let cursor = from;
    for (let pages = 0; pages < 20; pages++) {
      const page = await mailbox.changesSince(cursor, 1);
      subjects.push(...page.messages.map(({ fields }) => fieldValue(fields, 'Subject')));
      cursor = page.cursor;
      if (page.caughtUp) return { subjects, cursor };
    }
    throw new Error('not caught up after 20 pages');
  }

  it('reads what is listed and got, Sent first, and then what the history adds', async () => {
    const start: Cursor = {
      ...{ provider: 'gmail', version: 1, historyId: '1' },
      listing: { since: '2020-01-01T00:00:00.000Z', stage: 'sent' },
    };
    const first = await readOn(start);
    expect(first.subjects[0]).to.equal('second');
    expect(new Set(first.subjects)).to.deep.equal(new Set(['first', 'second']));
    const raw = Buffer.from('From: a@example.org\r\nTo: b@example.org\r\nSubject: third\r\n\r\nx').toString(
      'base64url',
    );
    const inserted = await fetch(`${rootUrl}gmail/v1/users/${REP}/messages`, {
      method: 'POST',
      headers: { authorization: 'Bearer any', 'content-type': 'application/json' },
      body: JSON.stringify({ raw, labelIds: ['INBOX'] }),
    });
    expect(inserted.ok).to.equal(true);
    expect((await readOn(first.cursor)).subjects).to.deep.equal(['third']);
  });
});
