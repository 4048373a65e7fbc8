import { expect } from 'chai';
import { randomUUID } from 'node:crypto';

import { openMailboxes, type OpenMailboxes } from '../../connector/src/connect/open-mailboxes.ts';
import type { Facade } from '../../connector/src/facade.ts';
import { createLogger } from '../../connector/src/logger.ts';
import { MailboxError } from '../../connector/src/mailbox/mailbox-error.ts';
import { serve, type Serving } from '../../connector/src/serve.ts';
import { REP, sampleRegistration } from '../contract/store-samples.ts';
import { until } from '../servers/poll.ts';
import { headerBlock } from './sync/header-text.ts';
import { memoryMailbox, type MemoryMailbox } from './sync/memory-mailbox.ts';
import { newWorld, type SyncWorld } from './sync/sync-world.ts';

const SENT = 'sent-1@seller.example';

/** Without a socket and a health page there is nobody who asks. */
const noFacade = new Proxy({} as Facade, {
  get: (_, verb) => {
    throw new Error(`Nobody should have asked for ${String(verb)}.`);
  },
});

const PACED = { isOthersTurn: false, budget: 'ample' } as const;

describe('serve', () => {
  let world: SyncWorld;
  let stop: AbortController;
  let served: Promise<void>;
  let delivered: string[];
  /** The traces of the pages with something in them. */
  let readUnder: (string | undefined)[];
  /** What lies behind the addresses of mailboxes that are connected later. */
  let later: Map<string, MemoryMailbox>;

  beforeEach(async () => {
    world = await newWorld();
    later = new Map();
    // The service goes by the clock, which must not have outlived the mail.
    const expiresAt = new Date('2100-01-01T00:00:00.000Z');
    await world.store.register([sampleRegistration(world.store, SENT, { expiresAt })], new Date());
    stop = new AbortController();
    served = Promise.resolve();
    delivered = [];
    readUnder = [];
  });
  afterEach(async () => {
    stop.abort();
    await served;
  });

  /** Serves the mailbox of the world, and of whoever is connected later; a delivery takes note of what it finds. */
  const start = async (changes: Partial<Pick<Serving, 'pull' | 'deliver' | 'logger'>> = {}): Promise<OpenMailboxes> => {
    const mailboxes = await openMailboxes({
      store: world.store,
      open: ({ address }) => later.get(address) ?? world.mailbox,
      credentialOf: () => Promise.resolve({ kind: 'password', password: 'unused' }),
    });
    const serving: Serving = {
      pushErrors: new Map(),
      checks: {
        unfit: () => Promise.resolve([]),
        metrics: { text: () => Promise.resolve(''), contentType: 'text/plain' },
      },
      facade: noFacade,
      pull: () => Promise.resolve(),
      deliver: async () => {
        delivered = (await world.replies()).map(({ from }) => from);
        return {
          delivered: 0,
          retried: 0,
          dead: 0,
          stoppedBy: undefined,
          pauseUntil: undefined,
          isOthersTurn: false,
          budget: 'ample' as const,
        };
      },
      syncOptions: {
        ...world.options,
        mailboxOf: (id) => mailboxes.get(id),
        onPage: ({ messages, trace }) => void (messages > 0 && readUnder.push(trace)),
      },
      config: {
        pullSeconds: 3600,
        sweepSeconds: 3600,
        healthPort: 0,
        databaseUrl: 'postgres://elsewhere/',
        dataFolder: '',
        notifications: undefined,
      },
      notificationRoutes: () => [],
      logger: createLogger('silent'),
      database: world.database,
      store: world.store,
      mailboxes,
      processId: randomUUID(),
      version: '0.0.0',
      ...changes,
    };
    served = serve(serving, stop.signal);
    return mailboxes;
  };
  const answer = (from: string): string =>
    world.mailbox.deliver({ fields: headerBlock({ id: `of-${from}`, inReplyTo: SENT, from }) });
  const delivery = (...froms: string[]): Promise<unknown> =>
    until(`the delivery of ${froms.join()}`, () => Promise.resolve(froms.every((from) => delivered.includes(from))));

  it('delivers what lies in a mailbox, then what the mailbox says has arrived', async () => {
    answer('first@buyer.example');
    await start();
    await delivery('first@buyer.example');
    answer('second@buyer.example');
    await delivery('first@buyer.example', 'second@buyer.example');
  });

  it('names a hint and the page that it led to alike in the log', async () => {
    const lines: string[] = [];
    await start({ logger: createLogger('debug', { write: (line) => void lines.push(line) }) });
    await until('the watch', () => Promise.resolve(lines.some((line) => line.includes('Serving.'))));
    answer('first@buyer.example');
    await delivery('first@buyer.example');
    const news = lines.filter((line) => line.includes('There is news.'));
    expect(news.map((line) => (JSON.parse(line) as { trace?: string }).trace)).to.include(readUnder[0]);
    expect(readUnder[0]).to.match(/^[0-9a-f]{8}$/);
  });

  it('reads mailboxes although Salesforce cannot be pulled from', async () => {
    answer('first@buyer.example');
    await start({ pull: () => Promise.reject(new Error('The org does not answer.')) });
    await delivery('first@buyer.example');
  });

  it('reads mailboxes while the first pull has come to no end', async () => {
    answer('first@buyer.example');
    await start({ pull: () => new Promise(() => undefined) });
    await delivery('first@buyer.example');
  });

  it('takes up a mailbox that is connected while it serves, and lets go of one that is disconnected', async () => {
    const mailboxes = await start();
    const second = memoryMailbox();
    const address = 'second@seller.example';
    later.set(address, second);
    const settings = { provider: 'imap', address };
    const row = await world.store.connectMailbox({ ...settings, settings, ownerId: REP, readSince: new Date(0) });
    second.deliver({ fields: headerBlock({ id: 'of-second', inReplyTo: SENT, from: 'second@buyer.example' }) });
    await mailboxes.refresh();
    await delivery('second@buyer.example');
    await world.store.disconnectMailbox(row.id);
    await mailboxes.refresh();
    const reads = second.reads;
    second.deliver({ fields: headerBlock({ id: 'of-third', inReplyTo: SENT, from: 'third@buyer.example' }) });
    answer('first@buyer.example');
    await delivery('first@buyer.example');
    expect(second.reads).to.equal(reads);
    expect(delivered).not.to.include('third@buyer.example');
  });

  it('reads a mailbox again that could not be read', async () => {
    answer('first@buyer.example');
    world.mailbox.failure = new MailboxError('retry', 'imap.seller.example does not answer.');
    await start();
    await until('the recorded failure', async () => (await world.store.mailboxes())[0]?.lastError !== undefined);
    world.mailbox.failure = undefined;
    await delivery('first@buyer.example');
  });

  it('ends although a delivery that was under way wants to be tried again in an hour', async () => {
    const timers = (): number => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
    const before = timers();
    const underWay = Promise.withResolvers<void>();
    const finish = Promise.withResolvers<void>();
    await start({
      deliver: async () => {
        underWay.resolve();
        await finish.promise;
        const pauseUntil = new Date(Date.now() + 3_600_000);
        return { delivered: 0, retried: 1, dead: 0, stoppedBy: undefined, pauseUntil, ...PACED };
      },
    });
    await underWay.promise;
    stop.abort();
    finish.resolve();
    await served;
    await until('the end of every timer', () => Promise.resolve(timers() <= before));
  });
});
