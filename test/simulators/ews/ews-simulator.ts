import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import { createAuthentication, type Account, type Scheme } from './authentication.ts';
import { EwsError } from './ews-error.ts';
import { sendSpoilt, type Fault, type SpoiltAnswer } from './fault.ts';
import { createMailboxState, type Item, type MailboxState } from './mailbox-state.ts';
import { folderNotFound, OPERATIONS, type ResponseMessages, type ServerHabits } from './operations.ts';
import { madeUpMessages, parseRawMessage } from '../raw-message.ts';
import { parseRequest, type EwsRequest } from './request.ts';
import { createEventStreams, type StreamHabits } from './stream-events.ts';
import { createSubscriptions, type SubscriptionHabits } from './subscriptions.ts';
import { element, text, writeDocument, type Element, type PrefixStyle } from './xml.ts';

/** How the simulated server differs from another one that follows the same schema. The defaults are Exchange's. */
export interface EwsSimulatorOptions extends Partial<ServerHabits & StreamHabits & SubscriptionHabits> {
  /** Default: any free port. */
  readonly port?: number;
  /** Default Basic and NTLM, as Exchange Server offers. */
  readonly schemes?: readonly Scheme[];
  readonly prefixes?: PrefixStyle;
  /** Every text in a CDATA section. */
  readonly cdata?: boolean;
}

export interface RecordedRequest {
  readonly operation: string;
  readonly impersonated: string | undefined;
  readonly body: EwsRequest['body'];
}

export interface DeliveryOptions {
  /** A distinguished id, or the id of a folder; default `inbox`. */
  readonly folder?: string;
  /** DateTimeReceived; default now. */
  readonly receivedAt?: Date;
  readonly isRead?: boolean;
  readonly isDraft?: boolean;
}

/** An Exchange Web Service on 127.0.0.1, and the hands of everybody else on it: senders, filters, owners, the admin. */
export interface EwsSimulator {
  readonly url: string;
  readonly host: string;
  /** Every call that was let in, in order, faults included. */
  readonly requests: readonly RecordedRequest[];
  /** What was asked for beyond header fields, and what is not simulated. */
  readonly violations: readonly string[];
  /** Open GetStreamingEvents calls. */
  readonly openStreams: number;
  readonly subscriptions: number;
  /** Creates a mailbox and an account that reads it. */
  mailbox(address: string, account?: Partial<Omit<Account, 'address'>>, aliases?: readonly string[]): MailboxState;
  /** Creates an account without a mailbox of its own reading. */
  account(account: Account): void;
  deliver(address: string, raw: string, options?: DeliveryOptions): Item;
  /**
   * Puts many messages into the inbox, made up by their number whenever one is looked at. Requests are not recorded any
   * more from then on: the record itself would grow without end.
   */
  fill(address: string, count: number, write: (number: number) => string): void;
  addFolder(address: string, name: string, parent?: string): string;
  state(address: string): MailboxState;
  /** From now on no account opens this mailbox. */
  revoke(address: string): void;
  /** Lets the server forget its subscriptions, as a restart does. */
  forgetSubscriptions(): void;
  breakStreams(): void;
  failNext(fault: Fault, when?: { readonly operation?: string; readonly times?: number }): void;
  /** Runs once after the next answer of an operation has been made, before it is sent. */
  afterNext(operation: string, action: () => void): void;
  close(): Promise<void>;
}

const PATH = '/EWS/Exchange.asmx';
const LONGEST_REQUEST = 1024 * 1024;
const DEFAULTS = {
  ...{ sentHeaders: false, newestFirst: false, mostChanges: 512, sparse: false, shuffled: false },
  aliases: false,
  ...{ minuteMs: 60_000, heartbeatMs: 45_000, chunkBytes: Infinity, connections: 3 },
  ...{ watermarks: true, eventDelayMs: 0, streaming: true, pull: true },
};
/** What changes a mailbox, sends, or reads more than one message's header: none of it is simulated. */
const CHANGES = /^(?:Create|Update|Delete|Move|Copy|Send|MarkAll|MarkAs|Empty|Archive|Upload|Export|GetAttachment)/;

interface Planned {
  readonly fault: Fault;
  readonly operation: string | undefined;
  times: number;
}

