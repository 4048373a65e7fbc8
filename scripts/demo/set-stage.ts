import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startGmailSimulator, type GmailSimulator } from '../../test/simulators/gmail/gmail-simulator.ts';
import { startLocalOrg } from '../../test/simulators/salesforce/local-org.ts';
import { bootOrg, type DemoOrg } from './boot-org.ts';
import { nameOf, PROSPECTS, REPS } from './cast.ts';
import type { Narrator } from './narrator.ts';
import { poll } from './poll.ts';
import { connectMailboxes, runConnector, type RunningConnector } from './run-connector.ts';

/** Everything the story plays on. */
export interface Stage {
  readonly org: DemoOrg;
  readonly gmail: GmailSimulator;
  readonly connector: RunningConnector;
}

/**
 * Starts the local org, the Gmail simulator and the connector. What has been started is put on `belongings`, whose
 * disposal ends it in reverse order, even when the start fails half-way; the connector's last words go to its log.
 */
export async function setStage(
  belongings: AsyncDisposableStack,
  narrator: Narrator,
  signal: AbortSignal,
  connectorLog: string[],
): Promise<Stage> {
  narrator.heading('A reply in a mailbox halts a sequence in Salesforce');
  narrator.lines(['']);
  const local = await startLocalOrg();
  belongings.defer(() => local.close());
  const org = await bootOrg(local);
  const people = Object.keys(PROSPECTS).length;
  narrator.tell(`Salesforce   ${local.url}, a local org with force-app; ${people} people in a sequence`);
  signal.throwIfAborted();

  const gmail = await startGmailSimulator();
  belongings.defer(() => gmail.close());
  const mailboxes = REPS.map(({ address }) => ({ address, accessToken: `token of ${address}` }));
  for (const { address, accessToken } of mailboxes)
    gmail.mailbox(address, { token: accessToken, scopes: ['gmail.metadata'] });
  narrator.tell(`Gmail        ${gmail.rootUrl}, a simulator; mailboxes of ${REPS.map(nameOf).join(' and ')}`);
  signal.throwIfAborted();

  const folder = await mkdtemp(join(tmpdir(), 'reply-tracking-demo-'));
  belongings.defer(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
  const settings = {
    dataFolder: join(folder, 'data'),
    instanceUrl: local.url,
    salesforceToken: org.connectorToken,
    gmailUrl: gmail.rootUrl,
    mailboxes,
    healthPort: 0,
  };
  await connectMailboxes(settings);
  const connector = runConnector(settings, connectorLog);
  belongings.defer(() => connector.stop());
  const reading = (): true | undefined =>
    REPS.every(({ address }) => gmail.requests.some(({ userId }) => userId === address)) || undefined;
  await Promise.race([connector.failure, poll('the connector reads both mailboxes', signal, reading)]);
  narrator.tell(
    `Connector    process ${connector.pid}, which knows only URLs and tokens; it reads header fields alone`,
  );
  return { org, gmail, connector };
}
