import { openMailboxes } from '../../connector/src/connect/open-mailboxes.ts';
import { pinSalesforce } from '../../connector/src/connect/pinned-salesforce.ts';
import { ActionableError } from '../../connector/src/errors.ts';
import { MailboxError } from '../../connector/src/mailbox/mailbox-error.ts';
import type { Store } from '../../connector/src/store/store.ts';
import { StoreError } from '../../connector/src/store/store-error.ts';
import { retryWaitMs } from '../../connector/src/sync/retry-wait.ts';
import { readAgainFrom, syncMailbox } from '../../connector/src/sync/sync-mailbox.ts';
import { composeWork, type ComposedWork } from '../../connector/src/work.ts';
import { openAccount, type MailAccount } from './mail-provider.ts';
import { openMemoryStore, type Installation } from './memory/memory-store.ts';
import type { Session } from './memory/memory-database.ts';
import type { Org } from './org.ts';
import type { Random } from './random.ts';
import { Alarm, type Life, type VirtualTime } from './virtual-time.ts';

/** A stopped process keeps its connection for as long before the server ends its transactions. */
const IDLE_IN_TRANSACTION_MS = 60_000;
const PULL_MS = 180_000;
const SWEEP_MS = 300_000;
const DELIVER_MS = 300_000;
const LOOK_MS = 600_000;
const RETENTION_MS = 3_600_000;
const REFUSED_RETRY_MS = 3_600_000;
const TURN_PAGES = 4;

/** What all workers live in. */
export interface World {
  readonly time: VirtualTime;
  readonly random: Random;
  readonly installation: Installation;
  readonly accounts: ReadonlyMap<string, MailAccount>;
  readonly org: Org;
  /** The longest time that one statement takes, in milliseconds. */
  statementMs: number;
  /** Chance that one statement finds the connection to the database lost. */
  databaseLoss: number;
  /** How often that happened. */
  databaseLosses: number;
  /** Reads of whole mailboxes that an operator asks for; each worker does them once. */
  backfillFrom: number | undefined;
  readonly log: (line: () => string) => void;
  /** Something was thrown that no port may throw. */
  readonly defect: (error: unknown) => void;
}

/**
 * One process of the service: the composed use cases, and loops that wake them as the service does, without jobs that
 * would keep two processes from the same mailbox. It is killed by ending its life, at whichever await it stands.
 */
export class Worker {
  readonly life: Life = { dead: false, pausedUntil: 0 };
  readonly name: string;
  readonly #world: World;
  readonly #session: Session;
  readonly #deliver: Alarm;
  readonly #pull: Alarm;
  readonly #backfilled = new Set<string>();

  constructor(name: string, world: World) {
    this.name = name;
    this.#world = world;
    this.#deliver = new Alarm(world.time, this.life);
    this.#pull = new Alarm(world.time, this.life);
    this.#session = { turn: (statement) => this.#turn(statement) };
    void this.#start();
  }

  kill(): void {
    this.life.dead = true;
    this.#world.installation.database.endSession(this.#session);
  }

