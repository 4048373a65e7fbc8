import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { createAnswer, type RecordedRequest } from './answer.ts';
import { answerWithFault, type Fault } from './fault.ts';
import type { StoredMessage } from './mailbox-state.ts';
import { createPlan } from './plan.ts';
import { createPostOffice, messageOf } from './post-office.ts';
import { DEFAULT_COSTS, type QuotaCosts } from './quota.ts';
import type { Header } from './raw-message.ts';
import type { MessageIdRewriting } from './send-message.ts';

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
  const office = createPostOffice(options);
  const plan = createPlan();
  const requests: RecordedRequest[] = [];
  const violations: string[] = [];
  const answer = createAnswer({
    office,
    plan,
    costs: { ...DEFAULT_COSTS, ...options.costs },
    recordRequest: (request) => requests.push(request),
    recordViolation: (violation) => violations.push(violation),
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
    mailbox: (address, grant) => office.grant(address, grant),
    deliver: (address, message, delivery) => office.deliver(address, [message], delivery)[0]!,
    deliverTogether: (address, messages, delivery) => office.deliver(address, messages, delivery),
    send: (address, message, threadId) => office.send(office.mailboxOf(address), messageOf(message), threadId),
    relabel: (address, id, change) => {
      if (office.mailboxOf(address).relabel(id, change) === undefined)
        throw new Error(`${address} has no message ${id}.`);
    },
    remove: (address, id) => office.mailboxOf(address).remove(id),
    messages: (address) => [...office.mailboxOf(address).messages.values()],
    expireHistory: (address) => office.mailboxOf(address).expireHistory(),
    revoke: (address) => office.revoke(address),
    failNext: (fault, when) => plan.failNext(fault, when),
    afterNext: (method, action) => plan.afterNext(method, action),
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
