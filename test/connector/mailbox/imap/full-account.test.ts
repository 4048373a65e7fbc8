import { expect } from 'chai';
import { randomUUID } from 'node:crypto';

import { createConnectionSlots } from '../../../../connector/src/mailbox/connection-slots.ts';
import { openImapMailbox } from '../../../../connector/src/mailbox/imap/imap-mailbox.ts';
import type { MailboxError } from '../../../../connector/src/mailbox/mailbox-error.ts';
import type { Mailbox, Page } from '../../../../connector/src/mailbox/mailbox.ts';
import { mail } from '../../../contract/sample-mail.ts';
import { startDovecotLike, type Dovecot } from '../../../servers/dovecot.ts';
import { openImapAccount, type ImapAccount } from '../../../servers/imap-account.ts';
import { until } from '../../../servers/poll.ts';
import { requireServer } from '../../../servers/require-server.ts';

describe('an IMAP mailbox on a real Dovecot that lets its account have one connection', () => {
  const slots = createConnectionSlots({ restMs: 0 });
  const user = (name: string): string => `${name}-${randomUUID().slice(0, 8)}@example.test`;
  let dovecot: Dovecot;
  let mailProgram: ImapAccount | undefined;
  let mailboxes: Mailbox[];
  let remarks: string[];
  let end: AbortController;

  before(async function () {
    requireServer(this, 'dovecot');
    dovecot = await startDovecotLike({ settings: 'mail_max_userip_connections = 1' });
  });

  beforeEach(() => {
    [mailProgram, mailboxes, remarks, end] = [undefined, [], [], new AbortController()];
  });

  afterEach(async () => {
    end.abort();
    await Promise.all(mailboxes.map((mailbox) => mailbox.close()));
    await mailProgram?.close();
  });

  function open(address: string): Mailbox {
    const { host, port, password } = dovecot;
    const mailbox = openImapMailbox({
      ...{ host, port, secure: false, user: address, slots, log: (remark) => remarks.push(remark) },
      credential: () => Promise.resolve({ password }),
    });
    mailboxes.push(mailbox);
    return mailbox;
  }

  const read = async (mailbox: Mailbox): Promise<Page> =>
    mailbox.changesSince(await mailbox.openingCursor(new Date(0)), 10);
  const failure = (attempt: Promise<unknown>): Promise<MailboxError> =>
    attempt.then(
      () => expect.fail('It was let in.'),
      (error: MailboxError) => error,
    );

  it('is to be tried again later while another mail program has that one, and is read once it is free', async () => {
    const address = user('full');
    mailProgram = await openImapAccount(dovecot, address);
    await mailProgram.append(mail({ id: '<reply@x>' }));
    const full = open(address);
    for (const attempt of [() => read(full), () => full.waitForChange(end.signal)]) {
      const { code, message } = await failure(attempt());
      expect(code).to.equal('retry');
      expect(message).to.contain(`too many connections to let ${address} in`);
      expect(message).to.contain('close other mail programs of this account');
    }
    await mailProgram.close();
    mailProgram = undefined;
    // The server counts a connection out a little after it has closed it.
    const page = await until('the account to be let in', () => read(full).catch(() => undefined));
    expect(page.messages).to.have.length(1);
  });

  it('takes no connection from the mailboxes of others', async () => {
    const waiting = open(user('waiting'));
    await read(waiting);
    const wait = waiting.waitForChange(end.signal);
    const address = user('full');
    mailProgram = await openImapAccount(dovecot, address);
    expect((await failure(read(open(address)))).code).to.equal('retry');
    await read(open(user('other')));
    expect(remarks.filter((remark) => remark.startsWith('Gave up'))).to.deep.equal([]);
    end.abort();
    await wait;
  });
});
