import { MailAccount } from './mail-provider.ts';
import { Installation, openMemoryStore } from './memory/memory-store.ts';
import { Oracle, type Violation } from './oracle.ts';
import { Org } from './org.ts';
import { Random } from './random.ts';
import { tellStory, type Story } from './story.ts';
import { VirtualTime } from './virtual-time.ts';
import { Worker, type World } from './worker.ts';

const START = Date.parse('2026-03-02T09:00:00.000Z');
const MINUTE = 60_000;
/** How long everything may take to come to rest once the faults have stopped: a dead grant is tried once an hour. */
const BOUND = 240 * MINUTE;
const USUAL_STATEMENT_MS = 40;
/** Between two looks whether it has. */
const SLICE = 5 * MINUTE;

/** `safety`: faults all along. `liveness`: they stop, and then everything comes to rest within four hours. */
export type Mode = 'safety' | 'liveness';

export interface Outcome {
  readonly seed: number;
  readonly mode: Mode;
  readonly violation: Violation | undefined;
  /** Replies that were expected, Tasks that were written, events that happened, faults that were injected. */
  readonly replies: number;
  readonly tasks: number;
  readonly events: number;
  readonly crashes: number;
  readonly faults: number;
  /** Virtual minutes from the last fault until everything was at rest; undefined in safety mode. */
  readonly restMinutes: number | undefined;
}

export interface SimulationOptions {
  readonly mode?: Mode;
  readonly log?: (line: string) => void;
}

/** Runs the connector's own code through one made-up morning; the same seed gives the same morning and the same faults. */
export async function simulateSeed(
  seed: number,
  { mode = modeOf(seed), log }: SimulationOptions = {},
): Promise<Outcome> {
  const morning = new Morning(seed, log);
  const restMinutes = await morning.run(mode);
  return { seed, mode, restMinutes, ...morning.totals() };
}

function modeOf(seed: number): Mode {
  return seed % 4 === 0 ? 'safety' : 'liveness';
}

class Morning {
  readonly #time = new VirtualTime(START);
  readonly #random: Random;
  readonly #org: Org;
  readonly #story: Story;
  readonly #installation: Installation;
  readonly #accounts: Map<string, MailAccount>;
  readonly #oracle: Oracle;
  readonly #world: World;
  readonly #workers: Worker[] = [];
  readonly #seed: number;
  #faulty = true;
  #violation: Violation | undefined;
  #dirty = false;
  #events = 0;
  #crashes = 0;
  #faults = 0;

