import { randomUUID } from 'node:crypto';
import { openFacade } from '../../connector/src/connector.ts';
import type { ConnectRequest } from '../../connector/src/facade.ts';
import { APPLICATION_CERTIFICATE, registeredCertificate } from '../../test/fixtures/application-certificate.ts';
import { startSalesStage } from '../../test/journeys/sales-stage.ts';
import { freePort } from '../../test/servers/free-port.ts';
import { startPostgresql } from '../../test/servers/postgresql.ts';
import { startGmailSimulator, type GmailSimulator } from '../../test/simulators/gmail/gmail-simulator.ts';
import { startGraphSimulator, type GraphSimulator } from '../../test/simulators/graph/graph-simulator.ts';

const ORIGIN = 'https://replies.example.com';
const TOPIC = 'projects/replies/topics/mail';
const SERVICE_ACCOUNT = 'push@replies.iam.gserviceaccount.com';
const GMAIL_SCOPES = ['https://www.googleapis.com/auth/gmail.metadata'];
const CLIENT = 'f1a2b3c4-0000-4000-8000-000000000002';
/** What the providers allow is not what is tried here. */
const LIMIT = 1_000_000_000;
/** No mailbox is looked into by the time alone. */
const SWEEP_SECONDS = '86400';

/** A mailbox, and what its provider tells of it. */
export interface NotifiedMailbox {
  readonly address: string;
  /** How often it has been asked by now what is new in it. */
  readonly reads: () => number;
  /** Tells the service that something is new, as the provider does; undefined when nobody answers. */
  readonly notify: () => Promise<number | undefined>;
}

/** As many mailboxes at Gmail as at Microsoft 365, connected on a real PostgreSQL, for a service that is told of changes. */
export interface NotifiedMailboxes {
  /** Environment of the service. */
  readonly variables: Readonly<Record<string, string>>;
  readonly databaseUrl: string;
  readonly all: readonly NotifiedMailbox[];
  /** Subscriptions that the service has made at Microsoft 365. */
  readonly subscriptions: () => number;
  /** Gives no answer to the next readings, so that whoever reads hangs at them. */
  readonly stall: (readings: number) => void;
  readonly violations: () => readonly string[];
  close(): Promise<void>;
}

/** @param each mailboxes at each of the two providers */
export async function connectNotifiedMailboxes(each: number): Promise<NotifiedMailboxes> {
  const port = await freePort();
  const local = `http://127.0.0.1:${port}`;
  const gmail = await startGmailSimulator({ unitsPerMinute: LIMIT });
  const graph = await startGraphSimulator({
    reach: (url) => url.replace(ORIGIN, local),
    requestsPerTenMinutes: LIMIT,
  });
  graph.application({ clientId: CLIENT, certificate: registeredCertificate(), roles: ['Mail.ReadBasic.All'] });
  const stage = await startSalesStage('rep@example.test');
  const databaseUrl = await (await startPostgresql()).createDatabase();
  const variables = {
    ...stage.variables,
    DATABASE_URL: databaseUrl,
    REPLY_TRACKING_SWEEP_SECONDS: SWEEP_SECONDS,
    REPLY_TRACKING_NOTIFICATION_URL: `${ORIGIN}/told`,
    REPLY_TRACKING_NOTIFICATION_PORT: String(port),
    REPLY_TRACKING_GMAIL_TOPIC: TOPIC,
    REPLY_TRACKING_GMAIL_PUSH_ACCOUNT: SERVICE_ACCOUNT,
    REPLY_TRACKING_GMAIL_CERTIFICATES_URL: gmail.certificatesUrl,
  };
  const push = { endpoint: `${local}/told/gmail`, audience: `${ORIGIN}/told/gmail`, serviceAccount: SERVICE_ACCOUNT };
  gmail.pubsub.setTopic(TOPIC, { push });
  const addresses = (provider: string): string[] =>
    Array.from({ length: each }, (_, number) => `${provider}-${number}@example.test`);
  const [atGmail, atGraph] = [addresses('gmail'), addresses('graph')];
  const requests = [
    ...atGmail.map((address) => gmailRequest(address, gmail)),
    ...atGraph.map((address) => graphRequest(address, graph)),
  ];
  await connectAll(
    variables,
    requests.map((request) => ({ ...request, ownerId: stage.userId })),
  );
  const [gmailReads, graphReads] = [
    countReads(gmail.requests, ({ method, userId }) => (method === 'users.history.list' ? userId : undefined)),
    countReads(graph.requests, ({ method, user }) => (method === 'message: delta' ? user : undefined)),
  ];
  const signed = (): string => `Bearer ${gmail.pubsub.token(push)}`;
  return {
    ...{ variables, databaseUrl },
    // In turns, so that both are told of at the same rate.
    all: atGmail.flatMap((address, number): NotifiedMailbox[] => [
      { address, reads: () => gmailReads(address), notify: () => post(push.endpoint, gmailPush(address), signed()) },
      {
        address: atGraph[number]!,
        reads: () => graphReads(atGraph[number]!),
        notify: () => post(`${local}/told/graph`, graphNotification(atGraph[number]!, graph)),
      },
    ]),
    subscriptions: () => graph.subscriptions.all.size,
    stall: (times) => graph.failNext({ kind: 'silence' }, { method: '$batch', times }),
    violations: () => [...gmail.violations, ...graph.violations],
    close: async () => {
      await stage.close();
      await gmail.close();
      await graph.close();
    },
  };
}

