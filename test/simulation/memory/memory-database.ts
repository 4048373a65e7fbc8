import { StoreError } from '../../../connector/src/store/store-error.ts';

/** How often a transaction is run again after a deadlock, as on a PostgreSQL server. */
const ATTEMPTS = 5;

/** Rows by their key, as committed. Rows are never changed in place. */
export type Table<Row> = Map<string, Row>;

/** Whoever works with a database, as one connection does: what it has open ends with it. */
export interface Session {
  /** Passes before each statement and after each commit; whoever does not let it pass has stopped or killed the session. */
  readonly turn: (statement: string) => Promise<void>;
}

/**
 * Tables in memory whose transactions run at the same time and interleave at each statement, READ COMMITTED as our
 * transactions on PostgreSQL: a statement sees what was committed when it ran and its own transaction's rows, a row that
 * another transaction has written is waited for, and nobody sees what is not committed.
 */
export class MemoryDatabase {
  /** Told of each commit, at its instant. */
  onCommit: () => void = () => undefined;
  readonly #locks = new Map<string, Lock>();
  readonly #open = new Map<Session, Set<Transaction>>();
  readonly #sequences = new Map<string, number>();

  /** Runs `work` in one transaction; what it throws rolls back, a deadlock runs all of it again. */
  async transaction<T>(session: Session, work: (tx: Transaction) => Promise<T>): Promise<T> {
    for (let tries = 1; ; tries += 1) {
      const tx = new Transaction(this.#locks, session, () => this.onCommit());
      const open = this.#open.get(session) ?? new Set();
      this.#open.set(session, open.add(tx));
      try {
        const result = await work(tx);
        await tx.commit();
        return result;
      } catch (error) {
        tx.rollBack();
        if (!(error instanceof Deadlock) || tries === ATTEMPTS) throw error;
      } finally {
        open.delete(tx);
      }
    }
  }

  /** The connection is lost: what is open is rolled back, and its next statement fails. */
  endSession(session: Session): void {
    for (const tx of this.#open.get(session) ?? []) tx.rollBack();
    this.#open.delete(session);
  }

  /** The next number of an identity column; a number of a transaction that rolls back is not given again. */
  next(sequence: string): number {
    const number = (this.#sequences.get(sequence) ?? 0) + 1;
    this.#sequences.set(sequence, number);
    return number;
  }

  restartSequences(): void {
    this.#sequences.clear();
  }
}

interface Lock {
  exclusive: boolean;
  readonly holders: Set<Transaction>;
  readonly queue: Waiter[];
}

interface Wanted {
  readonly key: string;
  readonly exclusive: boolean;
}

interface Waiter {
  readonly tx: Transaction;
  readonly exclusive: boolean;
  readonly granted: () => void;
  readonly refused: (error: Error) => void;
}

class Deadlock extends Error {
  override readonly name = 'Deadlock';
}

/** Rows that a statement writes or holds, as names that all statements use for them. */
export interface Locks {
  readonly exclusive?: readonly string[];
  readonly shared?: readonly string[];
}

type Writes = Map<Table<unknown>, Map<string, { readonly row: unknown }>>;

/** One open transaction. */
export class Transaction {
  readonly #locks: Map<string, Lock>;
  readonly #session: Session;
  readonly #onCommit: () => void;
  readonly #writes: Writes = new Map();
  readonly #held = new Map<string, 'exclusive' | 'shared'>();
  #waitsFor: string | undefined;
  #ended = false;

  constructor(locks: Map<string, Lock>, session: Session, onCommit: () => void) {
    this.#locks = locks;
    this.#session = session;
    this.#onCommit = onCommit;
  }

  /** Runs one statement, once the rows that it names are free. It is asked again which these are after each wait. */
  async statement<T>(name: string, locks: () => Locks, work: () => T): Promise<T> {
    await this.#session.turn(name);
    this.#requireOpen();
    for (let missing = this.#missing(locks()); missing.length > 0; missing = this.#missing(locks())) {
      await this.#lockAll(missing);
      this.#requireOpen();
    }
    return work();
  }

  get<Row>(table: Table<Row>, key: string): Row | undefined {
    const written = this.#writes.get(table)?.get(key);
    return written === undefined ? table.get(key) : (written.row as Row | undefined);
  }

  set<Row>(table: Table<Row>, key: string, row: Row): void {
    this.#write(table, key, row);
  }

  delete<Row>(table: Table<Row>, key: string): void {
    this.#write(table, key, undefined);
  }

  /** Every row that this transaction sees. */
  entries<Row>(table: Table<Row>): [string, Row][] {
    const written = this.#writes.get(table);
    if (written === undefined) return [...table];
    const committed = [...table].filter(([key]) => !written.has(key));
    const own = [...written].flatMap(([key, { row }]): [string, Row][] =>
      row === undefined ? [] : [[key, row as Row]],
    );
    return [...committed, ...own];
  }

  async commit(): Promise<void> {
    await this.#session.turn('commit');
    this.#requireOpen();
    for (const [table, rows] of this.#writes) {
      for (const [key, { row }] of rows) {
        if (row === undefined) table.delete(key);
        else table.set(key, row);
      }
    }
    this.#end();
    this.#onCommit();
    await this.#session.turn('committed');
  }

  rollBack(): void {
    if (!this.#ended) this.#end();
  }

  #write(table: Table<unknown>, key: string, row: unknown): void {
    const rows = this.#writes.get(table) ?? new Map<string, { readonly row: unknown }>();
    this.#writes.set(table, rows.set(key, { row }));
  }

  #requireOpen(): void {
    if (this.#ended) throw connectionLost();
  }

  #missing({ exclusive = [], shared = [] }: Locks): Wanted[] {
    const write = exclusive.filter((key) => this.#held.get(key) !== 'exclusive').sort();
    const read = shared.filter((key) => !this.#held.has(key)).sort();
    const wanted = (isExclusive: boolean) => (key: string) => ({ key, exclusive: isExclusive });
    return [...write.map(wanted(true)), ...read.map(wanted(false))];
  }

  /** One after the other, up to the first that had to be waited for: then the rows may be others. */
  async #lockAll(wanted: readonly Wanted[]): Promise<void> {
    for (const { key, exclusive } of wanted) {
      const lock = this.#locks.get(key) ?? { exclusive: false, holders: new Set(), queue: [] };
      this.#locks.set(key, lock);
      const waits = lock.queue.length > 0 || !isFree(lock, this, exclusive);
      if (waits) await this.#waitFor(key, lock, exclusive);
      else grant(lock, this, exclusive);
      this.#held.set(key, exclusive ? 'exclusive' : 'shared');
      if (waits) return;
    }
  }

  async #waitFor(key: string, lock: Lock, exclusive: boolean): Promise<void> {
    if (this.#wouldWaitForItself(lock)) throw new Deadlock('Two transactions wait for each other.');
    this.#waitsFor = key;
    await new Promise<void>((granted, refused) => lock.queue.push({ tx: this, exclusive, granted, refused }));
    this.#waitsFor = undefined;
  }

  /** True when whoever this transaction would wait for waits, by others perhaps, for this transaction. */
  #wouldWaitForItself(lock: Lock): boolean {
    const seen = new Set<Transaction>();
    const blockers = [...lock.holders].filter((tx) => tx !== this).concat(lock.queue.map(({ tx }) => tx));
    for (let tx = blockers.pop(); tx !== undefined; tx = blockers.pop()) {
      if (tx === this) return true;
      if (!seen.has(tx)) blockers.push(...tx.#blockers());
      seen.add(tx);
    }
    return false;
  }

  #blockers(): Transaction[] {
    const lock = this.#waitsFor === undefined ? undefined : this.#locks.get(this.#waitsFor);
    if (lock === undefined) return [];
    const place = lock.queue.findIndex(({ tx }) => tx === this);
    const ahead = lock.queue.slice(0, Math.max(place, 0)).map(({ tx }) => tx);
    return [...lock.holders].filter((tx) => tx !== this).concat(ahead);
  }

  #end(): void {
    this.#ended = true;
    for (const key of new Set([...this.#held.keys(), ...(this.#waitsFor === undefined ? [] : [this.#waitsFor])])) {
      const lock = this.#locks.get(key);
      if (lock === undefined) continue;
      const place = lock.queue.findIndex(({ tx }) => tx === this);
      if (place >= 0) lock.queue.splice(place, 1)[0]!.refused(connectionLost());
      lock.holders.delete(this);
      admit(lock);
      if (lock.holders.size + lock.queue.length === 0) this.#locks.delete(key);
    }
  }
}

function isFree(lock: Lock, tx: Transaction, exclusive: boolean): boolean {
  const others = [...lock.holders].filter((holder) => holder !== tx);
  return others.length === 0 || (!exclusive && !lock.exclusive);
}

function grant(lock: Lock, tx: Transaction, exclusive: boolean): void {
  lock.exclusive = exclusive || (lock.exclusive && lock.holders.size > 0);
  lock.holders.add(tx);
}

/** Lets in whoever waits, in their order, as many as can hold the row together. */
function admit(lock: Lock): void {
  if (lock.holders.size === 0) lock.exclusive = false;
  for (
    let first = lock.queue[0];
    first !== undefined && isFree(lock, first.tx, first.exclusive);
    first = lock.queue[0]
  ) {
    lock.queue.shift();
    grant(lock, first.tx, first.exclusive);
    first.granted();
  }
}

function connectionLost(): StoreError {
  return new StoreError('The connection to the database in memory was lost.', ['Try again.']);
}
