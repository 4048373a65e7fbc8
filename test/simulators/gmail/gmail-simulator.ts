import { once } from 'node:events';
import type { KeyObject } from 'node:crypto';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import { createAnswer, type MadeAnswer, type RecordedRequest } from './answer.ts';
import { answerWithFault, type Fault } from './fault.ts';
import type { StoredMessage } from './mailbox-state.ts';
import { createGoogleAccounts, type DesktopClient } from './oauth/google-accounts.ts';
import { AUTHORIZATION_PATH, createOauthServer, TOKEN_PATH } from './oauth/oauth-server.ts';
import { createPlan } from '../plan.ts';
import { createPostOffice, messageOf } from './post-office.ts';
import { createPubsub, type Pubsub } from './pubsub.ts';
import { DEFAULT_COSTS, type QuotaCosts } from './quota.ts';
import { madeUpMessages, type Header } from '../raw-message.ts';
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
  /** How long an access token lives that the token endpoint issues; default 3,599 seconds. */
  readonly tokenSeconds?: number;
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
  /** The authorization endpoint, to be opened by a browser. */
  readonly authUrl: string;
  readonly tokenUrl: string;
  /** Where the keys are by which tokens of push subscriptions are verified. */
  readonly certificatesUrl: string;
  /** Google Cloud Pub/Sub in the project of the credentials, `projects/replies`. */
  readonly pubsub: Omit<Pubsub, 'watch' | 'stop' | 'changed' | 'close'>;
  /** Every call that reached the API, in order, faults included. */
  readonly requests: readonly RecordedRequest[];
  /** What was asked for beyond header fields, and what the API does not know. */
  readonly violations: readonly string[];
  /** Creates a mailbox, or gives an existing one a new grant in place of the former ones. */
  mailbox(address: string, grant: { readonly token: string; readonly scopes: readonly string[] }): void;
  /** Puts a message into a mailbox as it arrives from outside. */
  deliver(address: string, message: Delivered, options?: DeliveryOptions): StoredMessage;
  /**
   * Puts many messages into the inbox, made up by their number whenever one is looked at. Requests are not recorded any
   * more from then on: the record itself would grow without end.
   */
  fill(address: string, count: number, write: (number: number) => string): void;
  /** Several messages in one history record. */
  deliverTogether(address: string, messages: readonly Delivered[], options?: DeliveryOptions): StoredMessage[];
  /** What users.messages.send does, without its quota. */
  send(address: string, message: Delivered, threadId?: string): StoredMessage;
  relabel(address: string, id: string, change: { add?: readonly string[]; remove?: readonly string[] }): void;
  /** Makes a label of the user's own, or gives it another name. */
  label(address: string, label: { readonly id: string; readonly name: string }): void;
  /** Deletes a message for good; false when it is not there. */
  remove(address: string, id: string): boolean;
  messages(address: string): readonly StoredMessage[];
  /** From now on every history id handed out so far is out of date. */
  expireHistory(address: string): void;
  /** From now on every access token and every refresh token of the mailbox is refused. */
  revoke(address: string): void;
  /** Lets every access token of the mailbox end before its time; refresh tokens stay. */
  endAccessTokens(address: string): void;
  /** Lets a user exist who has no Gmail. */
  userWithoutMail(address: string): void;
  /** Whether the project of the credentials has the Gmail API enabled; it has from the start. */
  enableApi(enabled: boolean): void;
  /** Registers an OAuth client of the type "Desktop app". */
  desktopClient(client: DesktopClient): void;
  /** Creates a service account with one key; `delegatedScopes` is what the admin of every user here allows it. */
  serviceAccount(account: ServiceAccountSetup): void;
  /** A refresh token as a user got it from an earlier consent. */
  refreshToken(address: string, consent: { readonly clientId: string; readonly scopes: readonly string[] }): string;
  /** Lets the next calls, or those of one method (`users.messages.get`), go wrong. */
  failNext(fault: Fault, when?: { readonly method?: string; readonly times?: number }): void;
  /** Runs once after the next answer of a method has been made, before it is sent. */
  afterNext(method: string, action: () => void): void;
  close(): Promise<void>;
}

export interface ServiceAccountSetup {
  readonly clientEmail: string;
  readonly clientId: string;
  readonly privateKeyId: string;
  readonly publicKey: KeyObject;
  /** Full addresses. */
  readonly delegatedScopes: readonly string[];
}

