import { randomUUID } from 'node:crypto';

import { mail, type SampleMail } from '../contract/sample-mail.ts';
import { APPLICATION_CERTIFICATE, registeredCertificate } from '../fixtures/application-certificate.ts';
import { freePort } from '../servers/free-port.ts';
import { until } from '../servers/poll.ts';
import { startGraphSimulator, type DeliveryOptions, type GraphSimulator } from '../simulators/graph/graph-simulator.ts';
import { connectMailbox, startConnector, type ConnectorProcess } from './connector-process.ts';
import { startSalesStage, type Prospect, type SalesStage } from './sales-stage.ts';

export const REP = 'rep@example.test';
const CLIENT = 'f1a2b3c4-0000-4000-8000-000000000001';
const PUBLIC_ORIGIN = 'https://replies.example.test';

/**
 * A rep with a mailbox in a simulated Microsoft 365 that tells of changes, a local org with the package in it, and the
 * connector as a process of its own, which reads the mailbox by an application's certificate.
 */
export interface GraphWorld extends SalesStage {
  readonly graph: GraphSimulator;
  readonly connector: ConnectorProcess;
  /** Waits for a subscription other than the one named, and gives its id. */
  subscribed(before?: string): Promise<string>;
  /** The rep writes: in Sent Items the mail has the id that Exchange gave it, which is returned. */
  repWrites(prospect: Prospect): string;
  somebodyWrites(sample: Partial<SampleMail>, options?: DeliveryOptions): void;
}

/** @param sweepSeconds between two looks into the mailbox, whatever Microsoft tells */
export async function startGraphWorld({ sweepSeconds }: { readonly sweepSeconds: number }): Promise<GraphWorld> {
  const port = await freePort();
  const reach = (url: string): string => url.replace(PUBLIC_ORIGIN, `http://127.0.0.1:${port}`);
  const graph = await startGraphSimulator({ reach });
  graph.user(REP);
  graph.application({ clientId: CLIENT, certificate: registeredCertificate(), roles: ['Mail.ReadBasic.All'] });
  const stage = await startSalesStage(REP);
  const variables = {
    ...stage.variables,
    REPLY_TRACKING_NOTIFICATION_URL: `${PUBLIC_ORIGIN}/told`,
    REPLY_TRACKING_NOTIFICATION_PORT: String(port),
    REPLY_TRACKING_SWEEP_SECONDS: String(sweepSeconds),
  };
  const { certificate, privateKey } = APPLICATION_CERTIFICATE;
  const { tenantId, rootUrl, loginUrl } = graph;
  await connectMailbox(variables, {
    settings: { provider: 'graph', address: REP, tenantId, rootUrl, loginUrl },
    credential: { kind: 'certificate', clientId: CLIENT, certificate, privateKey },
  });
  const connector = await startConnector(variables);
  const subscribed = (before = ''): Promise<string> =>
    until('a subscription', () => Promise.resolve([...graph.subscriptions.all.keys()].find((id) => id !== before)));
  await subscribed();
  return {
    ...{ ...stage, graph, connector, subscribed },
    tasks: (prospect, count) => stage.tasks(prospect, count, () => connector.log()),
    repWrites: (prospect) => {
      const id = `<${randomUUID()}@prod.outlook.com>`;
      graph.deliver(REP, mail({ id, from: REP, to: prospect.address, subject: 'Our offer' }), { folder: 'sentitems' });
      return id;
    },
    somebodyWrites: (sample, options) =>
      void graph.deliver(REP, mail({ id: `<${randomUUID()}@example.org>`, ...sample }), options),
    close: async () => {
      await connector.stop();
      await stage.close();
      await graph.close();
    },
  };
}