export async function startEwsSimulator(options: EwsSimulatorOptions = {}): Promise<EwsSimulator> {
  const habits = { ...DEFAULTS, ...options };
  const { prefixes = 's', cdata = false, schemes = ['Basic', 'NTLM'] } = options;
  const mailboxes = new Map<string, MailboxState>();
  let accounts: Account[] = [];
  const requests: RecordedRequest[] = [];
  const violations: string[] = [];
  let recorded = true;
  const planned: Planned[] = [];
  const afterwards = new Map<string, () => void>();
  const authenticate = createAuthentication(() => accounts, schemes);
  const subscriptions = createSubscriptions(habits);
  const streams = createEventStreams(subscriptions, habits);
  const recordViolation = (words: string): void => void violations.push(words);
  const envelope = (body: Element): string => writeDocument(soapEnvelope(body), { style: prefixes, cdata });

  function takeFault(operation: string): Fault | undefined {
    const index = planned.findIndex((plan) => plan.operation === undefined || plan.operation === operation);
    if (index < 0) return undefined;
    const plan = planned[index]!;
    plan.times -= 1;
    if (plan.times === 0) planned.splice(index, 1);
    return plan.fault;
  }

  function mailboxFor(account: Account, impersonated: string | undefined): MailboxState {
    const address = (impersonated ?? account.address).toLowerCase();
    const may = account.impersonates === 'all' || account.impersonates.includes(address);
    if (impersonated !== undefined && !may) {
      const words = 'The account does not have permission to impersonate the requested user.';
      throw new EwsError('ErrorImpersonateUserDenied', words, { asFault: true });
    }
    const mailbox = mailboxes.get(address);
    if (mailbox !== undefined) return mailbox;
    throw nonExistent();
  }

  /** A mailbox that a folder is named in, for whoever calls as the owner of his own. */
  function mailboxNamed(name: string, own: MailboxState, delegateOf: readonly string[]): MailboxState {
    const address = name.toLowerCase();
    const mailbox = [...mailboxes.values()].find((one) => one.address === address || one.aliases.includes(address));
    if (mailbox === undefined) throw nonExistent();
    if (mailbox.address !== address && !habits.aliases) {
      const words = 'The primary SMTP address must be specified when referencing a mailbox.';
      throw new EwsError('ErrorNonPrimarySmtpAddress', words, { asFault: true });
    }
    if (mailbox === own || delegateOf.includes(mailbox.address)) return mailbox;
    throw folderNotFound();
  }

  function run(request: EwsRequest, account: Account, mailbox: MailboxState): ResponseMessages {
    const { operation, body, impersonated } = request;
    const delegateOf = impersonated === undefined ? (account.delegateOf ?? []) : [];
    const mailboxOf = (address: string): MailboxState => mailboxNamed(address, mailbox, delegateOf);
    if (operation === 'Subscribe') return [subscriptions.subscribe(body, mailbox)];
    if (operation === 'Unsubscribe') return [subscriptions.unsubscribe(body)];
    if (operation === 'GetEvents') return [subscriptions.events(body)];
    const perform = OPERATIONS[operation];
    if (perform !== undefined) return perform(body, { mailbox, mailboxOf, habits, recordViolation });
    recordViolation(CHANGES.test(operation) ? `${operation} changes a mailbox` : `not simulated: ${operation}`);
    throw new EwsError('ErrorInvalidRequest', `${operation} is not simulated.`, { asFault: true });
  }

  async function answer(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    if (incoming.url !== PATH || incoming.method !== 'POST') return void response.writeHead(404).end();
    const xml = await bodyOf(incoming);
    const admission = authenticate(incoming);
    if ('challenges' in admission) {
      response.writeHead(401, { 'www-authenticate': [...admission.challenges] }).end();
      return;
    }
    let spoilt: SpoiltAnswer | undefined;
    let operation = 'Unknown';
    try {
      const request = parseRequest(xml);
      const { impersonated, body } = request;
      ({ operation } = request);
      if (recorded) requests.push({ operation, impersonated, body });
      const fault = takeFault(operation);
      if (fault !== undefined && !isSpoilt(fault)) return sendFault(fault, operation, response);
      spoilt = fault;
      const mailbox = mailboxFor(admission.account, impersonated);
      if (operation === 'GetStreamingEvents') {
        const write = (message: readonly Element[]): string => envelope(soapResponse(operation, [message]));
        return streams.open(body, admission.account.user, response, write);
      }
      const made = envelope(soapResponse(operation, run(request, admission.account, mailbox)));
      afterwards.get(operation)?.();
      afterwards.delete(operation);
      if (spoilt !== undefined) sendSpoilt(spoilt, made, response);
      else sendXml(200, made, response);
    } catch (error) {
      sendError(error instanceof EwsError ? error : defect(error, recordViolation), operation, response);
    }
  }

  function sendFault(fault: Exclude<Fault, SpoiltAnswer>, operation: string, response: ServerResponse): void {
    switch (fault.kind) {
      case 'error':
        return sendError(fault.error, operation, response, fault.retryAfter);
      case 'answer':
        response.writeHead(fault.status, { 'content-type': fault.contentType, ...fault.headers }).end(fault.body);
        return;
      case 'reset':
        response.socket?.resetAndDestroy();
        return;
      case 'silence':
        return;
    }
  }

  function sendError(error: EwsError, operation: string, response: ServerResponse, retryAfter?: string): void {
    const headers = retryAfter === undefined ? {} : { 'retry-after': retryAfter };
    if (error.asFault) sendXml(500, envelope(soapFault(error)), response, headers);
    else sendXml(200, envelope(soapResponse(operation, [error])), response, headers);
  }

  const server = createServer((incoming, response) => void answer(incoming, response).catch(() => response.destroy()));
  server.listen(options.port ?? 0, '127.0.0.1');
  await once(server, 'listening');
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const state = (address: string): MailboxState => {
    const found = mailboxes.get(address.toLowerCase());
    if (found === undefined) throw new Error(`The EWS simulator has no mailbox ${address}.`);
    return found;
  };

  return {
    ...{ url: `http://${host}${PATH}`, host, requests, violations, state },
    get openStreams() {
      return streams.count;
    },
    get subscriptions() {
      return subscriptions.count;
    },
    mailbox: (address, account = {}, aliases = []) => {
      const mailbox = createMailboxState(address.toLowerCase(), aliases);
      mailboxes.set(mailbox.address, mailbox);
      accounts.push({ user: address, password: 'secret', impersonates: [], ...account, address: mailbox.address });
      return mailbox;
    },
    account: (account) => void accounts.push(account),
    deliver: (address, raw, { folder = 'inbox', receivedAt = new Date(), isRead = false, isDraft = false } = {}) => {
      const mailbox = state(address);
      const place = mailbox.folderOf(folder);
      if (place === undefined) throw new Error(`${address} has no folder ${folder}.`);
      return mailbox.add(place.id, { message: parseRawMessage(raw), receivedAt, isRead, isDraft });
    },
    fill: (address, count, write) => {
      recorded = false;
      const mailbox = state(address);
      const inbox = mailbox.folderOf('inbox')!.id;
      for (const made of madeUpMessages(count, write, new Date())) {
        mailbox.add(inbox, { ...made, isRead: false, isDraft: false });
      }
    },
    addFolder: (address, name, parent = 'msgfolderroot') => {
      const mailbox = state(address);
      return mailbox.addFolder(name, mailbox.folderOf(parent)!.id, 'IPF.Note').id;
    },
    revoke: (address) => {
      accounts = accounts.filter((account) => account.address !== address.toLowerCase());
    },
    forgetSubscriptions: () => subscriptions.forget(),
    breakStreams: () => streams.breakOff(),
    failNext: (fault, { operation, times = 1 } = {}) => void planned.push({ fault, operation, times }),
    afterNext: (operation, action) => void afterwards.set(operation, action),
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

function nonExistent(): EwsError {
  const words = 'The SMTP address has no mailbox associated with it.';
  return new EwsError('ErrorNonExistentMailbox', words, { asFault: true });
}

function isSpoilt(fault: Fault): fault is SpoiltAnswer {
  return fault.kind === 'half' || fault.kind === 'broken-off' || fault.kind === 'late';
}

function defect(error: unknown, recordViolation: (words: string) => void): EwsError {
  const words = error instanceof Error ? error.message : String(error);
  recordViolation(words);
  return new EwsError('ErrorInternalServerError', words, { asFault: true });
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > LONGEST_REQUEST) throw new Error('The request is too long.');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

function sendXml(status: number, xml: string, response: ServerResponse, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'content-type': 'text/xml; charset=utf-8', ...headers }).end(xml);
}