export async function startGmailSimulator(options: GmailSimulatorOptions = {}): Promise<GmailSimulator> {
  const now = options.now ?? ((): Date => new Date());
  const pubsub = createPubsub(PROJECT, now);
  const office = createPostOffice(options, (mailbox, labelIds) => pubsub.changed(mailbox, labelIds));
  const plan = createPlan<Fault>();
  const requests: RecordedRequest[] = [];
  const violations: string[] = [];
  let recorded = true;
  const answer = createAnswer({
    office,
    pubsub,
    plan,
    costs: { ...DEFAULT_COSTS, ...options.costs },
    recordRequest: (request) => void (recorded && requests.push(request)),
    recordViolation: (violation) => violations.push(violation),
  });
  const accounts = createGoogleAccounts();
  const oauth = createOauthServer({
    accounts,
    now,
    expiresIn: options.tokenSeconds ?? TOKEN_SECONDS,
    hasUser: (address) => office.hasUser(address),
    issueAccessToken: (address, scopes) => office.issue(address, scopes, options.tokenSeconds ?? TOKEN_SECONDS),
  });
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://127.0.0.1');
    if (pathname === CERTIFICATES_PATH) return answerCertificates(response, pubsub);
    const name = OAUTH_NAMES.get(pathname);
    if (name === undefined) {
      void answer(request).then((made) => finish(response, made, now()));
      return;
    }
    requests.push({ method: name, userId: '', id: '', query: new URLSearchParams() });
    const fault = plan.takeFault(name);
    void (fault === undefined ? oauth(request) : Promise.resolve({ fault })).then((made) =>
      finish(response, made, now()),
    );
  }).listen(options.port ?? 0, '127.0.0.1');
  await once(server, 'listening');

  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    rootUrl: `${origin}/`,
    authUrl: `${origin}${AUTHORIZATION_PATH}`,
    tokenUrl: `${origin}${TOKEN_PATH}`,
    certificatesUrl: `${origin}${CERTIFICATES_PATH}`,
    requests,
    violations,
    pubsub,
    mailbox: (address, grant) => office.grant(address, grant),
    deliver: (address, message, delivery) => office.deliver(address, [message], delivery)[0]!,
    fill: (address, count, write) => {
      recorded = false;
      const mailbox = office.mailboxOf(address);
      for (const made of madeUpMessages(count, write, now())) mailbox.add({ ...made, labels: ['INBOX'] });
    },
    deliverTogether: (address, messages, delivery) => office.deliver(address, messages, delivery),
    send: (address, message, threadId) => office.send(office.mailboxOf(address), messageOf(message), threadId),
    relabel: (address, id, change) => {
      if (office.mailboxOf(address).relabel(id, change) === undefined)
        throw new Error(`${address} has no message ${id}.`);
    },
    label: (address, { id, name }) => void office.mailboxOf(address).labels.set(id, name),
    remove: (address, id) => office.mailboxOf(address).remove(id),
    messages: (address) => [...office.mailboxOf(address).messages.values()],
    expireHistory: (address) => office.mailboxOf(address).expireHistory(),
    revoke: (address) => {
      office.revoke(address);
      accounts.withdraw(address);
    },
    endAccessTokens: (address) => office.revoke(address),
    userWithoutMail: (address) => office.addUserWithoutMail(address),
    enableApi: (enabled) => office.enableApi(enabled),
    desktopClient: (client) => void accounts.clients.set(client.clientId, client),
    serviceAccount: ({ privateKeyId, publicKey, ...account }) => {
      const publicKeys = new Map([[privateKeyId, publicKey]]);
      accounts.serviceAccounts.set(account.clientEmail, { ...account, publicKeys });
    },
    refreshToken: (address, consent) => accounts.issueRefreshToken({ address: address.toLowerCase(), ...consent }),
    failNext: (fault, when) => plan.failNext(fault, when),
    afterNext: (method, action) => plan.afterNext(method, action),
    close: async () => {
      pubsub.close();
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

const PROJECT = 'replies';
const CERTIFICATES_PATH = '/oauth2/v1/certs';

/** Google lets its keys be kept for hours. */
function answerCertificates(response: ServerResponse, pubsub: Pubsub): void {
  const headers = { 'content-type': 'application/json; charset=UTF-8', 'cache-control': 'public, max-age=20000' };
  response.writeHead(200, headers).end(JSON.stringify(pubsub.certificates()));
}

/** What Google's own endpoint says. */
const TOKEN_SECONDS = 3599;

/** The names under which `requests` and `failNext` know the endpoints of the authorization server. */
const OAUTH_NAMES: ReadonlyMap<string, string> = new Map([
  [AUTHORIZATION_PATH, 'oauth2.auth'],
  [TOKEN_PATH, 'oauth2.token'],
]);

function finish(response: ServerResponse, made: MadeAnswer | { readonly fault: Fault }, now: Date): void {
  if ('fault' in made) return answerWithFault(made.fault, response);
  const location = made.location === undefined ? {} : { location: made.location };
  const headers = { 'content-type': made.contentType, date: now.toUTCString(), ...location };
  response.writeHead(made.status, headers).end(made.body);
}