  constructor(seed: number, log: ((line: string) => void) | undefined) {
    this.#seed = seed;
    this.#random = new Random(seed);
    this.#org = new Org(this.#time, this.#random);
    this.#story = tellStory(START, this.#random);
    this.#installation = new Installation(Buffer.alloc(32, seed & 0xff));
    this.#installation.database.onCommit = () => (this.#dirty = true);
    this.#accounts = new Map(this.#story.reps.map(({ address }) => [address, new MailAccount(address)]));
    const parts = { story: this.#story, installation: this.#installation, accounts: this.#accounts, org: this.#org };
    this.#oracle = new Oracle(parts);
    this.#world = {
      ...{ time: this.#time, random: this.#random, installation: this.#installation, accounts: this.#accounts },
      ...{
        org: this.#org,
        statementMs: USUAL_STATEMENT_MS,
        databaseLoss: 0,
        databaseLosses: 0,
        backfillFrom: undefined,
      },
      log: (line) => log?.(`${this.#clock()} ${line()}`),
      defect: (error) =>
        this.#fail({ invariant: 'defect', words: error instanceof Error ? (error.stack ?? '') : String(error) }),
    };
  }

  /** Returns the minutes that it took to come to rest. */
  async run(mode: Mode): Promise<number | undefined> {
    await this.#connect();
    this.#happen();
    this.#break();
    const workers = this.#random.between(1, 3);
    for (let number = 1; number <= workers; number += 1) this.#startWorker(number, 1);
    await this.#until(this.#story.end);
    if (mode === 'safety') return undefined;
    this.#mend();
    const mended = this.#time.now;
    await this.#rest('I6', mended + BOUND);
    const minutes = Math.round((this.#time.now - mended) / MINUTE);
    if (this.#seed % 3 === 0) await this.#backfill();
    const untold = this.#oracle.untold();
    if (untold !== undefined) this.#fail({ invariant: 'I1', words: untold });
    return minutes;
  }

  /** What was done to the story, and the calls, rows and statements that were made to fail. */
  #injected(): number {
    const accounts = [...this.#accounts.values()].reduce((sum, { injected }) => sum + injected, 0);
    return this.#faults + accounts + this.#org.injected + this.#world.databaseLosses;
  }

  totals(): Pick<Outcome, 'violation' | 'replies' | 'tasks' | 'events' | 'crashes' | 'faults'> {
    return {
      violation: this.#violation,
      replies: this.#story.arrivals.filter(({ reply }) => reply !== undefined).length,
      tasks: this.#org.tasks.length,
      ...{ events: this.#events, crashes: this.#crashes, faults: this.#injected() },
    };
  }

  #fail(violation: Violation): void {
    this.#violation ??= violation;
    this.#say(() => `VIOLATION ${violation.invariant}: ${violation.words}`);
  }

  #say(line: () => string): void {
    this.#world.log(line);
  }

  #clock(): string {
    return new Date(this.#time.now).toISOString().slice(11, 23);
  }

  async #until(end: number): Promise<void> {
    const goesOn = (): boolean => this.#violation === undefined;
    await this.#time.runUntil(end, () => this.#look(), goesOn);
  }

  #look(): void {
    this.#events += 1;
    if (!this.#dirty) return;
    this.#dirty = false;
    const violation = this.#oracle.violation();
    if (violation !== undefined) this.#fail(violation);
  }

  /** An operator connects the mailboxes. */
  async #connect(): Promise<void> {
    const store = openMemoryStore(this.#installation, { turn: () => Promise.resolve() });
    for (const { address, ownerId } of this.#story.reps) {
      const settings = { provider: 'gmail', address };
      await store.connectMailbox({ provider: 'gmail', address, ownerId, readSince: new Date(START), settings });
    }
  }

  #at(instant: number, what: () => void): void {
    this.#time.after(Math.max(instant - this.#time.now, 0), what);
  }

  /** The story: mail is sent, registered, enrolled and answered. */
  #happen(): void {
    for (const thread of this.#story.threads) {
      const { personId, address, rep, messageId, sentAt, source, registeredAt, enrolledAt } = thread;
      let campaignStatusId: string | undefined;
      const enrol = (): void => {
        campaignStatusId = this.#org.enrol({ personId, address, ownerId: rep.ownerId });
        this.#say(() => `enrolled ${personId}`);
      };
      if (enrolledAt !== undefined) this.#at(enrolledAt, enrol);
      if (source === 'sent') continue;
      this.#at(registeredAt, () => {
        this.#org.register({ messageId, sentAt, ownerId: rep.ownerId, address, personId, campaignStatusId });
        if (this.#random.chance(0.9)) this.#random.pick(this.#workers).pullSoon();
        this.#say(() => `registered ${messageId}`);
      });
    }
    for (const { letter, copies } of this.#story.arrivals) {
      for (const { address, receivedAt, shownAt } of copies) {
        this.#at(shownAt, () => {
          this.#accounts.get(address)!.deliver({ ...letter, receivedAt });
          this.#say(() => `${address} shows ${letter.id || '(no id)'} in ${letter.folder}`);
          if (!this.#faulty || this.#random.chance(0.6)) this.#accounts.get(address)!.hint();
        });
      }
    }
  }

  #startWorker(number: number, life: number): void {
    const worker = new Worker(`worker ${number}.${life}`, this.#world);
    this.#workers[number - 1] = worker;
    this.#say(() => `${worker.name} starts`);
  }

  /** Draws which faults this morning has, and how many of each. */
  #break(): void {
    const random = this.#random;
    const some = (most: number): number => (random.chance(0.5) ? random.next() * most : 0);
    this.#org.faults = { unavailable: some(0.3), answerLost: some(0.3), locked: some(0.3) };
    for (const account of this.#accounts.values()) account.faults = { throttled: some(0.2), broken: some(0.2) };
    this.#world.databaseLoss = some(0.02);
    // On a slow database transactions overlap that hardly ever meet on a fast one.
    this.#world.statementMs = random.pick([1, 10, 50, 50]) * USUAL_STATEMENT_MS;
    for (const { personId } of this.#story.threads) {
      if (random.chance(0.08)) this.#org.ruledOut.add(personId);
      else if (random.chance(0.05)) this.#org.poisonous.add(personId);
    }
    const faults: [number, () => void][] = [
      [random.between(0, 8), () => this.#kill()],
      [random.between(0, 4), () => this.#pause()],
      [random.between(0, 3), () => this.#expireHistory()],
      [random.between(0, 1), () => this.#revokeGrant()],
      [random.between(0, 1), () => this.#takeRight()],
      [random.between(0, 3), () => this.#move()],
      [random.between(0, 3), () => this.#mark()],
      [random.between(0, 2), () => this.#delete()],
      [random.between(0, 2), () => this.#deleteTask()],
      [random.between(0, 1), () => this.#stopStatus()],
    ];
    for (const [count, fault] of faults) {
      for (let left = count; left > 0; left -= 1) {
        this.#at(START + random.between(0, this.#story.end - START), () => {
          if (!this.#faulty) return;
          this.#faults += 1;
          fault();
        });
      }
    }
  }

  #kill(): void {
    const number = this.#random.between(1, this.#workers.length);
    const worker = this.#workers[number - 1];
    if (worker === undefined || worker.life.dead) return;
    worker.kill();
    this.#crashes += 1;
    this.#say(() => `${worker.name} is killed`);
    const life = Number(worker.name.split('.')[1]) + 1;
    this.#time.after(this.#random.between(1, 120) * 1000, () => this.#startWorker(number, life));
  }

  #pause(): void {
    const worker = this.#random.pick(this.#workers);
    const milliseconds = this.#random.between(1, 20 * 60) * 1000;
    worker.pause(milliseconds);
    this.#say(() => `${worker.name} is stopped for ${milliseconds / 1000} s`);
  }

  #anyAccount(): MailAccount {
    return this.#random.pick([...this.#accounts.values()]);
  }

  #expireHistory(): void {
    const account = this.#anyAccount();
    account.expiredBefore = account.history.length;
    this.#say(() => `${account.address} forgets its history before ${account.expiredBefore}`);
  }

  #revokeGrant(): void {
    const account = this.#anyAccount();
    account.grantRevoked = true;
    this.#say(() => `${account.address} revokes the grant`);
    this.#time.after(this.#random.between(5, 40) * MINUTE, () => (account.grantRevoked = false));
  }

  #takeRight(): void {
    this.#org.refusesUntil = this.#time.now + this.#random.between(1, 30) * MINUTE;
    this.#say(() => 'the org takes a right from the connector');
  }

  #move(): void {
    const account = this.#anyAccount();
    const movable = account.messages.filter(({ deleted, folder }) => !deleted && folder !== 'sent');
    if (movable.length === 0) return;
    const message = this.#random.pick(movable);
    account.move(message);
    this.#oracle.moved(message);
    this.#say(() => `${account.address} moves ${message.id}`);
  }

  #mark(): void {
    const account = this.#anyAccount();
    const there = account.messages.filter(({ deleted }) => !deleted);
    if (there.length === 0) return;
    const message = this.#random.pick(there);
    account.mark(message);
    this.#say(() => `${account.address} marks ${message.id}`);
  }

  #delete(): void {
    const account = this.#anyAccount();
    const there = account.messages.filter(({ deleted, folder }) => !deleted && folder !== 'sent');
    if (there.length === 0) return;
    const message = this.#random.pick(there);
    message.deleted = true;
    this.#oracle.deleted(message, account);
    this.#say(() => `${account.address} deletes ${message.id}`);
  }

  /** A user deletes a Task that the connector knows to be there. */
  #deleteTask(): void {
    const { outbox } = this.#installation.tables;
    const known = this.#org.tasks.filter(({ replyKey }) => outbox.get(`Task ${replyKey}`)?.state === 'delivered');
    if (known.length === 0) return;
    const task = this.#random.pick(known);
    task.deleted = true;
    this.#say(() => `a user deletes the Task ${task.id}`);
  }

  #stopStatus(): void {
    const others = this.#story.threads.filter(({ source }) => source === 'salesforce').map(({ personId }) => personId);
    const statuses = [...this.#org.statuses.values()].filter(({ personId }) => others.includes(personId));
    if (statuses.length > 0) this.#org.setStatus(this.#random.pick(statuses).id, 'Stopped');
  }

  /** No fault from here on: what is broken is repaired, and who was stopped goes on. */
  #mend(): void {
    this.#faulty = false;
    this.#org.stopFaults();
    this.#world.databaseLoss = 0;
    this.#world.statementMs = USUAL_STATEMENT_MS;
    for (const account of this.#accounts.values()) {
      account.faults = { throttled: 0, broken: 0 };
      account.grantRevoked = false;
    }
    for (const { life } of this.#workers) life.pausedUntil = Math.min(life.pausedUntil, this.#time.now);
    this.#say(() => 'no more faults');
  }

  async #rest(invariant: Violation['invariant'], bound: number): Promise<void> {
    let missing: string | undefined;
    while (this.#violation === undefined && this.#time.now < bound) {
      await this.#until(this.#time.now + SLICE);
      missing = this.#oracle.missing();
      if (missing === undefined) return;
    }
    if (missing !== undefined) this.#fail({ invariant, words: missing });
  }

  /** I7: everything is read again from the beginning, and nothing new comes of it. */
  async #backfill(): Promise<void> {
    const before = this.#oracle.written();
    this.#world.backfillFrom = START;
    for (const account of this.#accounts.values()) account.hint();
    await this.#until(this.#time.now + 20 * MINUTE);
    await this.#rest('I7', this.#time.now + BOUND);
    const after = this.#oracle.written();
    if (after !== before)
      this.#fail({ invariant: 'I7', words: `Reading again wrote ${after} and not ${before} records.` });
  }
}
