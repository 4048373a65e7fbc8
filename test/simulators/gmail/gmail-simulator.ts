import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { createAnswer, type Grant, type RecordedRequest } from './answer.ts';
import { answerWithFault, type Fault } from './fault.ts';
import { createMailboxState, type MailboxState, type StoredMessage } from './mailbox-state.ts';
import { createQuota, DEFAULT_COSTS, DEFAULT_UNITS_PER_MINUTE, type QuotaCosts } from './quota.ts';
import { parseRawMessage, type Header, type RawMessage } from './raw-message.ts';
import { parseScopes } from './scopes.ts';
import { sendMessage, type MessageIdRewriting } from './send-message.ts';

export interface GmailSimulatorOptions {
  /** Default: any free port. */
  readonly port?: number;
  /** Default: the clock of the machine. */
  readonly now?: () => Date;
  /** Default `drop`, the least kind of what Gmail has been seen to do. */
  readonly rewriting?: MessageIdRewriting;
  /** Units that one user may spend in a minute; default 6,000. */
  readonly unitsPerMinute?: number;
  /** Costs that differ from `DEFAULT_COSTS`. */
  readonly costs?: QuotaCosts;
}

export interface DeliveryOptions {
  /** Default INBOX and UNREAD. */
  readonly labels?: readonly string[];
  /** internalDate; default now. */
  readonly receivedAt?: Date;
}

/** A whole message as text, or its header fields alone. */
export type Delivered = string | readonly Header[];

/** A Gmail of its own on 127.0.0.1, and the hands of everybody else on it: senders, filters, the user, the admin. */
export interface GmailSimulator {
  /** For the client option of the same name; ends with a slash. */
  readonly rootUrl: string;
  /** Every call that reached the API, in order, faults included. */
  readonly requests: readonly RecordedRequest[];
  /** What was asked for beyond header fields, and what the API does not know. */
  readonly violations: readonly string[];
  /** Creates a mailbox, or gives an existing one a new grant in place of the former ones. */
  mailbox(address: string, grant: { readonly token: string; readonly scopes: readonly string[] }): void;
  /** Puts a message into a mailbox as it arrives from outside. */
  deliver(address: string, message: Delivered, options?: DeliveryOptions): StoredMessage;
  /** Several messages in one history record. */
  deliverTogether(address: string, messages: readonly Delivered[], options?: DeliveryOptions): StoredMessage[];
  /** What users.messages.send does, without its quota. */
  send(address: string, message: Delivered, threadId?: string): StoredMessage;
  relabel(address: string, id: string, change: { add?: readonly string[]; remove?: readonly string[] }): void;
  /** Deletes a message for good; false when it is not there. */
  remove(address: string, id: string): boolean;
  messages(address: string): readonly StoredMessage[];
  /** From now on every history id handed out so far is out of date. */
  expireHistory(address: string): void;
  /** From now on every token of the mailbox is refused. */
  revoke(address: string): void;
  /** Lets the next calls, or those of one method (`users.messages.get`), go wrong. */
  failNext(fault: Fault, when?: { readonly method?: string; readonly times?: number }): void;
  /** Runs once after the next answer of a method has been made, before it is sent. */
  afterNext(method: string, action: () => void): void;
  close(): Promise<void>;
}

export async function startGmailSimulator(options: GmailSimulatorOptions = {}): Promise<GmailSimulator> {
  const now = options.now ?? ((): Date => new Date());
  const mailboxes = new Map<string, MailboxState>();
  const grants = new Map<string, Grant>();
  const requests: RecordedRequest[] = [];
  const violations: string[] = [];
  const faults: { fault: Fault; method: string | undefined; left: number }[] = [];
  const actions: { method: string; action: () => void }[] = [];
  let messageCount = 0;

  const nextMessageId = (): string => (0x18c0_0000_0000_0000n + BigInt(++messageCount)).toString(16);
  const mailboxOf = (address: string): MailboxState => {
    const found = mailboxes.get(address.toLowerCase());
    if (found === undefined) throw new Error(`The Gmail simulator has no mailbox ${address}.`);
    return found;
  };
  const send = (sender: MailboxState, raw: RawMessage, threadId: string | undefined): StoredMessage => {
    const messageId = `<CA+${nextMessageId()}@mail.gmail.com>`;
    return sendMessage(raw, threadId, {
      sender,
      mailboxes,
      rewriting: options.rewriting ?? 'drop',
      sentAt: now(),
      messageId,
    });
  };
  const deliverTogether = (
    address: string,
    messages: readonly Delivered[],
    { labels = ['INBOX', 'UNREAD'], receivedAt = now() }: DeliveryOptions = {},
  ): StoredMessage[] =>
    mailboxOf(address).add(...messages.map((message) => ({ message: messageOf(message), labels, receivedAt })));

  const answer = createAnswer({
    grants,
    costs: { ...DEFAULT_COSTS, ...options.costs },
    send,
    recordRequest: (request) => requests.push(request),
    recordViolation: (violation) => violations.push(violation),
    takeFault: (method) => {
      const planned = faults.find((entry) => entry.left > 0 && (entry.method ?? method) === method);
      if (planned !== undefined) planned.left -= 1;
      return planned?.fault;
    },
    takeAction: (method) => {
      const index = actions.findIndex((entry) => entry.method === method);
      return index === -1 ? undefined : actions.splice(index, 1)[0]!.action;
    },
  });
  const server = createServer((request, response) => {
    void answer(request).then((made) => {
      if ('fault' in made) return answerWithFault(made.fault, response);
      response.writeHead(made.status, { 'content-type': made.contentType }).end(made.body);
    });
  }).listen(options.port ?? 0, '127.0.0.1');
  await once(server, 'listening');

  return {
    rootUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    requests,
    violations,
    mailbox: (address, { token, scopes }) => {
      const key = address.toLowerCase();
      const state = mailboxes.get(key) ?? createMailboxState(key, nextMessageId);
      mailboxes.set(key, state);
      revoke(grants, key);
      const quota = createQuota(options.unitsPerMinute ?? DEFAULT_UNITS_PER_MINUTE, now);
      grants.set(token, { mailbox: state, scopes: parseScopes(scopes), quota });
    },
    deliver: (address, message, delivery) => deliverTogether(address, [message], delivery)[0]!,
    deliverTogether,
    send: (address, message, threadId) => send(mailboxOf(address), messageOf(message), threadId),
    relabel: (address, id, change) => {
      if (mailboxOf(address).relabel(id, change) === undefined) throw new Error(`${address} has no message ${id}.`);
    },
    remove: (address, id) => mailboxOf(address).remove(id),
    messages: (address) => [...mailboxOf(address).messages.values()],
    expireHistory: (address) => mailboxOf(address).expireHistory(),
    revoke: (address) => revoke(grants, address.toLowerCase()),
    failNext: (fault, { method, times = 1 } = {}) => void faults.push({ fault, method, left: times }),
    afterNext: (method, action) => void actions.push({ method, action }),
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

function messageOf(message: Delivered): RawMessage {
  return typeof message === 'string' ? parseRawMessage(message) : { headers: message, body: '' };
}

function revoke(grants: Map<string, Grant>, address: string): void {
  for (const [token, { mailbox }] of grants) if (mailbox.address === address) grants.delete(token);
}
