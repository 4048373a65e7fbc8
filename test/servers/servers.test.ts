import { expect } from 'chai';
import { randomUUID } from 'node:crypto';

import { fieldValue } from '../../connector/src/mail/header-field.ts';
import { openImapMailbox } from '../../connector/src/mailbox/imap/imap-mailbox.ts';
import type { MailboxMessage } from '../../connector/src/mailbox/mailbox.ts';
import { startDovecot } from './dovecot.ts';
import { until } from './poll.ts';
import { BOUNCING_DOMAIN, SLOW_DOMAIN, startPostfix } from './postfix.ts';
import { startPostgresql } from './postgresql.ts';
import { requireServer } from './require-server.ts';
import { sendMail } from './send-mail.ts';

describe('the real PostgreSQL of the tests', () => {
  it('gives each caller an empty database of its own', async function () {
    requireServer(this, 'postgresql');
    const postgresql = await startPostgresql();
    const [first, second] = [await postgresql.createDatabase(), await postgresql.createDatabase()];
    expect(new URL(first).hostname).to.equal('127.0.0.1');
    expect(first).not.to.equal(second);
  });
});

describe('the real mail servers of the tests', () => {
  const AWAY = 'require ["vacation", "vacation-seconds"]; vacation :seconds 0 :subject "Automatic reply" "Away.";';
  const REFUSE = 'require ["reject"]; reject "No mail, please.";';

  before(function () {
    requireServer(this, 'dovecot');
    requireServer(this, 'postfix');
  });

  /** Sends one tracked mail and gives the first answer that the machines at the other end make. */
  async function answerTo(recipient: string, script?: string): Promise<{ answer: MailboxMessage; status: string }> {
    const [dovecot, postfix] = await Promise.all([startDovecot(), startPostfix()]);
    if (script) await dovecot.setSieve(recipient, script);
    const user = `rep-${randomUUID().slice(0, 8)}@example.test`;
    await sendMail(postfix, {
      from: user,
      to: recipient,
      subject: 'Offer',
      text: 'Hello.',
      messageId: '<offer@example.test>',
    });
    const credential = (): Promise<{ password: string }> => Promise.resolve({ password: dovecot.password });
    const mailbox = openImapMailbox({ host: dovecot.host, port: dovecot.port, secure: false, user, credential });
    try {
      const cursor = await mailbox.openingCursor(new Date(0));
      const answer = await until('an answer', async () => (await mailbox.changesSince(cursor, 10)).messages[0]);
      const report = await mailbox.readReport(answer.reference);
      return { answer, status: Buffer.from(report?.status ?? []).toString('latin1') };
    } finally {
      await mailbox.close();
    }
  }

  it('answer with a vacation notice that names the mail', async () => {
    const { answer } = await answerTo('away@example.org', AWAY);
    expect(fieldValue(answer.fields, 'Auto-Submitted')).to.contain('auto-replied (vacation)');
    expect(fieldValue(answer.fields, 'In-Reply-To')).to.equal('<offer@example.test>');
  });

  it('answer with a refusal that names the mail in its second part', async () => {
    const { status } = await answerTo('refuses@example.org', REFUSE);
    expect(status).to.contain('Original-Message-ID: <offer@example.test>').and.to.contain('deleted');
  });

  it('report a failure at once when the next hop refuses the recipient', async () => {
    const { answer, status } = await answerTo(`nobody@${BOUNCING_DOMAIN}`);
    expect(fieldValue(answer.fields, 'Content-Type')).to.contain('delivery-status');
    expect(status).to.contain('Action: failed').and.to.contain('Status: 5.1.1');
  });

  it('report a delay before they give up', async () => {
    const { status } = await answerTo(`somebody@${SLOW_DOMAIN}`);
    expect(status).to.contain('Action: delayed');
  });
});