const VERSION = { MajorVersion: '15', MinorVersion: '2', MajorBuildNumber: '1544', MinorBuildNumber: '4' };

function soapEnvelope(body: Element): Element {
  const header = element('s:Header', {}, element('t:ServerVersionInfo', VERSION));
  return element('s:Envelope', {}, header, element('s:Body', {}, body));
}

function soapResponse(operation: string, messages: ResponseMessages): Element {
  const written = messages.map((message) =>
    message instanceof EwsError
      ? responseMessage(operation, 'Error', message)
      : element(
          `m:${operation}ResponseMessage`,
          { ResponseClass: 'Success' },
          text('m:ResponseCode', 'NoError'),
          ...message,
        ),
  );
  return element(`m:${operation}Response`, {}, element('m:ResponseMessages', {}, ...written));
}

function responseMessage(operation: string, ResponseClass: string, error: EwsError): Element {
  const { subscriptionIds: ids } = error;
  const ended =
    ids.length > 0
      ? element('m:ErrorSubscriptionIds', {}, ...ids.map((id) => text('t:SubscriptionId', id)))
      : undefined;
  return element(
    `m:${operation}ResponseMessage`,
    { ResponseClass },
    text('m:MessageText', error.message),
    text('m:ResponseCode', error.code),
    text('m:DescriptiveLinkKey', '0'),
    backOff(error, 'm:MessageXml'),
    ended,
  );
}

function backOff({ backOffMs }: EwsError, name: 't:MessageXml' | 'm:MessageXml'): Element | undefined {
  if (backOffMs === undefined) return undefined;
  return element(name, {}, element('t:Value', { Name: 'BackOffMilliseconds' }, String(backOffMs)));
}

/** A fault of SOAP 1.1, whose details name the response code ([MS-OXWSCDATA] section 2.2.3.6). */
function soapFault(error: EwsError): Element {
  const details = element(
    ':detail',
    {},
    text('e:ResponseCode', error.code),
    text('e:Message', error.message),
    backOff(error, 't:MessageXml'),
  );
  return element('s:Fault', {}, text(':faultcode', `s:${error.code}`), text(':faultstring', error.message), details);
}