function gmailRequest(address: string, gmail: GmailSimulator): ConnectRequest {
  const token = randomUUID();
  gmail.mailbox(address, { token, scopes: GMAIL_SCOPES });
  return {
    settings: { provider: 'gmail', address, rootUrl: gmail.rootUrl },
    credential: { kind: 'accessToken', accessToken: token },
  };
}

function graphRequest(address: string, graph: GraphSimulator): ConnectRequest {
  graph.user(address);
  const { tenantId, rootUrl, loginUrl } = graph;
  const { certificate, privateKey } = APPLICATION_CERTIFICATE;
  return {
    settings: { provider: 'graph', address, tenantId, rootUrl, loginUrl },
    credential: { kind: 'certificate', clientId: CLIENT, certificate, privateKey },
  };
}

async function connectAll(variables: Record<string, string>, requests: readonly ConnectRequest[]): Promise<void> {
  const { facade, close } = await openFacade({ variables, needsSalesforce: true });
  try {
    for (const request of requests) await facade.connectMailbox(request, () => undefined);
  } finally {
    await close();
  }
}

/** Counts by mailbox the requests that ask what is new; each request is looked at once. */
function countReads<Request>(
  requests: readonly Request[],
  mailboxOf: (request: Request) => string | undefined,
): (address: string) => number {
  const counts = new Map<string, number>();
  let seen = 0;
  return (address) => {
    for (; seen < requests.length; seen += 1) {
      const read = mailboxOf(requests[seen]!)?.toLowerCase();
      if (read !== undefined) counts.set(read, (counts.get(read) ?? 0) + 1);
    }
    return counts.get(address) ?? 0;
  };
}

/** The body of a push, as Pub/Sub sends it. */
function gmailPush(emailAddress: string): object {
  const data = Buffer.from(JSON.stringify({ emailAddress, historyId: 1 })).toString('base64');
  const message = { data, messageId: randomUUID(), publishTime: new Date().toISOString() };
  return { message, subscription: 'projects/replies/subscriptions/mail-push' };
}

/** The body of a notification, as Microsoft sends it. */
function graphNotification(address: string, { subscriptions }: GraphSimulator): object {
  const subscription = [...subscriptions.all.values()].find((one) => one.address === address);
  if (subscription === undefined) throw new Error(`Nobody has subscribed to ${address}.`);
  const { id: subscriptionId, clientState, resource } = subscription;
  return { value: [{ subscriptionId, clientState, changeType: 'created', resource }] };
}

async function post(url: string, body: object, authorization?: string): Promise<number | undefined> {
  const headers = { 'content-type': 'application/json', ...(authorization && { authorization }) };
  try {
    const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
    await answer.arrayBuffer();
    return answer.status;
  } catch {
    return undefined;
  }
}
