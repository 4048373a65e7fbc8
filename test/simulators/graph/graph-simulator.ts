import { once } from 'node:events';
import type { KeyObject } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

import { createPlan } from '../plan.ts';
import { madeUpMessages, parseRawMessage } from '../raw-message.ts';
import { answerRequest, type AnswerContext, type MadeAnswer, type RecordedRequest } from './answer.ts';
import { answerBatch } from './batch.ts';
import { createDeltaTokens } from './delta.ts';
import { createDirectory, type Directory, type User } from './directory.ts';
import { answerWithFault, type Fault } from './fault.ts';
import type { MailboxState, MeetingMessageType, StoredMessage } from './mailbox-state.ts';
import { createApplications } from './oauth/applications.ts';
import { answerOauth, isOauthPath } from './oauth/oauth-server.ts';
import { createQuota } from './quota.ts';
import { createSubscriptions, type Subscriptions } from './subscriptions.ts';

export interface GraphSimulatorOptions {
  /** Default: any free port. */
  readonly port?: number;
  /** Default: the clock of the machine. */
  readonly now?: () => Date;
  /** Whether delta gives internetMessageHeaders when they are selected; default false, the less kind. */
  readonly headersInDelta?: boolean;
  /** Messages that a delta query with a filter gives at most; default 5,000. */
  readonly filterCap?: number;
  /** The largest page of delta; default 200. */
  readonly maxPageSize?: number;
  /** Requests to one mailbox in ten minutes; default 10,000. */
  readonly requestsPerTenMinutes?: number;
  /** Where a public address is reached from here, in place of the proxy that would pass requests on. */
  readonly reach?: (url: string) => string;
  /** Resources besides Graph for which the tenant issues tokens, such as an Exchange server; each ends with a slash. */
  readonly resources?: readonly string[];
  /** Default `replace`. */
  readonly rewriting?: 'replace' | 'keep';
  /** Whether a copy in Sent Items has header fields of its own; default false, the less kind. */
  readonly sentCopiesKeepHeaders?: boolean;
}

export interface DeliveryOptions {
  /** A well-known name or an id; default `inbox`. */
  readonly folder?: string;
  readonly receivedAt?: Date;
  readonly isRead?: boolean;
  readonly meetingMessageType?: MeetingMessageType;
}

export interface ApplicationSetup {
  readonly clientId: string;
  /** SHA-256 of the certificate in hex, as the Azure portal shows it, and its public key. */
  readonly certificate?: { readonly thumbprint: string; readonly publicKey: KeyObject };
  readonly roles?: readonly string[];
  readonly delegated?: readonly string[];
  /** The only mailboxes that it may read. */
  readonly mailboxes?: readonly string[];
}

export interface GraphSimulator {
  /** Ends with `/v1.0/`. */
  readonly rootUrl: string;
  /** The authority, without the tenant; ends with a slash. */
  readonly loginUrl: string;
  readonly tenantId: string;
  /** Calls in the order in which they came; the parts of a batch stand one by one behind it. */
  readonly requests: readonly RecordedRequest[];
  /** HTTP requests to Graph: a batch is one. */
  readonly httpRequests: number;
  /** Calls for more than header fields, for a change, or for what is not documented; empty for an honest reader. */
  readonly violations: readonly string[];
  readonly subscriptions: Subscriptions;
  /** A mailbox, opened by a token in place of former ones. */
  mailbox(
    address: string,
    access: { readonly token: string; readonly permissions: readonly string[]; readonly application?: boolean },
  ): void;
  user(address: string, options?: { readonly mailbox?: boolean }): User;
  state(address: string): MailboxState;
  application(setup: ApplicationSetup): void;
  /** A refresh token as a person got it from an earlier consent. */
  refreshToken(address: string, consent: { readonly clientId: string; readonly scopes: readonly string[] }): string;
  deliver(address: string, raw: string, options?: DeliveryOptions): StoredMessage;
  /**
   * Puts many messages into the inbox, made up by their number whenever one is looked at. Requests are not recorded any
   * more from then on: the record itself would grow without end.
   */
  fill(address: string, count: number, write: (number: number) => string): void;
  /** Ends the tokens of everybody, and the consents. */
  revoke(): void;
  /** Whether a token opens a resource besides Graph now. */
  opens(token: string, resource: string): boolean;
  /** Ends the access tokens alone. */
  endAccessTokens(): void;
  /** Makes every state token of a mailbox out of date. */
  expireDelta(address: string): void;
  headersInDelta(given: boolean): void;
  /** Lets the next calls, or those of one method (`message: delta`, `$batch`, `token`), go wrong. */
  failNext(fault: Fault, when?: { readonly method?: string; readonly times?: number }): void;
  /** Runs once after the next answer of a method has been made, before it is sent. */
  afterNext(method: string, action: () => void): void;
  close(): Promise<void>;
}