  /** As SIGSTOP does: nothing happens to it until it is woken, and the server ends what it left open. */
  pause(milliseconds: number): void {
    const { time, installation } = this.#world;
    this.life.pausedUntil = time.now + milliseconds;
    if (milliseconds > IDLE_IN_TRANSACTION_MS) {
      time.after(IDLE_IN_TRANSACTION_MS, () => installation.database.endSession(this.#session));
    }
  }

  async #turn(statement: string): Promise<void> {
    const { time, random, databaseLoss, statementMs, installation } = this.#world;
    await time.sleep(random.between(0, statementMs), this.life);
    if (databaseLoss === 0 || !random.chance(databaseLoss)) return;
    this.#world.databaseLosses += 1;
    installation.database.endSession(this.#session);
    throw new StoreError(`The database was lost at: ${statement}.`, ['Try again.']);
  }

  async #start(): Promise<void> {
    const world = this.#world;
    const { time, random, org, installation } = world;
    const store = openMemoryStore(installation, this.#session);
    const now = (): Date => new Date(time.now);
    const mailboxes = await this.#tried(() =>
      openMailboxes({
        store,
        open: ({ address }) => openAccount(world.accounts.get(address)!, { time, random, life: this.life }),
        credentialOf: () => Promise.reject(new Error('No account here asks for a credential.')),
      }),
    );
    const salesforce = pinSalesforce(org.portFor(this.life), store);
    const work = composeWork({
      ...{ store, mailboxes, salesforce, now, holder: this.name, dailyCalls: undefined, report: {} },
      random: () => random.next(),
    });
    this.#pullOn(work);
    this.#every(LOOK_MS, () => mailboxes.refresh());
    this.#every(RETENTION_MS, () => store.expire(now()));
    this.#deliverOn(work, store);
    for (const { id, address } of mailboxes.rows) this.#read(id, world.accounts.get(address)!, { work, store });
  }

  /** Again and again until it works once. */
  async #tried<T>(work: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await work();
      } catch (error) {
        this.#note(error);
        await this.#world.time.sleep(5_000, this.life);
      }
    }
  }

  #every(milliseconds: number, work: () => Promise<unknown>): void {
    const { time, random } = this.#world;
    void (async () => {
      await time.sleep(random.between(0, milliseconds), this.life);
      for (;;) {
        await work().catch((error: unknown) => this.#note(error));
        await time.sleep(milliseconds * (0.8 + 0.4 * random.next()), this.life);
      }
    })();
  }

  /** Has it learn from Salesforce within some seconds, as when somebody runs `sf reply sync`. */
  pullSoon(): void {
    const { time, random } = this.#world;
    this.#pull.setFor(time.now + random.between(0, 4_000));
  }

  #pullOn({ pull }: ComposedWork): void {
    const { time, random } = this.#world;
    this.#pull.setFor(time.now + random.between(0, PULL_MS));
    void (async () => {
      for (;;) {
        await this.#pull.rings();
        this.#pull.setFor(time.now + PULL_MS * (0.8 + 0.4 * random.next()));
        await pull().catch((error: unknown) => this.#note(error));
      }
    })();
  }

  #deliverOn({ deliveries }: ComposedWork, store: Store): void {
    const { time } = this.#world;
    const deliver = async (): Promise<void> => {
      const { pauseUntil, ...summary } = await deliveries.atPace();
      if (summary.delivered + summary.dead > 0) this.#say(() => `delivered ${JSON.stringify(summary)}`);
      const next = pauseUntil ?? (await store.nextOutboxDue());
      if (next !== undefined) this.#deliver.setFor(Math.max(next.getTime(), time.now + 1));
    };
    void (async () => {
      for (;;) {
        this.#deliver.setFor(time.now + DELIVER_MS);
        await this.#deliver.rings();
        await deliver().catch((error: unknown) => this.#note(error));
      }
    })();
  }

  /** Reads a mailbox whenever it hints at news, and every so often. */
  #read(id: string, account: MailAccount, { work, store }: { work: ComposedWork; store: Store }): void {
    const { time, random } = this.#world;
    const alarm = new Alarm(time, this.life);
    let refusedAt = -Infinity;
    let faults = 0;
    account.onHint(() => alarm.setFor(time.now + random.between(0, 2_000)));
    const turn = async (): Promise<void> => {
      const row = await store.mailbox(id);
      if (row?.state === 'reconnect' && time.now - refusedAt < REFUSED_RETRY_MS) return;
      if (row?.state === 'reconnect') refusedAt = time.now;
      await this.#backfill(id, work);
      const summary = await syncMailbox(id, { ...work.syncOptions, pages: TURN_PAGES });
      if (summary.messages > 0) this.#say(() => `read ${account.address}: ${JSON.stringify(summary)}`);
      if (summary.messages + summary.newReplies > 0) this.#deliver.setFor(time.now);
      faults = 0;
      if (summary.more) alarm.setFor(time.now + 1_000);
    };
    void (async () => {
      alarm.setFor(time.now + random.between(0, SWEEP_MS));
      for (;;) {
        await alarm.rings();
        alarm.setFor(time.now + SWEEP_MS * (0.8 + 0.2 * random.next()));
        await turn().catch((error: unknown) => {
          this.#note(error);
          const asked = error instanceof MailboxError ? error.retryAfterMs : undefined;
          alarm.setFor(time.now + retryWaitMs(asked, faults++, random.next()));
        });
      }
    })();
  }

  /** Does once what an operator asks for: reads the mailbox again from an instant on. */
  async #backfill(id: string, { syncOptions }: ComposedWork): Promise<void> {
    const { backfillFrom } = this.#world;
    if (backfillFrom === undefined || this.#backfilled.has(id)) return;
    this.#backfilled.add(id);
    await readAgainFrom(id, new Date(backfillFrom), syncOptions);
  }

  /** A port may fail in its own words; anything else that is thrown is a defect. */
  #note(error: unknown): void {
    if (error instanceof MailboxError || error instanceof ActionableError) this.#say(() => `failed: ${error.message}`);
    else this.#world.defect(error);
  }

  #say(line: () => string): void {
    this.#world.log(() => `${this.name} ${line()}`);
  }
}
