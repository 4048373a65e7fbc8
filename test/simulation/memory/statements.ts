import type { Locks, Transaction } from './memory-database.ts';
import type { Tables } from './rows.ts';

/** Single statements of one session. */
export interface Statements {
  readonly tables: Tables;
  /** One statement in a transaction of its own. */
  readonly statement: <T>(name: string, locks: () => Locks, work: (tx: Transaction) => T) => Promise<T>;
  /** One look at what is committed. */
  readonly read: <T>(name: string, work: () => T) => Promise<T>;
}