export async function startGraphSimulator(options: GraphSimulatorOptions = {}): Promise<GraphSimulator> {
  const now = options.now ?? ((): Date => new Date());
  const directory = createDirectory(now);
  const applications = createApplications();
  const plan = createPlan<Fault>();
  const deltas = createDeltaTokens(options.filterCap ?? 5000);
  const subscriptions = createSubscriptions(directory.tenantId, now, options.reach ?? ((url) => url));
  const requests: RecordedRequest[] = [];
  const violations: string[] = [];
  let headersInDelta = options.headersInDelta ?? false;
  let httpRequests = 0;
  let recorded = true;
  const server = createServer((request, response) => {
    void handle(request, response).catch((error: unknown) => {
      violations.push(error instanceof Error ? error.message : String(error));
      response.destroy();
    });
  });
  server.listen(options.port ?? 0, '127.0.0.1');
  await once(server, 'listening');
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const context: AnswerContext = {
    ...{ directory, deltas, subscriptions, plan },
    post: {
      ...{ directory, now, rewriting: options.rewriting ?? 'replace' },
      sentCopiesKeepHeaders: options.sentCopiesKeepHeaders ?? false,
    },
    rootUrl: `${origin}/v1.0/`,
    headersInDelta: () => headersInDelta,
    maxPageSize: options.maxPageSize ?? 200,
    recordRequest: (request) => void (recorded && requests.push(request)),
    recordViolation: (violation) => void violations.push(violation),
    spend: createQuota(options.requestsPerTenMinutes ?? 10_000, now),
  };

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', origin);
    if (isOauthPath(url.pathname)) {
      const fault = url.pathname.endsWith('/token') ? plan.takeFault('token') : undefined;
      return fault
        ? answerWithFault(fault, response)
        : answerOauth(request, response, { directory, applications, now, resources: options.resources ?? [] });
    }
    httpRequests += 1;
    const headers = new Map(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
    const asked = { verb: request.method ?? '', url, headers, body: await text(request) };
    if (url.pathname !== '/v1.0/$batch') return finish(response, await answerRequest(asked, context, false));
    context.recordRequest({ method: '$batch', user: '', query: url.searchParams, prefer: '', batched: false });
    const fault = plan.takeFault('$batch');
    return finish(response, fault ? { fault } : await answerBatch(asked, context));
  }

  return {
    ...{
      rootUrl: context.rootUrl,
      loginUrl: `${origin}/`,
      tenantId: directory.tenantId,
      requests,
      violations,
      subscriptions,
    },
    get httpRequests() {
      return httpRequests;
    },
    mailbox: (address, { token, permissions, application = true }) => {
      watchedUser(directory, subscriptions, address);
      directory.grant(token, { permissions: new Set(permissions), scope: undefined, ...(!application && { address }) });
    },
    user: (address, { mailbox = true } = {}) =>
      mailbox ? watchedUser(directory, subscriptions, address) : directory.addUser(address, { mailbox }),
    state: (address) => directory.mailbox(address),
    application: ({ clientId, certificate, roles = [], delegated = [], mailboxes }) => {
      const thumbprint = certificate && Buffer.from(certificate.thumbprint, 'hex').toString('base64url');
      applications.all.set(clientId, {
        ...{ clientId, roles, delegated },
        certificates: new Map(certificate ? [[thumbprint!, certificate.publicKey]] : []),
        ...(mailboxes && { scope: new Set(mailboxes.map((address) => address.toLowerCase())) }),
      });
    },
    refreshToken: (address, { clientId, scopes }) => {
      const token = `1.AX${Math.random().toString(36).slice(2)}`;
      applications.consents.set(token, { address, clientId, scopes });
      return token;
    },
    deliver: (address, raw, { folder = 'inbox', receivedAt = now(), isRead = false, meetingMessageType } = {}) => {
      const mailbox = directory.mailbox(address);
      const place = mailbox.folder(folder);
      if (place === undefined) throw new Error(`${address} has no folder ${folder}.`);
      return mailbox.store({
        ...{ message: parseRawMessage(raw), folderId: place.id, isRead, receivedAt },
        isDraft: place.wellKnownName === 'drafts',
        hasTransportHeaders: place.wellKnownName !== 'sentitems' || (options.sentCopiesKeepHeaders ?? false),
        ...(meetingMessageType && { meetingMessageType }),
      });
    },
    fill: (address, count, write) => {
      recorded = false;
      const mailbox = directory.mailbox(address);
      const folderId = mailbox.folder('inbox')!.id;
      for (const made of madeUpMessages(count, write, now())) {
        mailbox.store({ ...made, folderId, isRead: false, isDraft: false, hasTransportHeaders: true });
      }
    },
    revoke: () => {
      directory.revoke();
      applications.consents.clear();
    },
    opens: (token, resource) => directory.grantOf(token, resource) !== undefined,
    endAccessTokens: () => directory.revoke(),
    expireDelta: (address) => deltas.expire(address.toLowerCase()),
    headersInDelta: (given) => {
      headersInDelta = given;
    },
    failNext: (fault, when) => plan.failNext(fault, when),
    afterNext: (method, action) => plan.afterNext(method, action),
    close: async () => {
      await subscriptions.settled();
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

function watchedUser(directory: Directory, subscriptions: Subscriptions, address: string): User {
  const known = directory.user(address);
  if (known !== undefined) return known;
  const user = directory.addUser(address);
  subscriptions.watch(user.mailbox!);
  return user;
}

function finish(response: ServerResponse, made: MadeAnswer | { readonly fault: Fault }): void {
  if ('fault' in made) return answerWithFault(made.fault, response);
  const { status, headers, body } = made;
  if (body === undefined) return void response.writeHead(status, headers).end();
  response.writeHead(status, { 'content-type': 'application/json; odata.metadata=minimal', ...headers });
  response.end(JSON.stringify(body));
}
