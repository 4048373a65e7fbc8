import { createLogger } from '../../connector/src/logger.ts';
import { MailboxError } from '../../connector/src/mailbox/mailbox-error.ts';
import { serve, type Serving } from '../../connector/src/serve.ts';
import { sampleRegistration } from '../contract/store-samples.ts';
import { until } from '../servers/poll.ts';
import { headerBlock } from './sync/header-text.ts';
import { newWorld, type SyncWorld } from './sync/sync-world.ts';

const SENT = 'sent-1@seller.example';

describe('serve', () => {
  let world: SyncWorld;
  let stop: AbortController;
  let served: Promise<void>;
  let delivered: string[];

  beforeEach(async () => {
    world = await newWorld();
    // The service goes by the clock, which must not have outlived the mail.
    const expiresAt = new Date('2100-01-01T00:00:00.000Z');
    await world.store.register([sampleRegistration(world.store, SENT, { expiresAt })], new Date());
    stop = new AbortController();
    served = Promise.resolve();
    delivered = [];
  });
  afterEach(async () => {
    stop.abort();
    await served;
  });

  /** Serves the mailbox of the world; a delivery takes note of the replies that it finds. */
  const start = async (changes: Partial<Serving['connector']> = {}): Promise<void> => {
    const serving: Serving = {
      connector: {
        pull: () => Promise.resolve({ trackedMails: 0, enrolments: 0, newReplies: 0 }),
        deliver: async () => {
          delivered = (await world.replies()).map(({ from }) => from);
          return { delivered: 0, retried: 0, dead: 0, stoppedBy: undefined, pauseUntil: undefined };
        },
        ...changes,
      },
      syncOptions: world.options,
      config: { pullSeconds: 3600, sweepSeconds: 3600 },
      logger: createLogger('silent'),
      database: world.database,
      store: world.store,
      mailboxes: new Map([[world.mailboxId, world.mailbox]]),
      rows: await world.store.mailboxes(),
    };
    served = serve(serving, stop.signal);
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

  it('reads mailboxes although Salesforce cannot be pulled from', async () => {
    answer('first@buyer.example');
    await start({ pull: () => Promise.reject(new Error('The org does not answer.')) });
    await delivery('first@buyer.example');
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
        return { delivered: 0, retried: 1, dead: 0, stoppedBy: undefined, pauseUntil };
      },
    });
    await underWay.promise;
    stop.abort();
    finish.resolve();
    await served;
    await until('the end of every timer', () => Promise.resolve(timers() <= before));
  });
});
