import { randomUUID } from 'node:crypto';
import { mail } from '../../test/contract/sample-mail.ts';
import { connectMailbox, startConnector } from '../../test/journeys/connector-process.ts';
import { startSalesStage } from '../../test/journeys/sales-stage.ts';
import { startEwsSimulator, type EwsSimulator } from '../../test/simulators/ews/ews-simulator.ts';
import { scaled, type Measured, type Surroundings } from './benchmark.ts';
import { besidePoller, SPACING_MS, timeReplies, writeAll } from './reply-delays.ts';

const REP = 'rep@example.test';
const PASSWORD = 'password-of-the-rep';
const REPLIES = 30;

/** The time from a message's arrival on the Exchange stand-in to its Task, beside that of a poller. */
export async function measureExchangePush(surroundings: Surroundings): Promise<Measured> {
  const { belongings, progress } = surroundings;
  const exchange = await startEwsSimulator();
  belongings.defer(() => exchange.close());
  exchange.mailbox(REP, { password: PASSWORD });
  const stage = await startSalesStage(REP);
  belongings.defer(() => stage.close());
  await connectMailbox(stage.variables, {
    settings: { provider: 'ews', address: REP, url: exchange.url, authentication: 'ntlm' },
    credential: { kind: 'password', password: PASSWORD },
  });
  const connector = await startConnector(stage.variables);
  belongings.defer(async () => void (await connector.stop()));
  const written = await writeAll(stage, scaled(REPLIES, surroundings, 2), (prospects) =>
    prospects.map(({ address }) => repWrites(exchange, address)),
  );
  progress(`${written.length} prospects answer, one after the other`);
  const delays = await timeReplies(written, {
    ...{ stage, spacingMs: SPACING_MS },
    answer: ({ prospect, messageId }) => {
      const id = `<${randomUUID()}@example.org>`;
      exchange.deliver(REP, mail({ id, from: prospect.address, to: REP, inReplyTo: messageId }));
    },
  });
  return besidePoller(delays, {
    what: 'arrival on the Exchange stand-in -> stream of events -> connector process on PGlite -> Task in a local org, seen by a query every 50 ms',
    detail: { spacingMs: SPACING_MS },
  });
}

function repWrites(exchange: EwsSimulator, to: string): string {
  const id = `<${randomUUID()}@example.test>`;
  exchange.deliver(REP, mail({ id, from: REP, to }), { folder: 'sentitems' });
  return id;
}
