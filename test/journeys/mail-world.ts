import { randomUUID } from 'node:crypto';

import { mail } from '../contract/sample-mail.ts';
import { startDovecot, type Dovecot } from '../servers/dovecot.ts';
import { openImapAccount, type ImapAccount } from '../servers/imap-account.ts';
import { startPostfix, type Postfix } from '../servers/postfix.ts';
import { requireServer } from '../servers/require-server.ts';
import { sendMail } from '../servers/send-mail.ts';
import { connectMailbox, startConnector, type ConnectorProcess } from './connector-process.ts';
import { startSalesStage, type SalesStage } from './sales-stage.ts';

/** A mail on its way: who wrote it to whom, and what it answers. Message-IDs are with angle brackets. */
export interface Letter {
  readonly from?: string;
  readonly to?: string;
  readonly cc?: string;
  readonly subject?: string;
  readonly inReplyTo?: string;
  readonly extra?: readonly string[];
}

/**
 * A rep with a mailbox on a real Dovecot, prospects who are reached through a real Postfix, and a local org with the
 * package in it.
 */
export interface MailStage extends SalesStage {
  readonly dovecot: Dovecot;
  readonly rep: { readonly address: string; readonly userId: string; readonly mailbox: ImapAccount };
  /** The rep writes: handed to Postfix and kept in Sent, as a mail program does. Gives the Message-ID. */
  repWrites(letter: Letter): Promise<string>;
  /** Somebody writes to the rep, through Postfix. Gives the Message-ID. */
  somebodyWrites(letter: Letter): Promise<string>;
}

/** The stage with the connector on it, as a process of its own. */
export interface MailWorld extends MailStage {
  readonly connector: ConnectorProcess;
  restartConnector(how: 'stop' | 'kill', meanwhile?: () => Promise<void>): Promise<void>;
  /** Waits until everything that has been written to the rep by now has been read and delivered. */
  settled(): Promise<void>;
}

const newId = (domain: string): string => `<${randomUUID()}@${domain}>`;

/** Skips the suite, or fails it where they are required, when the real servers are not there. */
export async function startMailStage(context: Mocha.Context): Promise<MailStage> {
  requireServer(context, 'dovecot');
  requireServer(context, 'postfix');
  const dovecot = await startDovecot();
  const postfix = await startPostfix();
  const address = `rep.${randomUUID().slice(0, 8)}@example.test`;
  const stage = await startSalesStage(address);
  const mailbox = await openImapAccount(dovecot, address);
  return {
    ...stage,
    dovecot,
    rep: { address, userId: stage.userId, mailbox },
    repWrites: (letter) => repWrites(postfix, mailbox, address, letter),
    somebodyWrites: (letter) => somebodyWrites(postfix, address, letter),
    close: async () => {
      await mailbox.close();
      await stage.close();
    },
  };
}

/**
 * The connector keeps its place in the embedded database, or in the PostgreSQL database whose URL is given. Skips as
 * the stage does.
 */
export async function startMailWorld(context: Mocha.Context, databaseUrl?: string): Promise<MailWorld> {
  const stage = await startMailStage(context);
  const { dovecot, rep } = stage;
  const variables = { ...stage.variables, ...(databaseUrl !== undefined && { DATABASE_URL: databaseUrl }) };
  const { host, port, password } = dovecot;
  await connectMailbox(variables, {
    settings: { provider: 'imap', address: rep.address, host, port, secure: false },
    credential: { kind: 'password', password },
  });
  let connector = await startConnector(variables);
  const tasks: MailStage['tasks'] = (prospect, count) => stage.tasks(prospect, count, () => connector.log());
  return {
    ...stage,
    tasks,
    get connector() {
      return connector;
    },
    restartConnector: async (how, meanwhile) => {
      await connector[how]();
      await meanwhile?.();
      connector = await startConnector(variables);
    },
    settled: async () => {
      const control = await stage.enrol();
      const sent = await stage.repWrites({ to: control.address });
      await stage.somebodyWrites({ from: control.address, inReplyTo: sent });
      await tasks(control, 1);
    },
    close: async () => {
      await connector.stop();
      await stage.close();
    },
  };
}

const addressOf = (field: string): string => /<([^>]+)>/.exec(field)?.[1] ?? field;

async function repWrites(postfix: Postfix, mailbox: ImapAccount, rep: string, letter: Letter): Promise<string> {
  const id = newId('example.test');
  const to = letter.to ?? 'nobody@example.org';
  const raw = rawLetter(id, { ...letter, from: `Rep <${rep}>`, to });
  await mailbox.append(raw, { folder: 'Sent', flags: ['\\Seen'] });
  const recipients = [to, letter.cc].filter((field) => field !== undefined).map(addressOf);
  await sendMail(postfix, { raw, envelope: { from: rep, to: recipients } });
  return id;
}

async function somebodyWrites(postfix: Postfix, rep: string, letter: Letter): Promise<string> {
  const from = letter.from ?? 'somebody@example.net';
  const id = newId(addressOf(from).split('@')[1] ?? 'example.net');
  const raw = rawLetter(id, { to: `Rep <${rep}>`, ...letter, from });
  await sendMail(postfix, { raw, envelope: { from: addressOf(from), to: [rep] } });
  return id;
}

function rawLetter(id: string, { from, to, cc, subject, inReplyTo, extra = [] }: Letter): string {
  return mail({
    id,
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
    ...(subject !== undefined && { subject }),
    ...(inReplyTo !== undefined && { inReplyTo }),
    extra: [...(cc === undefined ? [] : [`Cc: ${cc}`]), ...extra],
  });
}
